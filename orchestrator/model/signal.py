"""Signals: named values with the moment at which they were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest value of one signal."""

    value: float | bool | str
    at_s: float
    """Process seconds of the run at which it was measured."""
    max_age_s: float = float("inf")
    """Older than this the signal is unknown to conditions (SEMANTICS rule 12)."""


Signals = Mapping[str, Sample]
"""By canonical name: `od600`, `growth_rate`, `volume`, `temperature.measured`, … and, of another
vessel, `vessels.<vessel>.<name>`."""
