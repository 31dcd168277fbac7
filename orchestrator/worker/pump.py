"""One pump run between two entries: DOSE_BEGAN is durable before, DOSE_ENDED says how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from orchestrator.execution.decision import Moment
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import JournalFault
from orchestrator.ports.reactor import DeviceFault, PumpEnd, Reactor
from orchestrator.ports.wake import Wake
from orchestrator.worker.account import Fluids
from orchestrator.worker.run_clock import RunClock
from orchestrator.worker.run_ledger import RunLedger

DeviceTold: TypeAlias = Callable[[str, str], None]
"""Hears of a device and what is wrong with it; nothing where it did what it was asked."""
MARGIN_S = 5.0
"""Room seconds that a pump may be late with its end before its dose counts as unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One pump, one volume."""

    key: str
    pump: str
    medium: str
    direction: str
    volume_ml: float
    own: int
    """Number of the exchange if an automation asked for it, else 0."""
    cause: str

    def intent(self) -> dict[str, Any]:
        """What both entries say."""
        said: dict[str, Any] = {
            "pump": self.pump,
            "medium": self.medium,
            "direction": self.direction,
            "volume_ml": self.volume_ml,
        }
        return said | {"own": self.own} if self.own else said


class Pump:
    """Runs the pumps of one vessel, one at a time."""

    def __init__(
        self,
        *,
        reactor: Reactor,
        ledger: RunLedger,
        clock: Clock,
        run_clock: RunClock,
        device_told: DeviceTold,
        held_told: DeviceTold,
        why_off: Callable[[str], str],
    ) -> None:
        self._reactor, self._ledger, self._device_told = reactor, ledger, device_told
        self._held_told, self._why_off = held_told, why_off
        self._clock, self._run_clock = clock, run_clock
        self.halted = ""
        """Why nothing may begin now."""
        self.turning = ""
        """The pump that is on."""
        self._interlock = ""
        """Why a measurement does not let it go on."""

    @property
    def now(self) -> Moment:
        """As the run counts time."""
        return self._run_clock.moment(self._clock.now())

    @property
    def now_s(self) -> float:
        """Process seconds."""
        return self.now.process_s

    async def carry_out(self, move: Move) -> tuple[Ending, float]:
        """Answers how it ended and the millilitres that count as moved."""
        if move.pump not in self._reactor.spec.pumps:
            return Ending(outcome=Outcome.FAILED, reason=f"there is no {move.pump} here"), 0.0
        deadline_s = self.now_s + self._reactor.spec.pump_s(move.pump, move.volume_ml)
        began = move.intent() | {"deadline_s": deadline_s, "cause": move.cause}
        try:
            await self._ledger.make_durable([self._entry(Kind.DOSE_BEGAN, move.key, began)])
        except JournalFault as fault:
            return Ending(outcome=Outcome.FAILED, reason=f"nothing was pumped: {fault}"), 0.0
        end = await self._turn(move)
        if end is not None and self._interlock and not end.complete:
            end = replace(end, held=True, reason=self._interlock)
        ending, moved_ml = _judge(end, move)
        ended = move.intent() | {
            "volume_ml": moved_ml,
            "outcome": ending.outcome.value,
            "reason": ending.reason,
        }
        self._ledger.record([self._entry(Kind.DOSE_ENDED, move.key, ended)])
        if end is not None and end.held:
            self._held_told(move.pump, ending.reason)
        elif not self.halted:
            self._device_told(move.pump, "" if ending.outcome is Outcome.DONE else ending.reason)
        return ending, moved_ml

    def interrupt(self, reason: str) -> None:
        """An interlock does not let the pump go on that turns."""
        self._interlock = reason
        self._reactor.stop_pumps()

    def halt(self, reason: str) -> None:
        """Stop what turns, and what is about to."""
        self.halted = reason
        self._reactor.stop_pumps()

    def give_up(self, fluids: Fluids, reason: str) -> dict[str, float]:
        """Stop the pumps; what is under way is unknown. Answers the mL that count, by direction."""
        self._reactor.stop_pumps()
        moment = self._run_clock.moment(self._clock.now())
        lost = unknown_doses(fluids, moment.process_s, moment.wall_s, reason)
        self._ledger.record(lost)
        moved_ml = {"in": 0.0, "out": 0.0}
        for entry in lost:
            moved_ml[entry.data["direction"]] += entry.data["volume_ml"]
        return moved_ml

    async def _turn(self, move: Move) -> PumpEnd | None:
        """How the pump run ended; None if nobody can say."""
        self._interlock = ""
        if self.halted:
            return PumpEnd(run=move.key, moved_ml=0.0, complete=False, reason=self.halted)
        if reason := self._why_off(move.pump):  # since the guard was asked
            return PumpEnd(run=move.key, moved_ml=0.0, complete=False, reason=reason, held=True)
        ends: list[PumpEnd] = []
        heard = Wake()

        def deliver(end: PumpEnd) -> None:
            ends.append(end)
            heard.set()

        try:
            takes_s = self._reactor.begin_pump(move.key, move.pump, move.volume_ml, deliver)
        except DeviceFault:
            return None
        self.turning = move.pump
        margin_s = MARGIN_S * max(1.0, self._clock.speed)
        give_up_s = self._clock.now().monotonic_s + takes_s + margin_s
        while not ends and self._clock.now().monotonic_s < give_up_s:
            await self._clock.sleep_until(give_up_s, heard)
        self.turning = ""
        if not ends:
            self._reactor.stop_pumps()
        return ends[0] if ends else None

    def _entry(self, kind: Kind, key: str, data: dict[str, Any]) -> Entry:
        moment = self._run_clock.moment(self._clock.now())
        return Entry(
            kind=kind, process_s=moment.process_s, wall_s=moment.wall_s, key=key, data=data
        )


def unknown_doses(
    fluids: Fluids,
    process_s: float,
    wall_s: float | None,
    reason: str = "the worker stopped in the middle of the dose",
) -> list[Entry]:
    """What is to be said, after a restart, of doses that nobody saw the end of."""
    return [
        Entry(
            kind=Kind.DOSE_ENDED,
            process_s=process_s,
            wall_s=wall_s,
            key=began.key,
            data={
                name: began.data[name]
                for name in ("pump", "medium", "direction", "volume_ml", "own")
                if name in began.data
            }
            | {
                "outcome": Outcome.UNKNOWN.value,
                "reason": reason,
            },
        )
        for began in fluids.under_way.values()
    ]


def _judge(end: PumpEnd | None, move: Move) -> tuple[Ending, float]:
    if end is None:
        reason = f"{move.pump} did not say how far it got"
        return Ending(outcome=Outcome.UNKNOWN, reason=reason), move.volume_ml
    if end.uncertain:
        return Ending(outcome=Outcome.UNKNOWN, reason=end.reason), end.moved_ml
    if end.complete:
        return Ending(outcome=Outcome.DONE), end.moved_ml
    if end.held and end.moved_ml == 0.0:
        return Ending(outcome=Outcome.REFUSED, reason=end.reason), 0.0
    reason = end.reason or f"{move.pump} stopped after {end.moved_ml:g} mL"
    return Ending(outcome=Outcome.FAILED, reason=reason), end.moved_ml
