"""Move experiments along: start what may start, conclude what has come about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from orchestrator.leader.conclude import conclude
from orchestrator.leader.dispatch import Dispatch
from orchestrator.leader.needs import needs_of_json
from orchestrator.leader.orders import plan_of
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.leader.queue import Start, Waiting, look_at_queue
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Event, Experiment
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
_TELLING = frozenset({"experiment", "run", "worker", "capabilities"})
_GOING = (State.RUNNING, State.PAUSED)


class Steer:
    """Looks whenever something changed that may matter, and acts on what it sees."""

    def __init__(
        self, store: Store, clock: Clock, pace: Pace, presences: Presences, dispatch: Dispatch
    ) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._presences = presences
        self._dispatch = dispatch
        self._changed = asyncio.Event()
        self._changed.set()

    def hear(self, events: Sequence[Event]) -> None:
        """Something happened."""
        if any(event.kind in _TELLING for event in events):
            self._changed.set()

    def look_again(self) -> None:
        """Something else changed."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.look()
            except (StoreFull, StoreBusy) as error:
                log.error("the experiments stand as they are for now: %s", error)
                await asyncio.sleep(self._pace.retry_s)
                self._changed.set()

    async def look(self) -> None:
        """Once."""
        going = await self._in_states(*_GOING)
        for experiment in going:
            await self._conclude(experiment)
        await self._raise_epochs()
        queued = await self._in_states(State.QUEUED)
        if queued:
            await self._look_at_queue(queued)

    async def _conclude(self, experiment: Experiment) -> None:
        runs = await self._store.runs(experiment=experiment.id)
        conclusion = conclude(experiment, runs)
        if conclusion.call_off:
            log.warning("%s is called off: %s", experiment.id, conclusion.reason)
            await self._dispatch.wish(experiment.id, "cancelled", "leader")
        for verb in conclusion.verbs:
            await self._move(experiment.id, verb, conclusion.reason)
        over = {run.binding.worker for run in runs if run.binding and run.ended_wall_s}
        if conclusion.verbs and experiment.state in _GOING:
            now = await self._store.experiment(experiment.id)
            if now is not None and now.state not in _GOING:
                for worker in sorted(over):
                    await self._dispatch.renew(worker)

    async def _move(self, experiment: str, verb: str, reason: str) -> None:
        at_wall_s = self._clock.now().wall_s
        try:
            moved = await self._store.change_state(
                experiment, verb, at_wall_s=at_wall_s, reason=reason
            )
        except TransitionRefused as error:
            log.info("%s has moved on meanwhile: %s", experiment, error)
        else:
            log.info("%s is %s %s", experiment, moved.state.value, reason)

    async def _raise_epochs(self) -> None:
        """A worker that shows a higher epoch than ours would refuse what we say (rule 15)."""
        for record in await self._store.workers():
            if record.epoch and self._presences.epoch(record.worker) > record.epoch:
                await self._dispatch.renew(record.worker)

    async def _look_at_queue(self, queued: Sequence[Experiment]) -> None:
        waiting = [one for each in queued if (one := await self._waiting(each)) is not None]
        running = await self._store.runs(open_only=True)
        occupied = [(run.binding, run.experiment) for run in running if run.binding]
        for decision in look_at_queue(waiting, self._presences.places(occupied)):
            if isinstance(decision, Start):
                await self._start(decision)
            else:
                await self._store.explain(
                    decision.experiment, decision.reason, at_wall_s=self._clock.now().wall_s
                )

    async def _start(self, decision: Start) -> None:
        try:
            await self._dispatch.start(decision.experiment, decision.bindings)
        except TransitionRefused as error:
            log.info("%s is not started: %s", decision.experiment, error)

    async def _waiting(self, experiment: Experiment) -> Waiting | None:
        documents = await self._store.documents(experiment.id)
        if documents is None:
            return None
        return Waiting(
            experiment=experiment.id,
            needs=needs_of_json(plan_of(documents.plan_json)),
            bindings=experiment.bindings,
        )

    async def _in_states(self, *states: State) -> list[Experiment]:
        """Oldest first."""
        found: list[Experiment] = []
        cursor: str | None = None
        while True:
            page = await self._store.experiments(states=states, limit=200, cursor=cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found[::-1]
