"""The room in which it all happens: leader, workers, broker, benches, a person, and a storm."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from zlib import crc32

from orchestrator.faults.attendant import Attendant
from orchestrator.faults.bench import Bench
from orchestrator.faults.case import Case
from orchestrator.faults.clock import MachineClock, Watch
from orchestrator.faults.disk import Disk
from orchestrator.faults.files import JournalFiles, StoreFiles
from orchestrator.faults.machines import LeaderMachine, Machine, WorkerMachine
from orchestrator.faults.shelf import Shelf
from orchestrator.faults.storm import Trouble
from orchestrator.faults.wiretap import ListenedBroker
from orchestrator.journal.memory import MemoryJournal
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan
from orchestrator.ports.link import Arrival, LinkDown, LinkRefused, Will
from orchestrator.ports.records import Binding
from orchestrator.sim.person import asks
from orchestrator.sim.reactor import Reactor
from orchestrator.sim.rehearse import apparatus_for

LOOK_S = 10.0
ON_FILES = 0.2
"""Share of the runs that keep everything in real SQLite files."""

MakeWorker = Callable[..., WorkerMachine]


@dataclass(slots=True)
class Door:
    """A machine that is none of ours, with something to say on a topic."""

    identifier: str = "door"
    user: str = ""
    will: Will | None = None

    def lose(self) -> None:
        """It does not mind."""

    def receive(self, arrival: Arrival, *, delay_s: float) -> None:
        """It does not listen."""


class Room:
    """Made on the loop that it lives on."""

    def __init__(
        self, case: Case, make_worker: MakeWorker = WorkerMachine, folder: Path | None = None
    ) -> None:
        self.case, self.calm_s = case, case.calm_s
        self.plans: dict[str, Plan] = {}
        """All that anybody ever wanted to run, by hash."""
        self.know(case.plan)
        self._door = Door()
        self._folder = folder if self.is_on_files(case) else None
        self.clock = MachineClock(Watch(case.start_wall_s), "room")
        self.broker = ListenedBroker(random=self.chance("broker"))
        slices = {slice_.vessel: slice_ for slice_ in case.plan.vessels}
        is_shared = any(bottle.shared for each in case.plan.vessels for bottle in each.media)
        machines = 1 if is_shared else 1 + self.chance("machines").randrange(2)
        self.bindings = {
            vessel: Binding(worker=f"w{1 + number % machines}", reactor=f"r{1 + number}")
            for number, vessel in enumerate(slices)
        }
        self.benches: dict[str, Bench] = {}
        for vessel, slice_ in slices.items():
            reactor = self.bindings[vessel].reactor
            physics = Reactor(case.organism, apparatus_for(slice_), seed=self.number(vessel))
            if not asks(slice_):
                physics.inoculate(0.0)
            limit_c = slice_.limits.get("temperature.maximum", inf)
            chance = self.chance(reactor)
            locked = case.interlocks.get(vessel, ())
            self.benches[reactor] = Bench(reactor, physics, self.clock, chance, limit_c, locked)
        self.workers = [
            make_worker(
                name,
                [self.benches[at.reactor] for at in self.bindings.values() if at.worker == name],
                self._disk(name),
                self.broker,
                Watch(case.start_wall_s),
            )
            for name in sorted({at.worker for at in self.bindings.values()})
        ]
        self.leader = LeaderMachine(
            self._shelf(), self.broker, Watch(case.start_wall_s), case.check, self.chance("leader")
        )
        self.attendant = Attendant(
            self.leader,
            self.workers,
            self.benches,
            self.bindings,
            {vessel for vessel, slice_ in slices.items() if asks(slice_)},
            self.chance("attendant"),
        )

    @property
    def machines(self) -> list[Machine]:
        return [self.leader, *self.workers]

    def know(self, plan: Plan) -> None:
        """Somebody is about to want this."""
        self.plans[digest(canonical_json(plain(plan)))] = plan

    def say(self, topic: str, text: str) -> None:
        """Some other machine says something, if the broker hears it."""
        with contextlib.suppress(LinkDown, LinkRefused):
            self.broker.take(self._door, topic, text.encode(), qos=1, retain=False)

    @staticmethod
    def is_on_files(case: Case) -> bool:
        """Whether this run is one of those that keep everything in files."""
        return Random(crc32(f"{case.seed}/on files".encode())).random() < ON_FILES

    @property
    def on_files(self) -> bool:
        """Whether everything is kept in real SQLite files."""
        return self._folder is not None

    def _disk(self, worker: str) -> Disk:
        chance = self.chance(f"disk {worker}")
        if self._folder is None:
            return Disk(kept=MemoryJournal(outbox=f"outbox-{worker}"), chance=chance)
        files = JournalFiles(self._folder, worker, self.chance(f"files {worker}"))
        return Disk.of_files(files, chance)

    def _shelf(self) -> Shelf:
        if self._folder is None:
            return Shelf()
        return Shelf.of_files(StoreFiles(self._folder, self.chance("files")))

    def worker(self, trouble: Trouble) -> WorkerMachine:
        """The worker that a trouble strikes."""
        return self.workers[trouble.choose(len(self.workers))]

    def bench(self, trouble: Trouble) -> Bench:
        """The bench that a trouble strikes."""
        return self.benches[sorted(self.benches)[trouble.choose(len(self.benches))]]

    def worker_of(self, vessel: str) -> WorkerMachine:
        """Who runs a vessel."""
        return next(one for one in self.workers if one.name == self.bindings[vessel].worker)

    def bench_of(self, vessel: str) -> Bench:
        """Where a vessel stands."""
        return self.benches[self.bindings[vessel].reactor]

    def chance(self, whose: str) -> Random:
        """A source of chance of its own for each, the same on every machine."""
        return Random(self.number(whose))

    def number(self, whose: str) -> int:
        """A seed of its own for each."""
        return crc32(f"{self.case.seed}/{whose}".encode())

    async def watch_benches(self) -> None:
        """Look at the vessels for ever."""
        while True:
            for bench in self.benches.values():
                bench.look()
            for machine in self.workers:
                machine.look()
            await asyncio.sleep(LOOK_S)

    async def end(self) -> None:
        """Stop everything; nothing is left running."""
        for machine in self.machines:
            await machine.end()
        for files in (self.leader.shelf.files, *(worker.disk.files for worker in self.workers)):
            if files is not None:
                files.close()
