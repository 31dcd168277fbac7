"""A leader with its store, over a broker in memory, and workers that a test plays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.leader.pace import Pace
from orchestrator.leader.service import Leader
from orchestrator.leader.situation import Rules
from orchestrator.model.experiment import State
from orchestrator.model.plan import (
    Bottle,
    EventStart,
    JobPlan,
    PhasePlan,
    Plan,
    RulePlan,
    Slice,
    Source,
    StepPlan,
)
from orchestrator.ports.check import Checked, Files, Given
from orchestrator.ports.clock import Instant
from orchestrator.ports.notifier import NotDelivered, Notification
from orchestrator.ports.office import (
    Submission,
)
from orchestrator.ports.pictures import Gallery
from orchestrator.ports.records import Binding
from orchestrator.ports.rehearse import Rehearse
from orchestrator.ports.routes import Route, Routed
from orchestrator.ports.store import Store
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from tests.support.played_worker import WALL, PlayedWorker, entry

PLAIN = Route(name="phone", to=("played://…",))
POOLS = {"front": frozenset({"bench", "attic/left"})}
QUICK = Pace(
    watch_s=0.01,
    lost_after_s=0.1,
    silent_after_s=0.4,
    report_grace_s=0.05,
    keep_state_s=0.5,
    command_s=0.2,
    live_s=0.02,
    retry_s=0.01,
    retry_s_max=0.05,
    repeat_alert_s=60,
    notify_s=0.5,
    notify_look_s=0.02,
    collect_s=0.02,
)


class StillClock:
    """Wall time that a test moves by hand; the leader waits in seconds of the room."""

    boot = "test"
    speed = 1.0

    def __init__(self) -> None:
        self.wall_s = WALL

    def now(self) -> Instant:
        return Instant(monotonic_s=self.wall_s - WALL, wall_s=self.wall_s, trusted=True)

    async def sleep_until(self, monotonic_s: float, wake: asyncio.Event | None = None) -> None:
        raise AssertionError("the leader waits in seconds of the room")

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Any:
        raise AssertionError("the leader waits in seconds of the room")


def check(text: str, file: str, inputs: Given, _: Files) -> Checked:
    """Profiles of these tests are the names of their vessels; one called `wrong` is."""
    if "wrong" in text:
        problem = Diagnostic(
            file=file, line=1, column=1, end_line=1, end_column=6, code="wrong", message="is wrong"
        )
        return Checked(diagnostics=[problem], profile=None, plan=None)
    source = Source(file=file, line=1)
    slices = tuple(
        Slice(
            vessel=vessel,
            volume_ml=15.0,
            media=(Bottle(medium="feed", volume_ml=5000.0, shared="shared" in text),),
            jobs={"stirring": JobPlan()},
            phases=(PhasePlan(name="hold", source=source, jobs={"dosing": JobPlan()}),),
            rules=_pressed(source) if vessel.startswith("pressed") else (),
            limits={},
        )
        for vessel in text.split()
    )
    plan = Plan(
        name="Hold",
        description="",
        tags=(),
        profile_hash="p" * 64,
        timezone="UTC",
        inputs=dict(inputs),
        vessels=slices,
        charts=(),
    )
    return Checked(diagnostics=[], profile=None, plan=plan)


def _pressed(source: Source) -> tuple[RulePlan, ...]:
    """A rule of vessels that are called so: it starts on a button, a webhook and a topic."""
    starts = (
        EventStart(event="button", name="rinse"),
        EventStart(event="webhook", name="door"),
        EventStart(event="topic", name="lab/door"),
    )
    steps = (StepPlan(op="pause", source=source),)
    return (RulePlan(item="pressed", starts=starts, steps=steps, source=source),)


class PlayedNotifier:
    """Remembers what it was to send; fails as often as it is told to."""

    def __init__(self) -> None:
        self.sent: list[Notification] = []
        self.failures = 0

    async def send(self, notification: Notification) -> None:
        if self.failures:
            self.failures -= 1
            raise NotDelivered("no network")
        self.sent.append(notification)


@dataclass(slots=True)
class Room:
    """A leader with its store and broker, and workers to come."""

    broker: MemoryBroker
    store: Store
    clock: StillClock
    stack: AsyncExitStack
    notifier: PlayedNotifier = field(default_factory=PlayedNotifier)
    leader: Leader = field(init=False)
    leader_link: MemoryLink = field(init=False)
    free_bytes: int = 10**12
    routes: Sequence[Routed] = ()
    """Instead of one that takes everything to `notifier`."""
    leaders: int = 0
    rehearse: Rehearse | None = None
    gallery: Gallery | None = None
    rules: Rules = field(default_factory=lambda: Rules(open_max=20, pools=POOLS))

    @asynccontextmanager
    async def leading(self) -> AsyncIterator[Leader]:
        self.leaders += 1
        link = MemoryLink(self.broker, identifier=f"leader {self.leaders}")
        async with link:
            await link.wait_connected(5)
            leader = Leader(
                store=self.store,
                link=link,
                clock=self.clock,
                check=check,
                routes=self.routes or [Routed(route=PLAIN, notifier=self.notifier)],
                chance=Random(1),
                pace=QUICK,
                free_bytes=lambda: self.free_bytes,
                rules=self.rules,
                rehearse=self.rehearse,
                gallery=self.gallery,
            )
            task = asyncio.create_task(leader.serve(), name="leader")
            self.leader, self.leader_link = leader, link
            await soon(leader.ready.is_set)
            try:
                yield leader
            finally:
                task.cancel()
                await asyncio.wait([task])
                if not task.cancelled():
                    task.result()

    async def worker(self, name: str, *reactors: str, appear: bool = True) -> PlayedWorker:
        link = await self.stack.enter_async_context(MemoryLink(self.broker, identifier=name))
        await link.wait_connected(5)
        worker = PlayedWorker(name, link, reactors or (name,))
        task = asyncio.create_task(worker.listen(), name=name)
        self.stack.push_async_callback(_end, task)
        if appear:
            await worker.appear()
        return worker

    async def submit(self, vessels: str = "v1", **more: Any) -> str:
        bindings = {v: Binding.parse(at) for v, at in more.pop("bindings", {}).items()}
        submission = Submission(
            text=vessels,
            file_name="p.yaml",
            actor=more.pop("actor", "ada"),
            bindings=bindings,
            **more,
        )
        return (await self.leader.submit(submission)).id

    async def knows(self, *workers: str) -> None:
        async def known() -> bool:
            heard = {one.worker for one in await self.store.workers() if one.state}
            return heard >= set(workers)

        await soon(known)

    async def until(self, experiment: str, state: State) -> None:
        async def reached() -> bool:
            found = await self.store.experiment(experiment)
            return found is not None and found.state is state

        await soon(reached)

    async def run_state(self, run: str, state: State) -> None:
        async def reached() -> bool:
            return any(each.run == run and each.state is state for each in await self.store.runs())

        await soon(reached)

    async def reason(self, experiment: str, words: str) -> None:
        async def said() -> bool:
            found = await self.store.experiment(experiment)
            return found is not None and words in found.reason

        await soon(said)

    async def begin(self, worker: PlayedWorker, vessel: str = "v1") -> tuple[str, str]:
        """An experiment of one vessel that runs; its id and the name of its run."""
        experiment = await self.submit(vessel, bindings={vessel: worker.name})
        await self.until(experiment, State.RUNNING)
        run = f"{experiment}.1:{vessel}"
        await soon(
            lambda: any(run == f"{o.attempt}:{o.vessel}" for p in worker.plans for o in p.runs)
        )
        worker.report(run, "running")
        await worker.say()
        await worker.send(entry(run, "run_began"))
        return experiment, run


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def soon(true: Callable[[], Any], within_s: float = 5.0) -> None:
    """Return as soon as it is true."""
    async with asyncio.timeout(within_s):
        while True:
            answer = true()
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer:
                return
            await asyncio.sleep(0.005)
