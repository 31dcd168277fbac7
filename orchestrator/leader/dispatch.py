"""Hand out plans, and hear what workers say to them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from orchestrator.leader.made_with import made_with
from orchestrator.leader.orders import NOTHING_ASKED, plan_message
from orchestrator.leader.presence import Presences, run_name
from orchestrator.messages import topics
from orchestrator.messages.codec import BadMessage, decode, encode
from orchestrator.messages.orders import PlanAnswer, RunAnswer
from orchestrator.model.experiment import State
from orchestrator.ports.clock import Clock
from orchestrator.ports.link import Arrival, Link, LinkDown, LinkRefused
from orchestrator.ports.records import (
    Binding,
    Documents,
    Experiment,
    NewAlert,
    NewExperiment,
    Run,
    Wanted,
)
from orchestrator.ports.statistics import Expected
from orchestrator.ports.store import Store, StoreBusy

log = logging.getLogger(__name__)


class Dispatch:
    """The worker is the truth of what runs; this says what is wanted (SEMANTICS rule 15)."""

    def __init__(self, store: Store, link: Link, clock: Clock, presences: Presences) -> None:
        self._store = store
        self._link = link
        self._clock = clock
        self._presences = presences
        self._one_at_a_time: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._listening: list[Callable[[RunAnswer], bool]] = []
        self._owed: set[str] = set()
        """Workers whose newest plan did not go out."""
        self._owes_all = False
        """The broker may have forgotten plans, and not everybody was told again."""

    async def start(
        self,
        experiment: str,
        bindings: Mapping[str, Binding],
        successor: NewExperiment | None = None,
        version: int | None = None,
        expected: Expected | None = None,
    ) -> Experiment:
        """Begin an attempt and tell its workers, if it is as it was decided upon.

        Their new epochs are allotted with the attempt: a leader that dies in between tells them
        when it is back.
        """
        workers = sorted({binding.worker for binding in bindings.values()})
        started = await self._store.begin_attempt(
            experiment,
            bindings,
            at_wall_s=self._clock.now().wall_s,
            above={worker: self._presences.epoch(worker) for worker in workers},
            successor=successor,
            version=version,
            made_with=made_with(bindings, self._presences),
            expected=expected,
        )
        log.info("%s starts as %s", experiment, started.attempt)
        for worker in workers:
            await self.publish(worker)
        return started

    async def wish(self, experiment: str, wanted: Wanted, by: str) -> Experiment:
        """Want something else of an experiment, and tell its workers."""
        at_wall_s = self._clock.now().wall_s
        with self._perhaps_after_all():
            wished = await self._store.wish(experiment, wanted, by=by, at_wall_s=at_wall_s)
        try:
            runs = await self._store.runs(experiment=experiment, open_only=True)
        except StoreBusy as error:  # it is on record all the same
            self._owe_all(error)
            return wished
        for worker in sorted({run.binding.worker for run in runs if run.binding}):
            await self.publish(worker)
        return wished

    async def renew(self, worker: str) -> None:
        """What a worker is to run has become something else: a new epoch."""
        async with self._one_at_a_time[worker]:
            with self._perhaps_after_all():
                epoch = await self._store.next_epoch(worker, above=self._presences.epoch(worker))
                await self._publish(worker, epoch)

    async def publish(self, worker: str) -> None:
        """Say again what a worker is to run; what cannot go out now does so later."""
        async with self._one_at_a_time[worker]:
            try:
                known = {record.worker: record.epoch for record in await self._store.workers()}
                await self._publish(worker, known.get(worker, 0))
            except StoreBusy as error:
                self._owe(worker, error)

    async def ask(self, worker: str, revisions: Mapping[str, Documents]) -> None:
        """Ask a worker whether it could run other revisions, by experiment."""
        async with self._one_at_a_time[worker]:
            known = {record.worker: record.epoch for record in await self._store.workers()}
            await self._publish(worker, known.get(worker, 0), revisions)

    @contextmanager
    def listening(self, hear: Callable[[RunAnswer], bool]) -> Iterator[None]:
        """Hear what workers say of each run; true says that it was only asked."""
        self._listening.append(hear)
        try:
            yield
        finally:
            self._listening.remove(hear)

    async def publish_all(self) -> None:
        """To everybody who ever had a plan, since the broker may have forgotten."""
        self._owes_all = True
        try:
            records = await self._store.workers()
        except StoreBusy as error:
            self._owe_all(error)
            return
        for record in records:
            if record.epoch > 0:
                await self.publish(record.worker)
        self._owes_all = False

    async def publish_owed(self) -> None:
        """What was lost on its way, perhaps by a link that was never lost itself."""
        if self._owes_all:
            await self.publish_all()
        for worker in sorted(self._owed):
            await self.publish(worker)

    async def hear_answer(self, arrival: Arrival) -> None:
        """Note what a worker said to its plan."""
        worker = topics.worker_of(arrival.topic)
        try:
            answer = decode(arrival.payload, PlanAnswer)
        except BadMessage as error:
            log.warning("%s answered its plan with something else: %s", worker, error)
            return
        at_wall_s = self._clock.now().wall_s
        for run in answer.runs:
            name = f"{run.attempt}:{run.vessel}"
            if any(hear(run) for hear in self._listening):
                continue  # it was only asked
            if not run.accepted:
                log.warning("%s refuses %s: %s", worker, name, run.reason)
            reason = "" if run.accepted else f"{worker} refused: {run.reason}"
            await self._store.answer_run(name, run.accepted, reason, at_wall_s=at_wall_s)
            await self._tell_of_refusal(worker, run, at_wall_s)
        if not answer.accepted and not answer.runs:
            log.warning("%s refuses plan %d: %s", worker, answer.epoch, answer.reason)

    async def _tell_of_refusal(self, worker: str, run: RunAnswer, at_wall_s: float) -> None:
        """A worker that was away when all others took a revision may refuse it on its return: its
        run stays at the older one until people decide (SEMANTICS rule 18)."""
        identity = f"refused:{run.attempt}:{run.vessel}"
        if run.accepted:
            await self._store.resolve_alerts(identity, at_wall_s=at_wall_s)
        elif run.revision > 1:
            text = (
                f"{run.vessel} on {worker} does not take revision {run.revision} and goes on by "
                f"the older one: {run.reason}. Apply another that it can take, or go back with "
                "'axenic rollback', so that all vessels are at one again"
            )
            await self._store.raise_alert(
                NewAlert(
                    text=text,
                    severity="critical",
                    source="revision",
                    at_wall_s=at_wall_s,
                    identity=identity,
                    experiment=run.attempt.rpartition(".")[0],
                    vessel=run.vessel,
                    worker=worker,
                )
            )

    async def given_up(self, worker: str) -> list[Run]:
        """Runs that are cancelled here, since their worker was gone for good, and that it shows."""
        presence = self._presences.get(worker)
        reports = [*presence.running()] if presence else []
        shown = {run_name(report) for report in reports}
        found: list[Run] = []
        for experiment in sorted({report.experiment for report in reports}):
            found += await self._store.runs(experiment=experiment)
        return [
            run
            for run in found
            if run.run in shown
            and run.state is State.CANCELLED
            and run.binding is not None
            and run.binding.worker == worker
        ]

    async def _publish(
        self, worker: str, epoch: int, asked: Mapping[str, Documents] = NOTHING_ASKED
    ) -> None:
        runs = [run for run in await self._store.runs(worker=worker, open_only=True) if run.binding]
        runs += await self.given_up(worker)
        experiments, documents = {}, {}
        for name in {run.experiment for run in runs}:
            experiment = await self._store.experiment(name)
            text = await self._store.documents(name)
            if experiment is not None and text is not None:
                experiments[name], documents[name] = experiment, text
        ours = [run for run in runs if run.experiment in experiments]
        payload = encode(plan_message(epoch, ours, experiments, documents, asked))
        await self._store.hold_place()
        try:
            await self._link.publish(topics.plan(worker), payload, retain=True)
            self._owed.discard(worker)
        except LinkDown as error:
            self._owe(worker, error)
        except LinkRefused as error:
            log.error("the broker refuses the plan for %s: %s", worker, error)

    @contextmanager
    def _perhaps_after_all(self) -> Iterator[None]:
        """What the store did not answer to may be on record after all: then workers have to hear
        of it, though whoever asked for it was told that it could not be done."""
        try:
            yield
        except StoreBusy as error:
            self._owe_all(error)
            raise

    def _owe_all(self, why: Exception) -> None:
        log.warning("the plans go out later: %s", why)
        self._owes_all = True

    def _owe(self, worker: str, why: Exception) -> None:
        if worker not in self._owed:
            log.info("the plan for %s goes out later: %s", worker, why)
        self._owed.add(worker)
