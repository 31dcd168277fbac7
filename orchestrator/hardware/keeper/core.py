"""What the keeper decides: pure, so that the same rules hold in its process and in a rehearsal.

Moments are seconds of one steady clock; the caller says what time it is and carries out what is
answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from orchestrator.hardware.keeper.relays import Relays
from orchestrator.model.interlock import Interlock

PATIENCE_S = 1.0
"""So long after the last heartbeat everything goes off."""
RESTART_GRACE_S = 10.0
"""So long a planned restart may take with stirring and heat kept on."""
ENDED_MAX = 2000
"""Runs that are remembered after their end."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Set an output's duty now.

    A pump's `for_s` is how long it will be on, and 0 where it goes off since that time is over.
    """

    output: str
    duty: float
    for_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """How a pump run ended."""

    run: str
    pump: str
    on_s: float
    """Seconds that the pump was on."""
    for_s: float
    """Seconds that were asked for."""
    reason: str = ""
    """Empty where it ran its time."""
    held: bool = False
    """An interlock ended it."""

    @property
    def complete(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class Blocked:
    """An interlock keeps an output off that should be on, or, without a reason, no longer does."""

    output: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Turning:
    run: str
    began_s: float
    for_s: float

    @property
    def off_at_s(self) -> float:
        return self.began_s + self.for_s


Effect = Switch | RunEnd | Blocked


class Refused(ValueError):
    """The keeper does not do this; the message says why."""

    held = False
    """An interlock does not let it."""


class HeldOff(Refused):
    """An interlock does not let it."""

    held = True


class Core:
    """Outputs with their duties, pump runs with their moments to be off, and the heartbeat."""

    def __init__(
        self,
        outputs: Iterable[str],
        pumps: Iterable[str],
        *,
        interlocks: Iterable[Interlock] = (),
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.duties: dict[str, float] = dict.fromkeys(outputs, 0.0)
        self._asked = dict(self.duties)
        """What they would be at if no interlock held them off."""
        self._interlocks = {each.device: each for each in interlocks if each.others}
        self._blocked: dict[str, str] = {}
        """Outputs that an interlock holds off although they should be on."""
        self._pumps = frozenset(pumps)
        self._relays = Relays(self.duties, self._pumps)
        self._patience_s = patience_s
        self._turning: dict[str, _Turning] = {}
        self._ended: dict[str, RunEnd] = {}
        self._held: dict[str, str] = {}
        """What stays off, and why."""
        self._cut_at_s = inf
        self._cut_reason = ""

    @property
    def next_due_s(self) -> float:
        """The moment at which `due` has something to do."""
        offs = (each.off_at_s for each in self._turning.values())
        return min(self._cut_at_s, min(offs, default=inf))

    def beat(self, now_s: float) -> None:
        """Note that the worker lives."""
        self._cut_at_s = now_s + self._patience_s
        self._cut_reason = f"the worker was silent for {self._patience_s:g} s"

    def prepare_restart(self, now_s: float) -> list[Effect]:
        """Stop the pumps and keep the rest until the worker is back, for a while."""
        self._cut_at_s = now_s + RESTART_GRACE_S
        self._cut_reason = f"the worker did not come back within {RESTART_GRACE_S:g} s"
        return self.stop_pumps(now_s, "the worker restarts")

    def drive(self, output: str, duty: float, now_s: float) -> list[Effect]:
        """Hold an output that is no pump at a duty; at none while it is held off.

        Where an interlock does not let it be on, it comes on as soon as that does.
        """
        if output not in self.duties:
            raise Refused(f"there is no output {output!r}")
        if not 0.0 <= duty <= 1.0:
            raise Refused(f"a duty lies between 0 and 1, not {duty}")
        if output in self._relays.feeds and duty > 0.0:
            raise Refused(f"{output} follows what it feeds; nobody else switches it")
        if output in self._relays.feeds:
            return []
        if output in self._held:
            duty = 0.0
        self._asked[output] = duty
        if duty > 0.0 and self.why_off(output):
            duty = 0.0
        return self._settle(self._switch(output, duty), now_s)

    def begin_run(self, run: str, pump: str, for_s: float, now_s: float) -> list[Effect]:
        """Turn a pump on, once and never again under this name, with the moment to be off."""
        if pump not in self._pumps:
            raise Refused(f"there is no pump {pump!r}")
        if pump in self._held:
            raise Refused(self._held[pump])
        if not 0.0 < for_s < inf:
            raise Refused(f"a pump cannot run for {for_s} s")
        if run in self._ended or any(each.run == run for each in self._turning.values()):
            raise Refused("it was begun before")
        if pump in self._turning:
            raise Refused(f"{pump} is turning already")
        if reason := self.why_off(pump):
            raise HeldOff(reason)
        self._turning[pump] = _Turning(run, now_s, for_s)
        effects = [*self._follow(), Switch(pump, 1.0, for_s)]
        return self._settle(effects, now_s)

    def stop_pumps(
        self, now_s: float, reason: str, only: frozenset[str] | None = None
    ) -> list[Effect]:
        """End what turns before its time; `only` names the pumps, None is all."""
        effects: list[Effect] = []
        for pump in list(self._turning):
            if only is None or pump in only:
                effects += self._end(pump, now_s, reason)
        return self._settle(effects, now_s) if effects else effects

    def all_off(
        self, now_s: float, reason: str, only: frozenset[str] | None = None
    ) -> list[Effect]:
        """Turn everything off, told once more even to what is off already."""
        asked = [output for output in self.duties if only is None or output in only]
        self.duties |= dict.fromkeys(asked, 0.0)
        self._asked |= dict.fromkeys(asked, 0.0)
        effects: list[Effect] = []
        for pump in list(self._turning):
            if only is None or pump in only:
                effects += self._end(pump, now_s, reason)
        pumps = [pump for pump in self._pumps if only is None or pump in only]
        effects += [Switch(output, 0.0) for output in (*asked, *pumps)]
        self._follow()  # they are off like everything, and are remembered to be
        return self._settle(effects, now_s)

    def hold(self, now_s: float, reason: str, only: frozenset[str] | None = None) -> list[Effect]:
        """Turn off, and keep off whoever asks, until `let_go`."""
        effects = self.all_off(now_s, reason, only)
        held = (*self.duties, *self._pumps) if only is None else only
        self._held.update(dict.fromkeys(held, reason))
        return effects

    def let_go(self, only: frozenset[str]) -> None:
        """Allow again what was held; nothing is turned on by that."""
        for output in only:
            self._held.pop(output, None)

    def due(self, now_s: float) -> list[Effect]:
        """End the runs whose time has come, and cut everything if the worker is gone."""
        effects: list[Effect] = []
        for pump, turning in list(self._turning.items()):
            if turning.off_at_s <= now_s:
                effects += self._end(pump, now_s, "")
        if effects:
            effects = self._settle(effects, now_s)
        if self._cut_at_s <= now_s:
            self._cut_at_s = inf
            effects += self.all_off(now_s, self._cut_reason)
        return effects

    def cut_is_due(self, now_s: float) -> str:
        """Why everything is about to be cut, if it is."""
        return self._cut_reason if self._cut_at_s <= now_s else ""

    def why_off(self, device: str) -> str:
        """Why an interlock does not let it be on now; empty if none does."""
        interlock = self._interlocks.get(device)
        return "" if interlock is None else interlock.against(self._is_on)

    @property
    def blocked(self) -> dict[str, str]:
        """Outputs that an interlock keeps off although they should be on, and why."""
        return self._blocked

    def resting_pumps(self) -> list[str]:
        """Pumps that should not be turning."""
        return [pump for pump in self._pumps if pump not in self._turning]

    def ended_run(self, run: str) -> RunEnd | None:
        """Return how a run ended, if it did and is remembered."""
        return self._ended.get(run)

    def is_turning(self, run: str) -> bool:
        """Whether a run is under way."""
        return any(each.run == run for each in self._turning.values())

    def _is_on(self, device: str) -> bool:
        return self.duties.get(device, 0.0) > 0.0 or device in self._turning

    def _switch(self, output: str, duty: float) -> list[Effect]:
        self.duties[output] = duty
        if not self._relays.feeds:
            return [Switch(output, duty)]
        switch, relays = [Switch(output, duty)], self._follow()
        return [*relays, *switch] if duty > 0.0 else [*switch, *relays]

    def _settle(self, effects: list[Effect], now_s: float) -> list[Effect]:
        """What follows by the interlocks from what has just changed: off before it, on after it."""
        if not self._interlocks:
            return effects
        effects = [*self._drop(now_s), *effects]
        for output in self._interlocks:
            duty = self._asked.get(output, 0.0)
            if duty > 0.0 and not self._is_on(output) and not self.why_off(output):
                switched = self._switch(output, duty)
                effects += [*self._drop(now_s), *switched]
        return effects + self._news()

    def _drop(self, now_s: float) -> list[Effect]:
        """Turn off what may not be on any more, until nothing is left that may not."""
        effects: list[Effect] = []
        fallen = True
        while fallen:
            fallen = False
            for device in self._interlocks:
                if not self._is_on(device) or not (reason := self.why_off(device)):
                    continue
                fallen = True
                if device in self._turning:
                    effects += self._end(device, now_s, reason, held=True)
                else:
                    effects += self._switch(device, 0.0)
        return effects

    def _news(self) -> list[Effect]:
        """Which outputs are blocked that were not, or the other way round."""
        now = {
            output: self.why_off(output)
            for output in self._interlocks
            if self._asked.get(output, 0.0) > 0.0 and not self._is_on(output)
        }
        before, self._blocked = self._blocked, now
        news: list[Effect] = [Blocked(output, "") for output in before if output not in now]
        news += [Blocked(each, why) for each, why in now.items() if before.get(each) != why]
        return news

    def _end(self, pump: str, now_s: float, reason: str, *, held: bool = False) -> list[Effect]:
        turning = self._turning.pop(pump)
        for_s = turning.for_s
        on_s = for_s if not reason else min(now_s - turning.began_s, for_s)
        ended = RunEnd(run=turning.run, pump=pump, on_s=on_s, for_s=for_s, reason=reason, held=held)
        self._ended[turning.run] = ended
        if len(self._ended) > ENDED_MAX:
            del self._ended[next(iter(self._ended))]
        return [Switch(pump, 0.0, None if reason else 0.0), *self._follow(), ended]

    def _follow(self) -> list[Effect]:
        """Relays close with what they feed, and open once nothing of it is wanted."""
        moved = self._relays.moved(self._is_on)
        self.duties.update((relay, float(closed)) for relay, closed in moved.items())
        return [Switch(relay, float(closed)) for relay, closed in moved.items()]
