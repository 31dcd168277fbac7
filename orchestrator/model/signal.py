"""Signals: named values with the moment at which they were measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Sample(NamedTuple):
    """The newest value of one signal; a tuple, since one is made for each value of each tick."""

    value: float | bool | str
    at_s: float
    """Process seconds of the run at which it was measured."""
    max_age_s: float = float("inf")
    """Older than this the signal is unknown to conditions (SEMANTICS rule 12)."""


Signals = Mapping[str, Sample]
"""By canonical name: `od600`, `growth_rate`, `volume`, `temperature.measured`, … and, of another
vessel, `vessels.<vessel>.<name>`."""
