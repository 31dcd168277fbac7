"""How far a culture has come since its inoculation: its generations, and the lag before growth.

Generations are ∫ µ dt / ln 2, the growth of ln OD with what dilutions took away put back. Since the
estimate knows ln OD better than µ, its own gains are added up, and no µ that comes late is lost.

The lag is that of the tangent method: the time from inoculation to where the tangent of steepest
growth meets the initial ln OD (M. H. Zwietering et al., Appl. Environ. Microbiol. 56 (1990)
1875-1881): with g the growth of ln OD up to the moment t of the steepest rate µ, it is t - g/µ.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

from orchestrator.control.growth import GAP_MAX_S, Estimate

LN_2 = log(2.0)
KNOWN_SHARE = 0.1
"""A tangent whose slope is known worse than to this share of it is not drawn."""
INOCULATED_BY = LN_2
"""ln OD by which cells put in by hand raise it at least, in what is then an inoculation."""


class Lineage(NamedTuple):
    """What is known of a culture since it was inoculated."""

    since_s: float
    """Moment of the first reading with cells in it."""
    at_s: float
    level: float
    """ln OD with all that was moved by dilutions and by hand put back, at `at_s`."""
    moved: float
    grown: float = 0.0
    """ln OD grown from `since_s` to `at_s`."""
    rate_per_h: float | None = None
    """Last one that was known; None before the first."""
    steepest_per_h: float = 0.0
    steepest_s: float = 0.0
    steepest_grown: float = 0.0
    lag_s: float | None = None
    """None until it is known."""

    @property
    def generations(self) -> float:
        """How many times the cells have doubled."""
        return max(0.0, self.grown / LN_2)


def inoculated(estimate: Estimate) -> Lineage:
    """Begin with the first reading that shows cells."""
    level = estimate.log_od - estimate.moved
    return Lineage(estimate.at_s, estimate.at_s, level, estimate.moved)


def resumed(lineage: Lineage, estimate: Estimate) -> Lineage:
    """Go on after nobody looked; for no longer than `GAP_MAX_S` the culture is held to have grown
    as before."""
    gap_h = (estimate.at_s - lineage.at_s) / 3600.0
    missed = gap_h * (lineage.rate_per_h or 0.0) if 3600.0 * gap_h <= GAP_MAX_S else 0.0
    return lineage._replace(
        at_s=estimate.at_s,
        level=estimate.log_od - estimate.moved,
        moved=estimate.moved,
        grown=lineage.grown + missed,
    )


def follow(lineage: Lineage, estimate: Estimate, window_s: float) -> Lineage:
    """Take in what the estimate has come to; once a minute is often enough.

    The first rate that is known says, as a line through all that was read up to then, what the
    inoculum was: better than one reading can. The steepest rate is found once none has been
    steeper, by a standard deviation, for as long as an estimate looks back, and the cells have
    doubled.
    """
    if estimate.at_s - lineage.at_s > GAP_MAX_S:
        return resumed(lineage, estimate)
    is_young = lineage.lag_s is None and lineage.grown < LN_2
    if is_young and estimate.moved - lineage.moved > INOCULATED_BY:
        return inoculated(estimate)
    at_s, level = estimate.at_s, estimate.log_od - estimate.moved
    grown = lineage.grown + level - lineage.level
    lineage = lineage._replace(at_s=at_s, level=level, moved=estimate.moved, grown=grown)
    if not estimate.sure:
        return lineage
    rate_per_h = estimate.rate_per_h
    if lineage.rate_per_h is None:
        grown = rate_per_h * (at_s - lineage.since_s) / 3600.0
    lineage = lineage._replace(rate_per_h=rate_per_h, grown=grown)
    return lineage if lineage.lag_s is not None else _look_for_lag(lineage, estimate, window_s)


def _look_for_lag(lineage: Lineage, estimate: Estimate, window_s: float) -> Lineage:
    rate_per_h, deviation_per_h = estimate.rate_per_h, estimate.deviation_per_h
    if rate_per_h - deviation_per_h > lineage.steepest_per_h:
        if deviation_per_h < KNOWN_SHARE * rate_per_h:
            return lineage._replace(
                steepest_per_h=rate_per_h,
                steepest_s=lineage.at_s,
                steepest_grown=lineage.grown,
            )
        return lineage
    if lineage.grown < LN_2 or lineage.at_s - lineage.steepest_s < window_s:
        return lineage
    if lineage.steepest_per_h == 0.0:
        return lineage
    tangent_s = 3600.0 * lineage.steepest_grown / lineage.steepest_per_h
    return lineage._replace(lag_s=max(0.0, lineage.steepest_s - tangent_s - lineage.since_s))
