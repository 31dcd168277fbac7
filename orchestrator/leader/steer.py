"""Move experiments along: start what may start, conclude what has come about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from orchestrator.leader.conclude import conclude
from orchestrator.leader.dispatch import Dispatch
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.leader.queue import look_at_queue, next_due
from orchestrator.leader.situation import Start
from orchestrator.leader.submit import Submit, next_start
from orchestrator.leader.survey import GOING, Survey
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.clock import Clock
from orchestrator.ports.entries import ChangedMeanwhile, IdTaken, ReactorTaken, Terms
from orchestrator.ports.records import Documents, Event, Experiment, NewExperiment, named_in
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
_TELLING = frozenset({"experiment", "run", "worker", "capabilities", "queue"})


class Steer:
    """Looks whenever something changed that may matter, and acts on what it sees."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pace: Pace,
        presences: Presences,
        dispatch: Dispatch,
        survey: Survey,
        submit: Submit,
        refused: Callable[[Exception], None],
    ) -> None:
        """`refused` hears of why the store took nothing."""
        self._store = store
        self._survey = survey
        self._submit = submit
        self._refused = refused
        self._due_wall_s: float | None = None
        """When something that waits for its time may start."""
        self._obstructed = False
        """Something waits for room on the disk or a clock, of which nobody tells."""
        self._told: set[str] = set()
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

    def look_if_due(self) -> None:
        """Time alone may have brought something about."""
        due = self._due_wall_s is not None and self._clock.now().wall_s >= self._due_wall_s
        if due or self._obstructed:
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
                self._refused(error)
                await asyncio.sleep(self._pace.retry_s)
                self._changed.set()

    async def look(self) -> None:
        """Once."""
        for experiment in await self._survey.open_ones(GOING):
            await self._conclude(experiment)
        await self._raise_epochs()
        await self._end_what_was_given_up()
        self._due_wall_s, self._obstructed = None, False
        open_ones = await self._survey.open_ones()
        if any(each.state is State.QUEUED for each in open_ones):
            await self._look_at_queue(open_ones)

    async def _conclude(self, experiment: Experiment) -> None:
        runs = await self._store.runs(experiment=experiment.id)
        conclusion = conclude(experiment, runs)
        if conclusion.call_off:
            log.warning("%s is called off: %s", experiment.id, conclusion.reason)
            await self._dispatch.wish(experiment.id, "cancelled", "leader")
        for verb in conclusion.verbs:
            await self._move(experiment.id, verb, conclusion.reason)
        over = {run.binding.worker for run in runs if run.binding and run.ended_wall_s}
        if conclusion.verbs and experiment.state in GOING:
            now = await self._store.experiment(experiment.id)
            if now is not None and now.state not in GOING:
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

    async def _end_what_was_given_up(self) -> None:
        """A worker that was gone for good is back, and drives what is cancelled here."""
        shown: set[str] = set()
        for presence in self._presences:
            given_up = {run.run for run in await self._dispatch.given_up(presence.worker)}
            if given_up - self._told:
                log.info("%s is told again to end what is cancelled", presence.worker)
                await self._dispatch.publish(presence.worker)
            shown |= given_up
        self._told = shown

    async def _look_at_queue(self, open_ones: Sequence[Experiment]) -> None:
        situation = await self._survey.situation(open_ones)
        by_id = {each.id: each for each in open_ones}
        for decision in look_at_queue(situation):
            if isinstance(decision, Start):
                await self._start(by_id[decision.experiment], decision)
            else:
                await self._store.explain(
                    decision.experiment, decision.reason, at_wall_s=self._clock.now().wall_s
                )
        self._due_wall_s = next_due(situation)
        self._obstructed = any(one.obstacle for one in situation.waiting)

    async def _start(self, experiment: Experiment, decision: Start) -> None:
        successor = await self._successor(experiment) if experiment.terms.every else None
        try:
            await self._dispatch.start(
                experiment.id,
                decision.bindings,
                successor,
                experiment.version,
                await self._survey.expected(experiment),
            )
        except (TransitionRefused, ChangedMeanwhile, ReactorTaken, IdTaken) as error:
            log.info("%s is not started: %s", experiment.id, error)
            self._changed.set()

    async def _successor(self, experiment: Experiment) -> NewExperiment | None:
        """The same, for the next time; None where there is none within ten years."""
        at_wall_s = self._clock.now().wall_s
        due_s = next_start(experiment.terms, at_wall_s)
        documents = await self._store.documents(experiment.id)
        if documents is None or due_s is None:
            return None
        return again(
            experiment,
            documents,
            name=await self._submit.free_id(at_wall_s + 1),
            actor=experiment.actor,
            terms=replace(experiment.terms, not_before_wall_s=due_s),
            at_wall_s=at_wall_s,
        )


def again(
    experiment: Experiment,
    documents: Documents,
    *,
    name: str,
    actor: str,
    terms: Terms,
    at_wall_s: float,
    idempotency_key: str | None = None,
) -> NewExperiment:
    """The same experiment once more, by what it runs by now."""
    return NewExperiment(
        id=name,
        name=experiment.name,
        documents=replace(
            documents, revision=1, actor="", at_wall_s=None, accept_jumps=False, move_to=""
        ),
        inputs=experiment.inputs,
        vessels=experiment.vessels,
        bindings=named_in(terms),
        actor=actor,
        at_wall_s=at_wall_s,
        idempotency_key=idempotency_key,
        words=experiment.words,
        terms=terms,
    )
