"""A worker's disk, which outlives its processes, and the journal that one process keeps on it.

`JournalOnDisk` behaves as `journal.sqlite` does, without its thread: what waits goes into one
transaction, a power cut loses what was not synced, a full disk refuses whole transactions, and
whoever is patient is tried again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any, NamedTuple

from orchestrator.faults.files import JournalFiles
from orchestrator.messages.outbox import Batch, LogRecord, ReadingRecord
from orchestrator.model.ledger import Entry
from orchestrator.ports.journal import Journal, JournalFault, OutboxLevel

LINGER_S = 0.25
RETRY_S = 1.0
"""As in `journal.writer`."""


class Sign(NamedTuple):
    """A run showed that it lives."""

    run: str
    process_s: float
    durable_s: float
    """On the room's clock."""


@dataclass(slots=True, kw_only=True)
class Disk:
    """What is durable, and how the disk fares."""

    kept: Journal
    chance: Random
    files: JournalFiles | None = None
    """Where it is kept, unless that is in memory."""
    full: bool = False
    sync_s: float = 0.002
    """How long one transaction takes to be durable."""
    readings: list[ReadingRecord] = field(default_factory=list)
    """All that ever became durable, in order: what the outbox owes."""
    signs: list[Sign] = field(default_factory=list)
    """Of every run whose ledger grew, in order."""

    @classmethod
    def of_files(cls, files: JournalFiles, chance: Random) -> Disk:
        """One that keeps everything in SQLite."""
        return cls(kept=files.journal, chance=chance, files=files)

    def transaction(self) -> AbstractContextManager[None]:
        """What is done within becomes durable as a whole."""
        return nullcontext() if self.files is None else self.files.transaction()

    def refuse(self, work: Callable[[], object]) -> None:
        """There is no room for it."""
        if self.files is not None:
            self.files.undo(lambda: self._unkept(work))

    def die(self, work: Callable[[], object]) -> None:
        """The process is gone, in the middle of that."""
        if self.files is not None:
            self.files.die(lambda: self._unkept(work))
            self.kept = self.files.journal

    def _unkept(self, work: Callable[[], object]) -> None:
        readings, signs = len(self.readings), len(self.signs)
        work()
        del self.readings[readings:]
        del self.signs[signs:]


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    answer: asyncio.Future[Any] | None
    writes: bool
    at_s: float


