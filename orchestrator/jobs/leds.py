"""Keeps up to four channels of light at their intensities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from orchestrator.jobs.channels import Channels, drive, off
from orchestrator.jobs.job import Command, Signal, Step, View

OUTPUTS: Final[Mapping[str, str]] = {"a": "led_a", "b": "led_b", "c": "led_c", "d": "led_d"}
"""channel → output."""


class Leds:
    """Settings `a` to `d` (0–1), a share of the most that the hardware's description allows.

    Day and night are shapes of these settings. It measures nothing: that a setting is in force is
    on record like that of any job. In a pause the light stays as it is, as warmth does.
    """

    name: ClassVar[str] = "leds"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {}

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> Channels:
        return Channels()

    def step(self, state: Channels, view: View, _now_s: float) -> Step[Channels]:
        wanted = {
            f"leds.{channel}": (output, float(view.settings.get(channel, 0.0)))
            for channel, output in OUTPUTS.items()
        }
        return Step(*drive(state, wanted, view.outputs))

    def end(self, state: Channels) -> tuple[Command, ...]:
        return off(state)
