"""Opens the valves of up to three gases for a share of each period."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, inf
from typing import Any, ClassVar, Final

from orchestrator.jobs.channels import Channels, drive, off
from orchestrator.jobs.job import Command, Signal, Step, View

OUTPUTS: Final[Mapping[str, str]] = {
    "air": "air_valve",
    "co2": "co2_valve",
    "nitrogen": "nitrogen_valve",
}
"""gas → output."""
PERIOD_S = 60.0
ROUNDING_S = 1e-6


class Gas:
    """Settings `air`, `co2`, `nitrogen` (0–1, the share of time that a valve is open), `period`.

    A valve is open or closed and nothing between. Periods lie on a grid of the run's clock, so that
    a restart goes on where it was. In a pause the valves go on: cells breathe then, too. All are
    closed when the job ends.
    """

    name: ClassVar[str] = "gas"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {}

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> Channels:
        return Channels()

    def step(self, state: Channels, view: View, now_s: float) -> Step[Channels]:
        period_s = float(view.settings.get("period", PERIOD_S))
        wanted, look_s = {}, inf
        for gas, output in OUTPUTS.items():
            share = float(view.settings.get(gas, 0.0))
            is_open, until_s = valve(share, period_s, now_s)
            wanted[f"gas.{gas}"] = (output, 1.0 if is_open else 0.0)
            look_s = min(look_s, until_s)
        state, commands = drive(state, wanted, view.outputs)
        return Step(state, commands, look_again_s=look_s)

    def end(self, state: Channels) -> tuple[Command, ...]:
        return off(state)


def valve(share: float, period_s: float, now_s: float) -> tuple[bool, float]:
    """Whether a valve is open now, and until when that stays so."""
    if share <= 0.0 or share >= 1.0:
        return share > 0.0, inf
    began_s = floor((now_s + ROUNDING_S) / period_s) * period_s
    closes_s = began_s + share * period_s
    if now_s < closes_s - ROUNDING_S:
        return True, closes_s
    return False, began_s + period_s