class JournalOnDisk:
    """`ports.Journal` of one process."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: Journal = disk.kept
        self._jobs: deque[_Job] = deque()
        self._syncing: list[_Job] = []
        self._some, self._hurry = asyncio.Event(), asyncio.Event()
        self._grown = asyncio.Event()
        self._dead = False
        self._task = asyncio.create_task(self._run(), name="journal")

    def kill(self) -> None:
        """End as the process ends; a transaction under way may or may not have reached the disk."""
        self._dead = True
        syncing, self._syncing = self._syncing, []
        if syncing and not self._disk.full and self._disk.chance.random() < 0.5:
            with self._disk.transaction():
                _work(syncing)
            syncing = []
        self._disk.die(lambda: _work(syncing))
        self._task.cancel()

    # ---- ports.Journal

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        await self._do(lambda: self._put(run, entries, (), revision), writes=True)

    def record(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord] = (),
        *,
        revision: int = 1,
    ) -> None:
        entries, readings = tuple(entries), tuple(readings)
        self._add(lambda: self._put(run, entries, readings, revision))
        if entries:
            self._hurry.set()

    def log(self, line: LogRecord) -> None:
        self._add(lambda: self._kept.log(line))

    def on_loss(self, tell: Callable[[str, str], None]) -> None:
        """What waits is tried again for as long as the process lives."""

    async def read(self, run: str) -> Sequence[Entry]:
        return tuple(await self._then(lambda: self._kept.read(run)))

    async def runs(self) -> Sequence[str]:
        return tuple(await self._then(self._kept.runs))

    async def drop(self, run: str) -> None:
        await self._then(lambda: self._kept.drop(run), writes=True)

    async def keep(self, name: str, document: Mapping[str, Any] | None) -> None:
        await self._then(lambda: self._kept.keep(name, document), writes=True)

    async def kept(self, name: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = await self._then(lambda: self._kept.kept(name))
        return found

    async def next_batch(self, after: int, limit: int) -> Batch | None:
        found: Batch | None = await self._then(lambda: self._kept.next_batch(after, limit))
        return found

    async def news(self, after: int) -> None:
        while self._kept.level().newest <= after:
            self._grown.clear()
            await self._grown.wait()

    async def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        await self._then(lambda: self._kept.forget(tuple(ranges)), writes=True)

    def level(self) -> OutboxLevel:
        return self._kept.level()

    @property
    def oldest_s(self) -> float:
        """The moment of the oldest that is not durable yet."""
        return min((job.at_s for job in (*self._syncing, *self._jobs)), default=inf)

    @property
    def idle(self) -> bool:
        """Whether all that was said is durable."""
        return not self._jobs and not self._syncing

    async def close(self) -> None:
        """Write what waits, and close; the process may be killed meanwhile."""
        while not (self.idle or self._dead or self._disk.full):
            self._hurry.set()
            await asyncio.sleep(LINGER_S)
        self._dead = True
        self._task.cancel()
        await asyncio.wait((self._task,))

    # ---- the writer

    def _put(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord],
        revision: int,
    ) -> None:
        self._kept.record(run, entries, readings, revision=revision)
        self._disk.readings.extend(readings)
        if entries:
            now_s = asyncio.get_running_loop().time()
            self._disk.signs.append(Sign(run, entries[-1].process_s, now_s))

    async def _then(self, ask: Callable[[], Any], *, writes: bool = False) -> Any:
        """Like `_do`, for what the journal in memory answers without ever waiting."""
        return await self._do(lambda: _at_once(ask()), writes=writes)

    async def _do(self, work: Callable[[], Any], *, writes: bool) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._add(work, answer, writes=writes)
        self._hurry.set()
        return await answer

    def _add(
        self,
        work: Callable[[], Any],
        answer: asyncio.Future[Any] | None = None,
        *,
        writes: bool = True,
    ) -> None:
        if self._dead:
            if answer is not None:
                answer.set_exception(JournalFault("the journal is closed"))
            return
        self._jobs.append(_Job(work, answer, writes, asyncio.get_running_loop().time()))
        self._some.set()

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            try:
                async with asyncio.timeout(LINGER_S):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            self._some.clear()
            self._hurry.clear()
            self._syncing = [*self._jobs]
            self._jobs.clear()
            await asyncio.sleep(self._disk.sync_s)
            batch, self._syncing = self._syncing, []
            if self._disk.full and any(job.writes for job in batch):
                self._refuse(batch)
                await asyncio.sleep(RETRY_S)
            else:
                self._commit(batch)

    def _commit(self, batch: list[_Job]) -> None:
        with self._disk.transaction():
            answers = _work(batch)
        for job, answer in zip(batch, answers, strict=True):
            if job.answer is not None and not job.answer.done():
                job.answer.set_result(answer)
        self._grown.set()

    def _refuse(self, batch: list[_Job]) -> None:
        self._disk.refuse(lambda: _work(batch))
        for job in reversed(batch):
            if job.answer is None:
                self._jobs.appendleft(job)
            elif not job.answer.done():
                job.answer.set_exception(
                    JournalFault("the journal could not be written: disk full")
                )
        if self._jobs:
            self._some.set()
            self._hurry.set()


def _work(jobs: Sequence[_Job]) -> list[Any]:
    return [job.work() for job in jobs]


def _at_once(coroutine: Any) -> Any:
    """What a coroutine answers that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as over:
        return over.value
    raise AssertionError("the journal in memory does not wait")
