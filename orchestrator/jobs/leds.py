"""Keeps up to four channels of light at their intensities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

from orchestrator.jobs.job import Alert, Command, Drive, Signal, Step, View

OUTPUTS: Final[Mapping[str, str]] = {"a": "led_a", "b": "led_b", "c": "led_c", "d": "led_d"}
"""channel → output."""


class LedsState(NamedTuple):
    """What the job remembers."""

    driven: Mapping[str, float] = {}
    """Intensity that was last commanded, by channel."""
    missing: frozenset[str] = frozenset()
    """Channels that are wanted and that this reactor does not have; somebody was told."""


class Leds:
    """Settings `a` to `d` (0–1), a share of the most that the hardware's description allows.

    Day and night are shapes of these settings. It measures nothing: that a setting is in force is
    on record like that of any job. In a pause the light stays as it is, as warmth does.
    """

    name: ClassVar[str] = "leds"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {}

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> LedsState:
        return LedsState()

    def step(self, state: LedsState, view: View, _now_s: float) -> Step[LedsState]:
        wanted = {each: float(view.settings.get(each, 0.0)) for each in OUTPUTS}
        lit = {each: share for each, share in wanted.items() if OUTPUTS[each] in view.outputs}
        missing = frozenset(each for each in wanted if wanted[each] > 0.0 and each not in lit)
        commands: tuple[Command, ...] = tuple(
            Drive(OUTPUTS[each], share)
            for each, share in lit.items()
            if state.driven.get(each) != share
        )
        commands += tuple(_complaint(each) for each in sorted(missing - state.missing))
        return Step(LedsState(lit, missing), commands)

    def end(self, state: LedsState) -> tuple[Command, ...]:
        return tuple(Drive(OUTPUTS[each], 0.0) for each in state.driven)


def _complaint(channel: str) -> Alert:
    return Alert(text=f"channel {channel} stays dark: this reactor has no {OUTPUTS[channel]}")
