"""The one thread that writes: everything that waits goes into one transaction.

Nobody's loop ever waits for the disk, and a burst of a thousand writes costs one fsync.
"""

from __future__ import annotations

import asyncio
import json
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from orchestrator.ports.records import Event
from orchestrator.ports.store import EventsCallback, StoreBusy
from orchestrator.store.connection import Rows, WritingConnection
from orchestrator.store.encode import to_json
from orchestrator.store.named import statements
from orchestrator.store.rows import event_of

T = TypeVar("T")
log = logging.getLogger(__name__)

WAITING_MAX = 10_000
BURST_MAX = 1_000
NOTHING: Mapping[str, Any] = {}
SQL = statements("events")


@dataclass(slots=True)
class Transaction:
    """What a piece of work writes with."""

    connection: WritingConnection
    events: list[Event] = field(default_factory=list)

    def execute(self, statement: str, parameters: Mapping[str, Any] = NOTHING) -> Rows:
        return self.connection.execute(statement, parameters)

    def event(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        at_wall_s: float,
        experiment: str | None = None,
        vessel: str | None = None,
    ) -> Event:
        """Add to the stream of all that happened."""
        text = to_json(data)
        row = {
            "kind": kind,
            "at_wall_s": at_wall_s,
            "experiment": experiment,
            "vessel": vessel,
            "data": text,
        }
        ((event_id,),) = self.connection.execute(SQL["add_event"], row).fetchall()
        event = Event(
            event_id=event_id,
            kind=kind,
            at_wall_s=at_wall_s,
            experiment=experiment,
            vessel=vessel,
            data=json.loads(text),
        )
        self.events.append(event)
        return event


Work = Callable[[Transaction], T]


@dataclass(slots=True)
class Job:
    """Something to do within the next transaction."""

    work: Work[Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Owns the writing connection from the moment it is made."""

    _unsure_after: int | None = None
    """The last event before a transaction whose end is in doubt."""

    def __init__(self, connection: WritingConnection, forget: Callable[[], None]) -> None:
        """`forget` drops what was remembered of a transaction that did not come about."""
        self._connection = connection
        self._forget = forget
        self._jobs: queue.Queue[Job | None] = queue.Queue(maxsize=WAITING_MAX)
        self._callbacks: list[EventsCallback] = []
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._thread.start()

    def on_events(self, callback: EventsCallback) -> None:
        self._callbacks.append(callback)

    async def do(self, work: Work[T]) -> T:
        """Return what the work returned, once that is durable.

        Raises:
            StoreFull: nothing was written.
            StoreBusy: too much waits already.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        try:
            self._jobs.put_nowait(Job(work, loop, answer))
        except queue.Full:
            raise StoreBusy(f"{WAITING_MAX} writes wait already") from None
        return await answer

    async def close(self) -> None:
        """Write what waits, and end the thread."""
        await asyncio.to_thread(self._jobs.put, None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _run(self) -> None:
        while True:
            jobs, closing = self._take()
            if jobs:
                self.transact(jobs)
            if closing:
                return

    def _take(self) -> tuple[list[Job], bool]:
        """Wait for a job, then take all that wait with it."""
        jobs: list[Job] = []
        job = self._jobs.get()
        while True:
            if job is None:
                return jobs, True
            jobs.append(job)
            if len(jobs) >= BURST_MAX:
                return jobs, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, False

    def transact(self, jobs: Sequence[Job]) -> None:
        """Do them all, keep what they did, and answer whoever waits."""
        transaction = Transaction(self._connection)
        try:
            self._connection.begin()
            transaction.events += self._heard_late()
            for job in jobs:
                self._perform(job, transaction)
            self._connection.commit()
        except Exception as error:
            self._abandon(jobs, error)
            if transaction.events:
                self._unsure_after = transaction.events[0].event_id - 1
                transaction.events.clear()
        _deliver(jobs, transaction.events, self._callbacks)

    def _heard_late(self) -> list[Event]:
        """What a commit added after all, of which nobody heard whether it came about."""
        if self._unsure_after is None:
            return []
        asked = {"after": self._unsure_after, "limit": WAITING_MAX}
        rows = self._connection.execute(SQL["events_after"], asked).fetchall()
        self._unsure_after = None
        return [event_of(row) for row in rows]

    def _perform(self, job: Job, transaction: Transaction) -> None:
        """Do one job; if it refuses, undo what it did and nothing else."""
        before = len(transaction.events)
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(transaction)
        except Exception as error:
            if self._connection.is_fatal(error):
                raise
            job.error = error
            del transaction.events[before:]
            self._connection.execute("ROLLBACK TO job")
            self._forget()
        self._connection.execute("RELEASE job")

    def _abandon(self, jobs: Sequence[Job], error: Exception) -> None:
        try:
            self._connection.rollback()
        except Exception:  # on a disk that fails even this may; the thread has to outlive it
            log.exception("what was begun could not be undone")
        self._forget()
        told = self._connection.named(error)
        log.error("nothing of %d writes was kept: %s", len(jobs), told)
        for job in jobs:
            job.error = told


def _deliver(
    jobs: Sequence[Job], events: Sequence[Event], callbacks: Sequence[EventsCallback]
) -> None:
    """Hand the answers to the loops that wait for them, and what happened to all who listen."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, waiting in by_loop.items():
        try:
            loop.call_soon_threadsafe(_answer, waiting, events, callbacks)
        except RuntimeError:
            log.warning("%d writes were kept, but nobody waits for them any more", len(waiting))


def _answer(
    jobs: Sequence[Job], events: Sequence[Event], callbacks: Sequence[EventsCallback]
) -> None:
    if events:
        for callback in callbacks:
            callback(events)
    for job in jobs:
        if job.answer.done():
            continue
        if job.error is not None:
            job.answer.set_exception(job.error)
        else:
            job.answer.set_result(job.result)
