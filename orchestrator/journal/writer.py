"""The one thread that touches the journal's file.

The loop never waits for the disk: work is queued here, all that waits goes into one transaction,
and whoever asked for durability hears of it after the commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from orchestrator.ports.journal import JournalFault

T = TypeVar("T")
Tell: TypeAlias = Callable[[], None]

LINGER_S = 0.25
"""Patient work waits at most so long for company."""
RETRY_S = 1.0
"""Between attempts to write while the disk refuses."""
PATIENT_MAX = 20_000
"""So much patient work may wait while the disk refuses,"""
QUEUE_MAX = 100_000
"""and so much of what must not be lost."""


@dataclass(slots=True)
class Job:
    """Something to do within the next transaction."""

    work: Callable[[], Any]
    answer: asyncio.Future[Any] | None
    """None: patient work, for which nobody waits."""


class Writer:
    """Queue and thread; called on the loop's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._hurry = False

    def start(self, *, after_commit: Tell, after_rollback: Tell) -> None:
        """Begin; both are called on this thread, `after_commit` before anybody is answered."""
        self._after_commit = after_commit
        self._after_rollback = after_rollback
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[], T]) -> T:
        """Answer what the work answers, once it is committed.

        Raises:
            JournalFault: if the disk refused; nothing of it was written then.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._add(Job(work, answer), hurry=True)
        return await answer

    def has_room(self, *, patient: bool) -> bool:
        """Whether one more may wait; only a disk that refuses fills the queue."""
        return len(self._jobs) < (PATIENT_MAX if patient else QUEUE_MAX)

    def soon(self, call: Callable[[], None]) -> None:
        """Call on the loop's thread, once all whose moment has come have acted."""
        try:
            asyncio.get_running_loop().call_soon(call)
        except RuntimeError:  # no loop runs, so nobody acts
            call()

    def submit(self, work: Callable[[], Any], *, hurry: bool) -> None:
        """Have it committed within a second, or at once; nobody waits for it."""
        self._add(Job(work, None), hurry=hurry)

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
            self._hurry = self._hurry or hurry
            if hurry or len(self._jobs) == 1:
                self._changed.notify()

    def _run(self) -> None:
        try:
            while self._gather():
                self._commit()
        finally:
            self._connection.close()

    def _gather(self) -> bool:
        """Wait until there is something to commit; False when all is done and closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closing)
            self._changed.wait_for(lambda: self._hurry or self._closing, timeout=LINGER_S)
            self._hurry = False
            return bool(self._jobs)

    def _commit(self) -> None:
        jobs = [self._jobs.popleft() for _ in range(len(self._jobs))]
        try:
            answers = self._transact(jobs)
        except sqlite3.Error as error:
            self._fail(jobs, error)
            return
        self._after_commit()
        for job, answer in zip(jobs, answers, strict=True):
            if job.answer is not None:
                _resolve(job.answer, answer, None)

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
        fault = JournalFault(f"the journal could not be written: {error}")
        patient = []
        for job in jobs:
            if job.answer is None:
                patient.append(job)
            else:
                _resolve(job.answer, None, fault)
        if not self._closing:
            self._jobs.extendleft(reversed(patient))
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
