"""The dose journal: every exchange of one vessel, one at a time (SEMANTICS rule 3).

The intent of each move is durable before its pump turns; the keeper, not this process, turns the
pump off. Whatever could not be seen to its end is `unknown`, counted in full, and never repeated.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.jobs.job import Exchange, Exchanged
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.reactor import Reactor
from orchestrator.worker.account import WASTE, Fluids
from orchestrator.worker.guard import Guard, Refusal
from orchestrator.worker.pump import DeviceTold, Move, Pump
from orchestrator.worker.run_clock import RunClock
from orchestrator.worker.run_ledger import RunLedger

QUEUE_MAX = 20
DOSING = "dosing"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exchange in the queue."""

    key: str
    own: int
    """Its number if an automation asked, else 0."""
    exchange: Exchange
    by: str = ""
    """Whose automation."""


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
        device_told: DeviceTold,
        held_told: DeviceTold,
    ) -> None:
        self._attempt, self._vessel = attempt, vessel
        self._fluids, self._guard = fluids, guard
        self._pump = Pump(
            reactor=reactor,
            ledger=ledger,
            clock=clock,
            run_clock=run_clock,
            device_told=device_told,
            held_told=held_told,
            why_off=lambda pump: guard.why_off(pump),
        )
        self._tell, self._refused = tell, refused
        self._queue: deque[Asked] = deque()
        self._wake = asyncio.Event()
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

    def ask(self, exchange: Exchange, by: str = "") -> None:
        """Queue an exchange; `tell` hears of its end, whatever it is."""
        if exchange.key is None:
            self._own += 1
        own = self._own if exchange.key is None else 0
        asked = Asked(key=exchange.key or self._own_key(own), own=own, exchange=exchange, by=by)
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
            self._pump.halt(reason)

    @property
    def turning(self) -> str:
        """The pump that is on, if one is."""
        return self._pump.turning

    def interrupt(self, reason: str) -> None:
        """An interlock does not let the pump go on that turns; its exchange ends with that."""
        self._pump.interrupt(reason)

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
            except Exception as error:  # the next dose, and other vessels, have no part in it
                logger.exception("%s broke down", asked.key)
                ended = self._given_up(asked, f"{type(error).__name__}: {error}")
            finally:
                self._idle.set()
                self._pump.halted = self._current = ""
            self._tell(ended)

    async def _carry_out(self, asked: Asked) -> Exchanged:
        refusal = self._guard.refuse_exchange(asked.exchange, self._fluids, self._pump.now)
        moves = [] if refusal else self._moves(asked)
        if refusal:
            self._refused(refusal, asked)
            return self._exchanged(asked, Ending(outcome=Outcome.REFUSED, reason=refusal.reason))
        moved_ml = {"in": 0.0, "out": 0.0}
        ending = Ending(outcome=Outcome.DONE)
        # Until the last of them begins, vessels on the same bottles must not count on it.
        self._fluids.promised = {move.key: (move.medium, move.volume_ml) for move in moves}
        try:
            for move in moves:
                ending, volume_ml = await self._pump.carry_out(move)
                moved_ml[move.direction] += volume_ml
                if ending.outcome is not Outcome.DONE:
                    break
        finally:
            self._fluids.promised = {}
        return self._exchanged(asked, ending, removed_ml=moved_ml["out"], added_ml=moved_ml["in"])

    def _given_up(self, asked: Asked, reason: str) -> Exchanged:
        """Nobody knows how far it got: pumps off, and what was begun counts in full."""
        moved_ml = self._pump.give_up(self._fluids, reason)
        return self._exchanged(
            asked,
            Ending(outcome=Outcome.UNKNOWN, reason=reason),
            removed_ml=moved_ml["out"],
            added_ml=moved_ml["in"],
        )

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
                        own=asked.own,
                        cause=exchange.cause,
                    )
                )
        return moves

    def _exchanged(
        self, asked: Asked, ending: Ending, *, removed_ml: float = 0.0, added_ml: float = 0.0
    ) -> Exchanged:
        return Exchanged(
            key=asked.key,
            own=bool(asked.own),
            by=asked.by if asked.own else "",
            removed_ml=removed_ml,
            added_ml=added_ml,
            medium=asked.exchange.medium,
            ending=ending,
            at_s=self._pump.now_s,
        )

    def _drop(self, matches: Callable[[Asked], bool], reason: str) -> None:
        dropped = [asked for asked in self._queue if matches(asked)]
        for asked in dropped:
            self._queue.remove(asked)
            self._end_unbegun(asked, Outcome.SKIPPED, reason)

    def _end_unbegun(self, asked: Asked, outcome: Outcome, reason: str) -> None:
        self._tell(self._exchanged(asked, Ending(outcome=outcome, reason=reason)))

    def _own_key(self, number: int) -> str:
        key = ActionKey(
            attempt=self._attempt,
            vessel=self._vessel,
            visit=RULE_VISIT,
            item=DOSING,
            occurrence=str(number),
        )
        return str(key)
