"""From the machine's clock to a run's process seconds (SEMANTICS rule 6).

Process time runs on through outages, since the culture does. After a boot without trusted time it
goes on from the last tick, a lower bound, and jumps once when the wall clock can be trusted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ulp
from typing import Any

from orchestrator.execution.decision import Moment
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.clock import Instant

_new = tuple.__new__


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A moment that is known on both scales."""

    process_s: float
    wall_s: float


@dataclass(slots=True, kw_only=True)
class RunClock:
    """Process seconds of one run within one boot."""

    offset_s: float
    """Process seconds minus monotonic ones."""
    owed: Anchor | None = None
    """The last that was known of the wall before an outage whose length nobody knows yet."""

    def moment(self, instant: Instant) -> Moment:
        """Now, as the core sees it."""
        if self.owed is not None and instant.trusted:
            self._catch_up(self.owed, instant)
        monotonic_s, wall_s, trusted = instant
        # What `Moment(…)` does, without a call: this is done at each turn.
        return _new(Moment, (monotonic_s + self.offset_s, wall_s if trusted else None))

    def monotonic_s(self, process_s: float) -> float:
        """When to wake for a moment of the run: never a rounding before it, since whoever wakes too
        early has nothing to do and asks again."""
        return _what_leads_to(process_s, self.offset_s)

    @property
    def uncertain(self) -> bool:
        """Whether process time is only a lower bound."""
        return self.owed is not None

    def _catch_up(self, owed: Anchor, instant: Instant) -> None:
        self.owed = None
        true_s = owed.process_s + (instant.wall_s - owed.wall_s)
        self.offset_s += max(0.0, true_s - (instant.monotonic_s + self.offset_s))


def begin_clock(instant: Instant) -> RunClock:
    """The clock of a run that begins now."""
    return RunClock(offset_s=-instant.monotonic_s)


def resume_clock(entries: Sequence[Entry], boot: str, instant: Instant) -> RunClock:
    """The clock of a run that was interrupted; `entries` is its ledger."""
    last_s = max((entry.process_s for entry in entries), default=0.0)
    same_boot_s = _within_boot(entries, boot, instant)
    if same_boot_s is not None:
        return RunClock(offset_s=_what_leads_to(max(last_s, same_boot_s), instant.monotonic_s))
    walls = [
        Anchor(process_s=entry.process_s, wall_s=entry.wall_s)
        for entry in entries
        if entry.wall_s is not None
    ]
    offset_s = _what_leads_to(last_s, instant.monotonic_s)
    clock = RunClock(offset_s=offset_s, owed=walls[-1] if walls else None)
    clock.moment(instant)
    return clock


def power_failed(entries: Sequence[Entry], boot: str) -> bool:
    """Whether the machine was started anew since the run's last sign of life."""
    boots = [entry.data["boot"] for entry in entries if "boot" in entry.data]
    return bool(boots) and boots[-1] != boot


def tick_data(boot: str, instant: Instant) -> dict[str, Any]:
    """What a TICK entry has to say for `resume_clock` to know better after a restart."""
    return {"boot": boot, "monotonic_s": instant.monotonic_s}


def _what_leads_to(sum_s: float, one_s: float) -> float:
    """The other part of a sum that has to be reached: never a rounding less."""
    other_s = sum_s - one_s
    if one_s + other_s < sum_s:
        other_s += ulp(max(abs(sum_s), abs(one_s), abs(other_s)))
    return other_s


def _within_boot(entries: Sequence[Entry], boot: str, instant: Instant) -> float | None:
    """Process seconds now, if the machine has been up since the last tick."""
    ticks: list[Mapping[str, Any]] = [
        {**entry.data, "process_s": entry.process_s} for entry in entries if entry.kind == Kind.TICK
    ]
    if not ticks or ticks[-1].get("boot") != boot:
        return None
    return float(ticks[-1]["process_s"] + instant.monotonic_s - ticks[-1]["monotonic_s"])
