"""The leader: plans are handed out, what comes back is recorded, people are told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from random import Random
from typing import Any

from orchestrator.leader.abandon import Abandon
from orchestrator.leader.attend import Attend
from orchestrator.leader.bring import Bring
from orchestrator.leader.collect import Collect
from orchestrator.leader.command import Command
from orchestrator.leader.deliver import Deliver
from orchestrator.leader.dispatch import Dispatch
from orchestrator.leader.ended import Ended
from orchestrator.leader.entries import Entries
from orchestrator.leader.expiry import Expiry
from orchestrator.leader.foretold import Foretold
from orchestrator.leader.librarian import Librarian
from orchestrator.leader.live import Live
from orchestrator.leader.maintain import Maintain
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.leader.record import Arrived, Record
from orchestrator.leader.refusing import Refusing
from orchestrator.leader.rehearsals import Rehearsals
from orchestrator.leader.remind import Remind
from orchestrator.leader.revise import Revise
from orchestrator.leader.room_left import FreeBytes, RoomLeft
from orchestrator.leader.situation import Rules
from orchestrator.leader.steer import Steer
from orchestrator.leader.submit import Submit
from orchestrator.leader.survey import Survey
from orchestrator.leader.unkept import Hear, Unkept
from orchestrator.leader.workers_disks import WorkersDisks
from orchestrator.messages import topics
from orchestrator.messages.orders import CommandResult
from orchestrator.model.experiment import State, TransitionRefused, move
from orchestrator.ports import check as documents
from orchestrator.ports.clock import Clock
from orchestrator.ports.library import Library, Pulled
from orchestrator.ports.link import Link, Overflow, Subscription
from orchestrator.ports.office import (
    Check,
    DiskRoom,
    OutsideEvent,
    QueueStanding,
    ReadingsCallback,
    RequestRefused,
    Submission,
)
from orchestrator.ports.pictures import Gallery
from orchestrator.ports.records import Alert, Documents, Event, Experiment
from orchestrator.ports.rehearse import Rehearse
from orchestrator.ports.routes import Routed, RouteShown, Tried
from orchestrator.ports.store import NotFound, Store, StoreBusy, StoreFull, StoreUnusable

log = logging.getLogger(__name__)

OUTBOX_MESSAGES_MAX = 5_000
OTHER_MESSAGES_MAX = 2_000
NOBODY = "nobody is told of alerts: no notifications are declared"


class Leader:
    """`ports.office.Office`, and the service behind it."""

    def __init__(
        self,
        *,
        store: Store,
        link: Link,
        clock: Clock,
        check: documents.Check,
        routes: Sequence[Routed] = (),
        chance: Random | None = None,
        pace: Pace | None = None,
        free_bytes: FreeBytes | None = None,
        rules: Rules | None = None,
        rehearse: Rehearse | None = None,
        library: Library | None = None,
        pull_every_s: float | None = None,
        maintain: Maintain | None = None,
        gallery: Gallery | None = None,
    ) -> None:
        """The store is open, the link is entered; closing them is for whoever made them."""
        chance, pace, rules = chance or Random(), pace or Pace(), rules or Rules()
        self.ready = asyncio.Event()
        self._store = store
        self._link = link
        self._clock = clock
        self._pace = pace
        self._presences = Presences()
        self._live = Live(pace.live_s)
        self._dispatch = Dispatch(store, link, clock, self._presences)
        self._revise = Revise(store, clock, pace, self._presences, self._dispatch)
        self._room_left = RoomLeft(store, clock, free_bytes)
        self._ended, self._foretold = Ended(store, clock), Foretold(store, clock)
        self._expiry = Expiry(store, clock, self._presences)
        self._workers_disks = WorkersDisks(store, clock, self._presences)
        self._maintain = maintain
        self._librarian = Librarian(store, clock, library, pull_every_s)
        self._submit = Submit(
            store,
            clock,
            pace,
            self._presences,
            check,
            chance,
            self._room_left,
            rules,
            self._librarian.placed,
        )
        survey = Survey(store, clock, self._presences, self._room_left, rules)
        self._entries = Entries(store, clock, survey, self._submit)
        self._abandon = Abandon(store, clock, self._presences, self._dispatch)
        self._deliver = Deliver(store, routes, clock, pace) if routes else None
        self._refusing = Refusing(store, clock, pace, self._deliver)
        self._steer = Steer(
            store,
            clock,
            pace,
            self._presences,
            self._dispatch,
            survey,
            self._submit,
            self._refusing.hear,
        )
        self._command = Command(link, clock, pace, self._presences, chance)
        self._bring = Bring(store, self._command)
        self._unkept = Unkept()
        self._remind = Remind(store, clock)
        self._collect = (
            Collect(store, clock, pace, self._presences, self._command, gallery)
            if gallery is not None
            else None
        )
        self._rehearsals = Rehearsals(store, clock, rehearse, self._rehearsed) if rehearse else None
        self._attend = Attend(
            store, link, clock, pace, self._presences, lambda _: self._steer.look_again()
        )
        self._record = Record(
            store,
            link,
            clock,
            pace,
            self._recorded,
            self._presences.hear,
            self._refusing.hear,
        )
        store.on_events(self._hear_events)

    async def serve(self) -> None:
        """Run until cancelled.

        Raises:
            StoreUnusable: another leader has taken the store meanwhile.
        """
        try:
            await self._serve()
        except BaseExceptionGroup as group:
            unusable, other = group.split(StoreUnusable)
            if unusable is None or other is not None:
                raise
            raise unusable.exceptions[0] from None

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            stack.callback(self._live.close)
            outbox = await stack.enter_async_context(
                self._link.subscribe(
                    topics.every_worker("outbox"),
                    limit=OUTBOX_MESSAGES_MAX,
                    overflow=Overflow.DROP_NEWEST,
                )
            )
            heard = [
                (await stack.enter_async_context(self._subscribe(what)), hear)
                for what, hear in self._hears().items()
            ]
            self._link.on_connect(self._dispatch.publish_all)
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            tasks.create_task(self._record.take_in(outbox), name="take in batches")
            tasks.create_task(self._record.commit(), name="commit batches")
            tasks.create_task(self._record.accept(), name="accept batches")
            tasks.create_task(self._steer.run(), name="steer experiments")
            tasks.create_task(self._watch(), name="watch workers")
            tasks.create_task(self._refusing.run(), name="watch the store")
            tasks.create_task(self._librarian.run(), name="pull the library")
            if self._maintain is not None:
                tasks.create_task(self._maintain.run(), name="maintain the store")
            if self._collect is not None:
                tasks.create_task(self._collect.run(), name="collect pictures")
            if self._deliver is not None:
                tasks.create_task(self._deliver.run(), name="deliver alerts")
            if self._rehearsals is not None:
                tasks.create_task(self._rehearsals.run(), name="rehearse plans")
            for subscription, hear in heard:
                tasks.create_task(self._listen(subscription, hear), name=hear.__name__)
            if self._link.connected:
                await self._dispatch.publish_all()
            self.ready.set()

    async def _rests(self, running: Experiment) -> bool:
        """Whether a running experiment is about to pause, or a rule of it paused one vessel."""
        if running.wanted == "paused":
            return True
        runs = await self._store.runs(experiment=running.id, open_only=True)
        return any(run.state is State.PAUSED for run in runs)

    # ---- ports.office.Office

    @property
    def broker_connected(self) -> bool:
        return self._link.connected

    @property
    def store_trouble(self) -> str:
        return self._refusing.why

    async def disk(self) -> DiskRoom:
        return await self._room_left.room()

    async def submit(self, submission: Submission) -> Experiment:
        return await self._submit.submit(submission)

    async def queue(self) -> QueueStanding:
        return await self._entries.queue()

    async def preflight(self, experiment: str) -> Sequence[Check]:
        return await self._entries.preflight(experiment)

    async def change_entry(
        self, experiment: str, changes: Mapping[str, Any], *, version: int | None, by: str
    ) -> Experiment:
        log.info("%s changes %s of %s", by, ", ".join(sorted(changes)), experiment)
        return await self._entries.change(experiment, changes, version)

    async def copy(
        self, experiment: str, *, by: str, idempotency_key: str | None = None
    ) -> Experiment:
        return await self._entries.copy(experiment, by, idempotency_key)

    async def arrange(self, experiment: str, to: str, *, owner: str | None, by: str) -> Experiment:
        log.info("%s moves %s to %s", by, experiment, to)
        return await self._entries.arrange(experiment, to, owner)

    async def hold_queue(self, note: str, *, by: str) -> None:
        await self._entries.hold_queue(note, by)

    async def release_queue(self, *, by: str) -> None:
        await self._entries.release_queue(by)

    async def abandon(self, experiment: str, *, by: str) -> Experiment:
        return await self._abandon.abandon(experiment, by)

    async def pause(self, experiment: str, *, by: str) -> Experiment:
        found = await self._get(experiment)
        if not (found.wanted == "running" and found.state is State.PAUSED):
            move(found.state, "pause")
        return await self._dispatch.wish(experiment, "paused", by)

    async def resume(self, experiment: str, *, by: str) -> Experiment:
        found = await self._get(experiment)
        if found.state is not State.RUNNING or not await self._rests(found):
            move(found.state, "resume")
        return await self._dispatch.wish(experiment, "running", by)

    async def cancel(self, experiment: str, *, by: str) -> Experiment:
        found = await self._get(experiment)
        move(found.state, "cancel")
        if found.state is State.QUEUED:
            with contextlib.suppress(TransitionRefused):  # it has started in this moment
                return await self._store.change_state(
                    experiment,
                    "cancel",
                    at_wall_s=self._clock.now().wall_s,
                    reason=f"cancelled by {by}",
                    while_in=State.QUEUED,
                )
        return await self._dispatch.wish(experiment, "cancelled", by)

    async def finish(self, experiment: str, *, by: str) -> Experiment:
        found = await self._get(experiment)
        if found.state is not State.PAUSED:
            move(found.state, "complete")
        return await self._dispatch.wish(experiment, "finished", by)

    async def revise(self, experiment: str, documents: Documents) -> Experiment:
        placed = documents if documents.git_commit else await self._librarian.placed(documents)
        return await self._revise.revise(experiment, placed)

    async def pull_library(self, *, by: str) -> Pulled:
        return await self._librarian.pull(by)

    async def answer(self, key: str, answer: Any, *, by: str) -> CommandResult:
        question = await self._store.question(key)
        if question is None:
            raise NotFound(f"nobody asks {key}")
        if question.state != "open":
            raise RequestRefused(f"the question is {question.state} already")
        if question.choices and answer not in question.choices:
            raise RequestRefused(f"{answer} is not one of {', '.join(question.choices)}")
        run = f"{question.attempt}:{question.vessel}"
        runs = await self._store.runs(experiment=question.experiment)
        binding = next((one.binding for one in runs if one.run == run), None)
        if binding is None:
            raise RequestRefused(f"nobody knows which worker runs {run}")
        return await self.command(
            binding.worker,
            "answer",
            {"key": key, "answer": answer},
            by=by,
            reactor=binding.reactor,
            attempt=question.attempt,
            vessel=question.vessel,
        )

    async def resolve_dose(
        self, experiment: str, key: str, volume_ml: float, *, by: str, note: str = ""
    ) -> CommandResult:
        return await self._resolve_dose(experiment, key, volume_ml, by, note)

    async def bring(
        self, experiment: str, event: OutsideEvent, *, by: str, vessel: str | None = None
    ) -> Mapping[str, CommandResult]:
        return await self._bring.to_experiment(experiment, event, by=by, vessel=vessel)

    async def bring_to_all(self, event: OutsideEvent, *, by: str) -> Mapping[str, CommandResult]:
        return await self._bring.to_all(event, by=by)

    async def acknowledge(self, alert: int, *, by: str, note: str = "") -> Alert:
        at_wall_s = self._clock.now().wall_s
        return await self._store.acknowledge_alert(alert, by=by, note=note, at_wall_s=at_wall_s)

    async def routes(self) -> Sequence[RouteShown]:
        return await self._deliver.shown() if self._deliver else ()

    async def test_routes(self, route: str | None, *, by: str) -> Sequence[Tried]:
        if self._deliver is None:
            raise NotFound(f"there is no route {route}" if route else NOBODY)
        return await self._deliver.test(route, by)

    async def command(
        self,
        worker: str,
        name: str,
        args: Mapping[str, Any],
        *,
        by: str,
        reactor: str = "",
        attempt: str = "",
        vessel: str = "",
        key: str | None = None,
    ) -> CommandResult:
        return await self._command.ask(
            worker, name, args, by=by, reactor=reactor, attempt=attempt, vessel=vessel, key=key
        )

    async def emergency_stop(self, *, by: str) -> Mapping[str, CommandResult]:
        return await self._command.emergency_stop(by)

    def on_readings(self, callback: ReadingsCallback) -> None:
        self._live.on_readings(callback)

    # ---- within

    def _hears(self) -> Mapping[str, Hear]:
        return {
            "state": self._attend.hear_state,
            "capabilities": self._attend.hear_capabilities,
            "calibrations": self._attend.hear_calibrations,
            "plan/accepted": self._dispatch.hear_answer,
            "command/+/result": self._command.hear,
        }

    def _subscribe(self, what: str) -> Any:
        return self._link.subscribe(topics.every_worker(what), limit=OTHER_MESSAGES_MAX)

    async def _listen(self, subscription: Subscription, hear: Hear) -> None:
        async for arrival in subscription:
            await self._unkept.hear(hear, arrival)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._pace.watch_s)
            try:
                await self._store.hold_place()
                self._steer.look_if_due()
                await self._dispatch.publish_owed()
                await self._attend.look()
                await self._room_left.look()
                await self._expiry.look()
                await self._workers_disks.look()
                await self._ended.look()
                await self._foretold.look()
                await self._remind.look()
                await self._unkept.hear_again()
            except (StoreFull, StoreBusy) as error:
                log.error("what the workers do was not kept: %s", error)
                self._refusing.hear(error)

    async def _resolve_dose(
        self, experiment: str, key: str, volume_ml: float, by: str, note: str
    ) -> CommandResult:
        await self._get(experiment)
        run = ":".join(key.split(":", 2)[:2])
        runs = await self._store.runs(experiment=experiment)
        binding = next((one.binding for one in runs if one.run == run), None)
        if binding is None:
            raise RequestRefused(f"nobody knows which worker pumped {key}")
        attempt, _, vessel = run.partition(":")
        return await self.command(
            binding.worker,
            "resolve",
            {"key": key, "volume_ml": volume_ml, "note": note},
            by=by,
            reactor=binding.reactor,
            attempt=attempt,
            vessel=vessel,
        )

    async def _get(self, experiment: str) -> Experiment:
        found = await self._store.experiment(experiment)
        if found is None:
            raise NotFound(f"there is no experiment {experiment}")
        return found

    def _rehearsed(self) -> None:
        self._steer.look_again()
        self._foretold.look_again()

    def _recorded(self, burst: Sequence[Arrived]) -> None:
        self._live.take(batch for _, batch in burst)

    def _hear_events(self, events: Sequence[Event]) -> None:
        self._steer.hear(events)
        self._ended.hear(events)
        self._foretold.hear(events)
        self._remind.hear(events)
        if self._rehearsals is not None:
            self._rehearsals.hear(events)
        if self._deliver is not None:
            self._deliver.hear(events)
