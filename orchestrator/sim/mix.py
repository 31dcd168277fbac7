"""What pumps do to a well-mixed vessel: its level, and how far they dilute what was in it."""

from __future__ import annotations

from math import exp, inf, log1p
from typing import NamedTuple


class Flows(NamedTuple):
    """What moves until the level reaches the next mark; in mL/s, each constant until then."""

    waste_ml_s: float
    overflow_ml_s: float
    net_ml_s: float
    until_s: float
    """Seconds until the level reaches a mark and this answer ends."""
    mark_ml: float
    """The level then."""


def flows(
    volume_ml: float, inflow_ml_s: float, waste_ml_s: float, tube_ml: float, capacity_ml: float
) -> Flows:
    """Return what leaves a vessel into which `inflow_ml_s` runs.

    The waste pump draws air below the height of its tube; at that height it takes what runs in.
    What finds no room in a full vessel runs over its rim.
    """
    if volume_ml > tube_ml:
        drawn_ml_s = waste_ml_s
    elif volume_ml == tube_ml:
        drawn_ml_s = min(waste_ml_s, inflow_ml_s)
    else:
        drawn_ml_s = 0.0
    net_ml_s = inflow_ml_s - drawn_ml_s
    if net_ml_s == 0.0:
        return Flows(drawn_ml_s, 0.0, 0.0, inf, volume_ml)
    if net_ml_s > 0.0 and volume_ml >= capacity_ml:
        return Flows(drawn_ml_s, net_ml_s, 0.0, inf, volume_ml)
    mark_ml = capacity_ml if net_ml_s > 0.0 and volume_ml >= tube_ml else tube_ml
    return Flows(drawn_ml_s, 0.0, net_ml_s, (mark_ml - volume_ml) / net_ml_s, mark_ml)


def kept_share(volume_ml: float, inflow_ml_s: float, net_ml_s: float, step_s: float) -> float:
    """Return what dilution leaves of a concentration: exp(-∫F/V dt), in closed form."""
    if inflow_ml_s <= 0.0:
        return 1.0
    if volume_ml <= 0.0:
        return 0.0
    growth = net_ml_s * step_s / volume_ml
    if abs(growth) < 1e-12:
        return exp(-inflow_ml_s * step_s / volume_ml)
    return exp(-inflow_ml_s / net_ml_s * log1p(growth))
