"""The interlocks of one vessel: what is held off now, and why.

Those that ask for a measurement are judged here, from the signals of the run: a value that is
missing, too old or out of its range holds its output off. Those between outputs are the keeper's,
which tells of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Final

from orchestrator.model.interlock import Interlock, Range
from orchestrator.model.signal import Sample, Signals
from orchestrator.model.units import format_quantity
from orchestrator.ports.reactor import Reactor

MAX_AGE_S: Final = 60.0
"""Of a signal that says nothing of its own."""


class Interlocks:
    """Which outputs and pumps may be on."""

    def __init__(self, reactor: Reactor, signals: Signals) -> None:
        self._reactor, self._signals = reactor, signals
        interlocks = reactor.spec.interlocks
        self.outputs = tuple(
            each.device for each in interlocks if each.device not in reactor.spec.pumps
        )
        """Those that some interlock may hold off."""
        self._measured = tuple(each for each in interlocks if each.within)
        self.watched = frozenset(signal for each in self._measured for signal in each.within)
        """Signals that they ask for."""
        self.unmeasured: dict[str, str] = {}
        """What no measurement lets be on, and why."""
        self.kept: dict[str, str] = {}
        """What the keeper holds off, and why."""
        self.due_s = -inf if self._measured else inf
        """Process seconds at which a value will be too old."""

    def look(self, now_s: float) -> bool:
        """Judge the measurements as they are now; whether anything came of it."""
        before = self.unmeasured
        self.due_s, self.unmeasured = inf, {}
        for each in self._measured:
            if reason := self._against(each, now_s):
                self.unmeasured[each.device] = reason
        return self.unmeasured.keys() != before.keys()

    def why_off(self, device: str) -> str:
        """Why it may not be on now; empty if it may."""
        return self.unmeasured.get(device, "") or self._reactor.why_off(device)

    def held(self, asked: Mapping[str, float], before: Mapping[str, str]) -> dict[str, str]:
        """Outputs that are off although they were driven, and why.

        What was held before a restart is so until it is driven and nothing is against it.
        """
        found: dict[str, str] = {}
        for output in self.outputs:
            reason = self.unmeasured.get(output) or self.kept.get(output, "")
            if output in before and output not in asked:
                reason = before[output]
            elif asked.get(output, 0.0) <= 0.0:
                reason = ""
            elif output in before and not reason:
                reason = self._reactor.why_off(output)
            if reason:
                found[output] = reason
        return found

    def _against(self, interlock: Interlock, now_s: float) -> str:
        for signal, range_ in interlock.within.items():
            sample = self._signals.get(signal)
            said = _against(sample, range_, now_s)
            if said:
                lasts = f"{signal} is {range_}"
                return interlock.told(lasts, f"; {said}")
            assert sample is not None
            self.due_s = min(self.due_s, _old_at_s(sample))
        return ""


def _against(sample: Sample | None, range_: Range, now_s: float) -> str:
    """Say what is wrong with a value; nothing if it is as it has to be."""
    if sample is None:
        return "nobody has measured it yet"
    if now_s >= _old_at_s(sample):
        return f"it was measured last {format_quantity(now_s - sample.at_s, 'time')} ago"
    if not isinstance(sample.value, (int, float)):
        return f"it is {sample.value}"
    if not range_.holds(sample.value):
        return f"it is {format_quantity(round(sample.value, 2), range_.type)}"
    return ""


def _old_at_s(sample: Sample) -> float:
    """From when on a value is too old."""
    return sample.at_s + (sample.max_age_s if sample.max_age_s < inf else MAX_AGE_S)
