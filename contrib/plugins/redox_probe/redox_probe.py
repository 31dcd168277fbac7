"""Reads a redox electrode: a job, and the kind of calibration by which its readings are made.

The electrode is a sensor of the reactor, `redox_probe` in the hardware document, with any driver.
Its curve is data: it is fitted once, when a calibration is kept, and the job finds it in its view.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from orchestrator.plugin import Command, Place, Sensed, Step, View

PROBE = "redox_probe"


class RedoxProbe:
    """Setting `interval` (s); signals `redox_probe.raw` and `redox_probe.measured` (V)."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> None:
        """There is nothing to remember."""

    def step(self, state: None, view: View, now_s: float) -> Step[None]:
        """Publish what the electrode showed, and have it read again after the interval."""
        publish, curve = {}, view.curves.get(PROBE)
        for event in view.events:
            if isinstance(event, Sensed) and event.value is not None:
                publish["redox_probe.raw"] = event.value
                if curve is not None:
                    publish["redox_probe.measured"] = curve.value(event.value)
        look_s = now_s + float(view.settings["interval"])
        return Step(state, publish=publish, look_again_s=look_s, sense=(PROBE,))

    def end(self, state: None) -> tuple[Command, ...]:
        return ()


class OffsetFit:
    """A redox electrode has no slope of its own: it is off by the same everywhere."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def fit(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Points through which the curve goes, smooth and rising or falling throughout."""
        offset = fmean(actual - raw for raw, actual in points)
        return [(raw, raw + offset) for raw in (-1.0, 1.0)]
