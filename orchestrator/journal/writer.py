"""The one thread that touches the journal's file.

The loop never waits for the disk: work is queued here, all that waits goes into one transaction,
and whoever asked for durability hears of it after the commit.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

from orchestrator.ports.journal import JournalFault

T = TypeVar("T")
Tell: TypeAlias = Callable[[], None]
Lost: TypeAlias = Callable[[str, str], None]

LINGER_S = 0.25
"""Patient work waits at most so long for company."""
RETRY_S = 1.0
"""Between attempts to write while the disk refuses."""
PATIENT_BYTES_MAX = 8 << 20
"""So much patient work may wait while the disk refuses: some 40,000 readings,"""
QUEUE_BYTES_MAX = 32 << 20
"""and so much of what must not be lost."""

logger = logging.getLogger(__name__)


class Part(NamedTuple):
    """What one run has to be written, as far as anybody need know."""

    run: str
    work: Callable[[], Any]


@dataclass(slots=True)
class Job:
    """Something to do within the next transaction."""

    parts: Sequence[Part]
    answer: asyncio.Future[Any] | None
    """None: patient work, for which nobody waits."""
    weight_bytes: int = 0
    """As it waits in memory, about."""

    def work(self) -> Any:
        """Do all of it; answers what the last part does."""
        answer = None
        for part in self.parts:
            answer = part.work()
        return answer


class Writer:
    """Queue and thread; called on the loop's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._jobs: deque[Job] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        self._closing = False
        self._hurry = False
        self.fault = ""
        """Why the disk took nothing, twice in a row at the least; empty where it does."""
        self._failed = False

    def start(self, *, after_commit: Tell, after_rollback: Tell, lost: Lost) -> None:
        """Begin; all are called on this thread, `after_commit` before anybody is answered. `lost`
        hears of a run what of it cannot be written, whatever the disk does, and why."""
        self._after_commit = after_commit
        self._after_rollback = after_rollback
        self._lost = lost
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[], T]) -> T:
        """Answer what the work answers, once it is committed.

        Raises:
            JournalFault: if the disk refused; nothing of it was written then.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._add(Job((Part("", work),), answer), hurry=True)
        return await answer

    def has_room(self, *, patient: bool) -> bool:
        """Whether one more may wait; only a disk that refuses fills the queue."""
        return self._waiting_bytes < (PATIENT_BYTES_MAX if patient else QUEUE_BYTES_MAX)

    def soon(self, call: Callable[[], None]) -> None:
        """Call on the loop's thread, once all whose moment has come have acted."""
        try:
            asyncio.get_running_loop().call_soon(call)
        except RuntimeError:  # no loop runs, so nobody acts
            call()

    def submit(self, parts: Sequence[Part], *, hurry: bool, weight_bytes: int) -> None:
        """Have it committed within a second, or at once; nobody waits for it."""
        self._add(Job(parts, None, weight_bytes), hurry=hurry)

    async def close(self) -> None:
        """Commit what waits and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    def _add(self, job: Job, *, hurry: bool) -> None:
        with self._changed:
            if self._closing:
                raise JournalFault("the journal is closed")
            self._jobs.append(job)
            self._waiting_bytes += job.weight_bytes
            self._hurry = self._hurry or hurry
            if hurry or len(self._jobs) == 1:
                self._changed.notify()

    def _run(self) -> None:
        try:
            while self._gather():
                self._commit()
        finally:
            self._connection.close()
            self._turn_away()

    def _turn_away(self) -> None:
        """Nobody writes any more: who waits hears of it, and so does whoever comes later."""
        with self._changed:
            self._closing = True
            jobs = [*self._jobs]
            self._jobs.clear()
        for job in jobs:
            if job.answer is not None:
                _resolve(job.answer, None, JournalFault("the journal is closed"))

    def _gather(self) -> bool:
        """Wait until there is something to commit; False when all is done and closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closing)
            self._changed.wait_for(lambda: self._hurry or self._closing, timeout=LINGER_S)
            self._hurry = False
            return bool(self._jobs)

    def _commit(self) -> None:
        with self._changed:
            jobs = [self._jobs.popleft() for _ in range(len(self._jobs))]
            self._waiting_bytes = 0
        try:
            self._write(jobs)
        except sqlite3.Error as error:
            self._fail(jobs, error)
        except Exception:  # something in it is to blame, and no disk: the others are not
            self._write_apart(jobs)

    def _write(self, jobs: list[Job]) -> None:
        answers = self._transact(jobs)
        self.fault, self._failed = "", False
        self._after_commit()
        for job, answer in zip(jobs, answers, strict=True):
            if job.answer is not None:
                _resolve(job.answer, answer, None)

    def _write_apart(self, jobs: list[Job]) -> None:
        """One after the other, and whatever cannot be written left out; in their order."""
        apart = [Job((part,), job.answer, 0) for job in jobs for part in job.parts]
        for number, job in enumerate(apart):
            try:
                self._write([job])
            except sqlite3.Error as error:
                self._fail(apart[number:], error)
                return
            except Exception as error:
                logger.critical("the journal cannot take what it was given", exc_info=True)
                fault = f"the journal cannot take it: {type(error).__name__}: {error}"
                if job.answer is not None:
                    _resolve(job.answer, None, JournalFault(fault))
                else:
                    self._lost(job.parts[0].run, fault)

    def _transact(self, jobs: list[Job]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            answers = [job.work() for job in jobs]
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._after_rollback()
            raise
        return answers

    def _fail(self, jobs: list[Job], error: sqlite3.Error) -> None:
        """Whoever waits hears of it; what is patient is tried again, in its order."""
        self.fault, self._failed = str(error) if self._failed else "", True
        fault = JournalFault(f"the journal could not be written: {error}")
        patient = []
        for job in jobs:
            if job.answer is None:
                patient.append(job)
            else:
                _resolve(job.answer, None, fault)
        if not self._closing:
            with self._changed:
                self._jobs.extendleft(reversed(patient))
                self._waiting_bytes += sum(job.weight_bytes for job in patient)
            time.sleep(RETRY_S)


def _resolve(future: asyncio.Future[Any], answer: Any, fault: JournalFault | None) -> None:
    """Settle a future of the loop's thread; a loop that is gone needs no answer."""
    loop = future.get_loop()
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, future, answer, fault)


def _settle(future: asyncio.Future[Any], answer: Any, fault: JournalFault | None) -> None:
    if future.cancelled():
        return
    if fault is not None:
        future.set_exception(fault)
    else:
        future.set_result(answer)
