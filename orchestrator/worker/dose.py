"""The dose journal: every exchange of one vessel, one at a time (SEMANTICS rule 3).

The intent of each move is durable before its pump turns; the keeper, not this process, turns the
pump off. Whatever could not be seen to its end is `unknown`, counted in full, and never repeated.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.jobs.job import Exchange, Exchanged
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.reactor import PumpEnd, Reactor
from orchestrator.worker.account import WASTE, Fluids
from orchestrator.worker.guard import Guard, Refusal
from orchestrator.worker.run_clock import RunClock
from orchestrator.worker.run_ledger import RunLedger

QUEUE_MAX = 20
PUMP_MARGIN_S = 5.0
"""Room seconds that a pump may be late with its end before its dose counts as unknown."""
DOSING = "dosing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exchange in the queue."""

    key: str
    own: int
    """Its number if an automation asked, else 0."""
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One pump, one volume."""

    key: str
    pump: str
    medium: str
    direction: str
    volume_ml: float


class Doser:
    """The pumps of one vessel."""

    def __init__(
        self,
        *,
        attempt: str,
        vessel: str,
        reactor: Reactor,
        ledger: RunLedger,
        fluids: Fluids,
        guard: Guard,
        clock: Clock,
        run_clock: RunClock,
        tell: Callable[[Exchanged], None],
        refused: Callable[[Refusal, Asked], None],
    ) -> None:
        self._attempt, self._vessel = attempt, vessel
        self._reactor, self._ledger, self._fluids, self._guard = reactor, ledger, fluids, guard
        self._clock, self._run_clock = clock, run_clock
        self._tell, self._refused = tell, refused
        self._queue: deque[Asked] = deque()
        self._wake = asyncio.Event()
        self._halted = ""
        self._idle = asyncio.Event()
        self._idle.set()
        self._current = ""
        self._own = fluids.own_exchanges

    def has(self, key: str) -> bool:
        """Whether this exchange is under way or waits."""
        return key == self._current or any(asked.key == key for asked in self._queue)

    @property
    def busy(self) -> bool:
        """Whether an exchange is under way or waits."""
        return bool(self._queue) or not self._idle.is_set()

    def ask(self, exchange: Exchange) -> None:
        """Queue an exchange; `tell` hears of its end, whatever it is."""
        if exchange.key is None:
            self._own += 1
        own = self._own if exchange.key is None else 0
        asked = Asked(key=exchange.key or self._own_key(own), own=own, exchange=exchange)
        if len(self._queue) >= QUEUE_MAX:
            self._end_unbegun(asked, Outcome.REFUSED, f"{QUEUE_MAX} exchanges wait already")
            return
        self._queue.append(asked)
        self._wake.set()

    def withdraw(self, key: str) -> None:
        """Forget an exchange that did not begin; one that did is finished."""
        self._drop(lambda asked: asked.key == key, "cancelled")

    def clear(self, reason: str) -> None:
        """Forget all that did not begin."""
        self._drop(lambda _: True, reason)

    def halt(self, reason: str) -> None:
        """Stop the pumps now; what is under way ends with what it had moved."""
        self.clear(reason)
        if not self._idle.is_set():
            self._halted = reason
            self._reactor.stop_pumps()

    async def settle(self, limit_s: float) -> None:
        """Wait until nothing is under way, for so many room seconds at most."""
        try:
            async with asyncio.timeout(limit_s):
                await self._idle.wait()
        except TimeoutError:
            return

    async def run(self) -> None:
        """Carry out what is asked, for ever."""
        while True:
            while not self._queue:
                self._wake.clear()
                await self._wake.wait()
            asked = self._queue.popleft()
            self._idle.clear()
            self._current = asked.key
            try:
                ended = await self._carry_out(asked)
            finally:
                self._idle.set()
                self._halted = self._current = ""
            self._tell(ended)

    async def _carry_out(self, asked: Asked) -> Exchanged:
        refusal = self._guard.refuse_exchange(asked.exchange, self._fluids, self._now_s())
        moves = [] if refusal else self._moves(asked)
        if refusal:
            self._refused(refusal, asked)
            return self._exchanged(asked, Ending(outcome=Outcome.REFUSED, reason=refusal.reason))
        moved_ml = {"in": 0.0, "out": 0.0}
        ending = Ending(outcome=Outcome.DONE)
        for move in moves:
            ending, volume_ml = await self._move(asked, move)
            moved_ml[move.direction] += volume_ml
            if ending.outcome is not Outcome.DONE:
                break
        return self._exchanged(asked, ending, removed_ml=moved_ml["out"], added_ml=moved_ml["in"])

    def _moves(self, asked: Asked) -> list[Move]:
        """Out before in, so that a vessel cannot overflow."""
        exchange, moves = asked.exchange, []
        for direction, medium, volume_ml in (
            ("out", WASTE, exchange.remove_ml),
            ("in", exchange.medium, exchange.add_ml),
        ):
            if volume_ml > 0.0:
                key = f"{asked.key}/{direction}"
                moves.append(
                    Move(
                        key=key,
                        pump=f"{medium}_pump",
                        medium=medium,
                        direction=direction,
                        volume_ml=volume_ml,
                    )
                )
        return moves

    def _exchanged(
        self, asked: Asked, ending: Ending, *, removed_ml: float = 0.0, added_ml: float = 0.0
    ) -> Exchanged:
        return Exchanged(
            key=asked.key,
            own=bool(asked.own),
            removed_ml=removed_ml,
            added_ml=added_ml,
            medium=asked.exchange.medium,
            ending=ending,
            at_s=self._now_s(),
        )

    def _drop(self, matches: Callable[[Asked], bool], reason: str) -> None:
        dropped = [asked for asked in self._queue if matches(asked)]
        for asked in dropped:
            self._queue.remove(asked)
            self._end_unbegun(asked, Outcome.SKIPPED, reason)

    def _end_unbegun(self, asked: Asked, outcome: Outcome, reason: str) -> None:
        self._tell(self._exchanged(asked, Ending(outcome=outcome, reason=reason)))

    def _entry(self, kind: Kind, key: str, data: dict[str, Any]) -> Entry:
        moment = self._run_clock.moment(self._clock.now())
        return Entry(
            kind=kind, process_s=moment.process_s, wall_s=moment.wall_s, key=key, data=data
        )

    def _now_s(self) -> float:
        return self._run_clock.moment(self._clock.now()).process_s

    def _own_key(self, number: int) -> str:
        key = ActionKey(
            attempt=self._attempt,
            vessel=self._vessel,
            visit=RULE_VISIT,
            item=DOSING,
            occurrence=str(number),
        )
        return str(key)


def unknown_doses(fluids: Fluids, process_s: float, wall_s: float | None) -> list[Entry]:
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
                "reason": "the worker stopped in the middle of the dose",
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
    reason = end.reason or f"{move.pump} stopped after {end.moved_ml:g} mL"
    return Ending(outcome=Outcome.FAILED, reason=reason), end.moved_ml
