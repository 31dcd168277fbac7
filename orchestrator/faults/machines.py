"""The machines of the room: each has processes that come and go, and something that stays."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Sequence
from contextvars import Context, copy_context
from random import Random
from typing import Any, TypeVar

from orchestrator.faults.bench import Bench
from orchestrator.faults.clock import MachineClock, Watch
from orchestrator.faults.disk import Disk, JournalOnDisk
from orchestrator.faults.loop import PROCESS, VirtualLoop
from orchestrator.faults.shelf import Shelf, StoreOnShelf
from orchestrator.faults.witness import Witness
from orchestrator.leader.service import Leader
from orchestrator.ports.check import Check
from orchestrator.ports.journal import Journal
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from orchestrator.worker.report import last_will
from orchestrator.worker.service import Worker

RESTART_S = 2.0
"""After which what died by itself is started again, as `axenic up` and systemd do."""
KEEP_ALIVE_S = 22.0
"""So long a broker waits for a client that says nothing."""
PROMPT_S = 1.0
"""So soon a reading is durable, on a disk that takes it."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Machine(ABC):
    """Runs one service while nothing holds it down."""

    def __init__(self, name: str, watch: Watch) -> None:
        self.name, self.watch = name, watch
        self.boots = 1
        self.starts = 0
        self.down_s: list[float] = []
        """Moments at which a process was killed."""
        self.hung_s: list[tuple[float, float]] = []
        """Spans in which a process did nothing."""
        self.breakdowns: list[str] = []
        """What ended a process that nobody had touched."""
        self.clock = MachineClock(watch, f"{name}-1")
        self.link: MemoryLink | None = None
        self._context: Context | None = None
        self._holds = 0
        self._task: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        """The one that was asked to end, and did not yet."""
        self._corpses: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._doubting: list[asyncio.TimerHandle] = []

    @property
    def is_up(self) -> bool:
        return self._task is not None

    @property
    def process(self) -> str:
        """The newest one, by name."""
        return f"{self.name} {self.starts}"

    @property
    def _loop(self) -> VirtualLoop:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return loop

    def up(self) -> None:
        """Start the service, unless something still holds it down."""
        if self._holds == 0 and self._task is None:
            self.starts += 1
            self._context = copy_context()
            self._context.run(PROCESS.set, self.process)
            self._task = self.within(self._live())
            self._task.add_done_callback(self._ended)

    async def crash(self, for_s: float) -> None:
        """The process dies in the middle of whatever it does, and is back after a while."""
        self._kill(power=False)
        await self._stay_down(for_s)

    async def hang(self, for_s: float) -> None:
        """The process does nothing for a while, and goes on as if no time had passed; meanwhile
        the broker loses its patience."""
        loop, process, link = self._loop, self.process, self.link
        cut = loop.call_later(KEEP_ALIVE_S, link.cut) if link is not None else None
        began_s = loop.time()
        loop.hang(process)
        try:
            await asyncio.sleep(for_s)
        finally:
            if cut is not None:
                cut.cancel()
            loop.go_on(process)
            self.hung_s.append((began_s, loop.time()))

    @property
    def hangs(self) -> bool:
        """Whether it does nothing at the moment."""
        return self._loop.hangs(self.process)

    def within(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Let the process do something: where it hangs, that hangs too."""
        return asyncio.create_task(work, name=self.process, context=self._context)

    async def lose_power(self, for_s: float, doubts_s: float) -> None:
        """The machine goes dark; back, it does not know the time for a while."""
        self._kill(power=True)
        self.boots += 1
        self.watch.trusted = False
        loop = asyncio.get_running_loop()
        self.clock = MachineClock(
            self.watch, f"{self.name}-{self.boots}", booted_s=loop.time() + for_s
        )
        await self._stay_down(for_s)
        self._doubting.append(loop.call_later(doubts_s, self._trust))

    async def restart(self, for_s: float) -> None:
        """Stop in order, as for an update; no other process begins before that one is gone."""
        self._holds += 1
        try:
            if self._task is not None:
                await self._end_in_order(self._task)
        finally:
            self._holds -= 1
        await self._stay_down(for_s)

    async def end(self) -> None:
        """For good: nothing is left running."""
        self._holds += 1
        self._kill(power=False)
        for timer in self._doubting:
            timer.cancel()
        if self._retry is not None:
            self._retry.cancel()
        if self._corpses:
            await asyncio.wait(self._corpses)

    @abstractmethod
    async def _live(self) -> None:
        """One process, from its start until it is cancelled."""

    @abstractmethod
    def _cut_off(self, *, power: bool) -> None:
        """Let nothing that the process still tries have any effect."""

    async def _end_in_order(self, task: asyncio.Task[None]) -> None:
        """It takes as long as it takes, unless somebody kills it meanwhile."""
        self._task, self._leaving = None, task
        task.cancel()
        await asyncio.wait((task,))
        if self._leaving is task:
            await self._bury_in_order()
            self._leaving = None

    async def _bury_in_order(self) -> None:
        """What is left to do when a process ended on request."""
        self._cut_off(power=False)

    def _kill(self, *, power: bool) -> None:
        task = self._task or self._leaving
        self._task = self._leaving = None
        if task is None:
            if power:
                self._cut_off(power=True)
            return
        self.down_s.append(asyncio.get_running_loop().time())
        self._cut_off(power=power)
        self._corpses.add(task)
        task.add_done_callback(self._corpses.discard)
        task.cancel()

    async def _stay_down(self, for_s: float) -> None:
        self._holds += 1
        try:
            await asyncio.sleep(for_s)
        finally:
            self._holds -= 1
        self.up()

    def _trust(self) -> None:
        self.watch.trusted = True

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nobody asked it to end: take that down, and start it again."""
        if task is not self._task:
            with contextlib.suppress(asyncio.CancelledError):
                task.exception()
            return
        self._task = None
        error = None if task.cancelled() else task.exception()
        self.breakdowns.append(f"{self.name} ended by itself: {_innermost(error)!r}")
        log.error("%s ended by itself", self.name, exc_info=error)
        self._cut_off(power=False)
        self._retry = asyncio.get_running_loop().call_later(RESTART_S, self.up)


class WorkerMachine(Machine):
    """A worker with its disk and the benches it is wired to."""

    def __init__(
        self, name: str, benches: Sequence[Bench], disk: Disk, broker: MemoryBroker, watch: Watch
    ) -> None:
        super().__init__(name, watch)
        self.benches = {bench.name: bench for bench in benches}
        self.disk = disk
        self.worker: Worker | None = None
        self.journal: JournalOnDisk | None = None
        self.witness = Witness()
        self.losses_s: list[tuple[float, float]] = []
        """Spans that ended with a process: what was measured in them need not be durable."""
        self._broker = broker

    async def hang(self, for_s: float) -> None:
        """Its keepers lose their patience too."""
        wires = list(self.benches.values())
        for bench in wires:
            bench.hang()
        try:
            await super().hang(for_s)
        finally:
            for bench in wires:
                bench.go_on()

    async def lose_keeper(self, for_s: float) -> None:
        """The keeper of its benches dies, and another is there after a while."""
        benches = list(self.benches.values())
        for bench in benches:
            bench.lose_keeper()
        try:
            await asyncio.sleep(for_s)
        finally:
            for bench in benches:
                bench.find_keeper()

    def look(self) -> None:
        """See whether what rests after an emergency stop does."""
        if self.worker is not None and not self.hangs:
            for unit in self.worker.vessels.units:
                if unit.emergency.rests:
                    self.benches[unit.reactor.spec.name].has_to_rest()

    def journal_of(self, journal: JournalOnDisk) -> Journal:
        """What the worker writes to; a test may put something in between."""
        return journal

    async def _live(self) -> None:
        self.journal = JournalOnDisk(self.disk)
        self.link = MemoryLink(self._broker, identifier=self.name, will=last_will(self.name))
        self.worker = Worker(
            self.name,
            clock=self.clock,
            journal=self.witness.journal(self.journal_of(self.journal)),
            reactors={name: bench.connect() for name, bench in self.benches.items()},
            link=self.link,
            simulated=True,
            session=f"{self.name}-{self.starts}",
        )
        await self.worker.serve()

    def _cut_off(self, *, power: bool) -> None:
        now_s = asyncio.get_running_loop().time()
        if self.journal is not None:
            self.losses_s.append((min(self.journal.oldest_s, now_s) - PROMPT_S, now_s))
            self.journal.kill()
            self.journal = None
        if self.link is not None:
            self.link.unplug()
        for bench in self.benches.values():
            if power:
                bench.lose_power()
            else:
                bench.disconnect()
        self.worker = None

    async def _bury_in_order(self) -> None:
        if self.journal is not None:
            await self.journal.close()
        self._cut_off(power=False)


class LeaderMachine(Machine):
    """The leader with its shelf."""

    def __init__(
        self, shelf: Shelf, broker: MemoryBroker, watch: Watch, check: Check, chance: Random
    ) -> None:
        super().__init__("leader", watch)
        self.shelf = shelf
        self.leader: Leader | None = None
        self._broker, self._check, self._chance = broker, check, chance
        self._store: StoreOnShelf | None = None

    async def _live(self) -> None:
        self._store, store = StoreOnShelf.of(self.shelf)
        self.link = MemoryLink(self._broker, identifier=self.name)
        async with self.link:
            leader = Leader(
                store=store,
                link=self.link,
                clock=self.clock,
                check=self._check,
                chance=self._chance,
            )
            self.leader = leader
            await leader.serve()

    def _cut_off(self, *, power: bool) -> None:  # noqa: ARG002 -- a store outlives both
        if self._store is not None:
            self._store.kill()
            self._store = None
            self.shelf.die()
        if self.link is not None:
            self.link.unplug()
        self.leader = None


def _innermost(error: BaseException | None) -> BaseException | None:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
