"""One measured value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of a signal, as it was measured.

    Positional on purpose: hundreds a second are made.
    """

    vessel: str
    signal: str
    """Canonical name with its job, `od_reading.raw`, `temperature.measured`; the short ones are
    `od600`, `growth_rate` and `volume`."""
    process_s: float
    wall_s: float | None
    value: float
