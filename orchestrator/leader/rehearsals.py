"""Rehearse what is open, one plan at a time, so that waits, media and lengths can be told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from orchestrator.leader.lasting import expected, lasting
from orchestrator.leader.orders import plan_of
from orchestrator.model.experiment import State
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Documents, Event, Experiment
from orchestrator.ports.rehearse import NotRehearsed, Rehearse
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
RETRY_S = 5.0
OPEN = (State.QUEUED, State.RUNNING, State.PAUSED)


class Rehearsals:
    """What came of each is kept by the plan's hash; it comes out alike each time."""

    def __init__(
        self, store: Store, clock: Clock, rehearse: Rehearse, changed: Callable[[], None]
    ) -> None:
        """`changed` hears when something new is known."""
        self._store, self._clock = store, clock
        self._rehearse, self._changed = rehearse, changed
        self._given_up: set[str] = set()
        self._some = asyncio.Event()
        self._some.set()

    def hear(self, events: Sequence[Event]) -> None:
        """Something was queued, or is another one now."""
        if any(event.kind == "experiment" for event in events):
            self._some.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            try:
                while await self._next():
                    self._changed()
            except (StoreFull, StoreBusy) as error:
                log.warning("a rehearsal was not kept: %s", error)
                await asyncio.sleep(RETRY_S)
                self._some.set()

    async def _next(self) -> bool:
        """Rehearse one that nobody rehearsed; false where there is none."""
        open_ones = (await self._store.experiments(states=OPEN, limit=200)).items
        for one in sorted(open_ones, key=_turn):
            plan_hash = one.plan_hash
            if plan_hash in self._given_up or await self._store.rehearsal(plan_hash) is not None:
                continue
            documents = await self._store.documents(one.id)
            if documents is None:
                continue
            try:
                found = await self._rehearse(documents.plan_json)
            except NotRehearsed as error:
                log.warning("%s was not rehearsed: %s", one.id, error)
                self._given_up.add(plan_hash)
                continue
            await self._store.keep_rehearsal(
                documents.plan_hash, found, at_wall_s=self._clock.now().wall_s
            )
            await self._expect(documents, found["duration_s"])
            return True
        return False

    async def _expect(self, documents: Documents, duration_s: float | None) -> None:
        """What free reactors took at once has begun before anybody could tell its length."""
        for one in (await self._store.experiments(states=OPEN, limit=200)).items:
            if one.attempt is not None and one.plan_hash == documents.plan_hash:
                plan = plan_of(documents.plan_json)
                told = expected(plan, lasting(plan, rehearsed_s=duration_s))
                await self._store.expect(one.attempt, told)


def _turn(one: Experiment) -> tuple[bool, int]:
    """What waits comes first, in its order: somebody decides by it."""
    return one.state is not State.QUEUED, one.place
