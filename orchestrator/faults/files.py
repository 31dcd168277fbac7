"""The real SQLite files of journal and store in a storm, without their threads.

What is written goes through the same tables, transactions and migrations as in a real worker and
leader. A process that dies leaves its files as they are: the database and its write-ahead log, with
what was never committed, and after a power cut a torn end. The next process opens a copy of them.
Nothing is fsynced, since what the kernel has is what a copy sees.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

from orchestrator.journal.sql import open_database
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.journal.writer import Lost, Part, Tell
from orchestrator.journal.writer import Writer as JournalWriter
from orchestrator.store.reader import Reader
from orchestrator.store.record import Recorder
from orchestrator.store.sqlite.connect import (
    SqliteReading,
    SqliteWriting,
    connect_reader,
    connect_writer,
)
from orchestrator.store.sqlite.lock import StoreLock
from orchestrator.store.sqlite.migrate import migrate
from orchestrator.store.tables import SqlStore
from orchestrator.store.writer import Job, Work
from orchestrator.store.writer import Writer as StoreWriter

T = TypeVar("T")
TORN_MAX = 3000
"""Bytes that a power cut leaves behind the last commit, at most."""
UNSYNCED = "PRAGMA synchronous = OFF"


class Files:
    """A database that dies with its process and is opened again as it was left."""

    def __init__(self, folder: Path, name: str, chance: Random) -> None:
        self._folder, self._name, self._chance = folder, name, chance
        self._lives = 1

    @property
    def path(self) -> Path:
        """Of the database, in this life."""
        return self._folder / f"{self._name}-{self._lives}.sqlite"

    def leave(self) -> None:
        """Keep what lies there now for the next life."""
        before = self.path
        self._lives += 1
        shutil.copyfile(before, self.path)
        log = before.with_name(f"{before.name}-wal")
        if log.exists():
            copied = self.path.with_name(f"{self.path.name}-wal")
            shutil.copyfile(log, copied)
            with copied.open("ab") as torn:
                torn.write(self._chance.randbytes(self._chance.randrange(TORN_MAX)))

    def remove_older(self) -> None:
        """The life before is over."""
        for old in self._folder.glob(f"{self._name}-{self._lives - 1}.sqlite*"):
            old.unlink()


class JournalFiles:
    """A worker's journal on its disk."""

    def __init__(self, folder: Path, worker: str, chance: Random) -> None:
        self._files = Files(folder, worker, chance)
        connection = open_database(self._files.path)
        connection.execute(
            "INSERT INTO document (name, body) VALUES ('outbox', ?)", (f"outbox-{worker}",)
        )
        connection.close()
        self._open()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done within is kept as a whole."""
        self._writer.begin()
        yield
        self._writer.commit()

    def undo(self, work: Callable[[], None]) -> None:
        """Do something that the disk then has no room for."""
        self._writer.begin()
        work()
        self._writer.roll_back()

    def die(self, work: Callable[[], None]) -> None:
        """In the middle of something."""
        self._writer.begin()
        work()
        self._files.leave()
        self._writer.connection.close()
        self._files.remove_older()
        self._open()

    def close(self) -> None:
        """For good."""
        self._writer.connection.close()

    def _open(self) -> None:
        self.journal = SqliteJournal(self._files.path, writer=self._made)

    def _made(self, connection: sqlite3.Connection) -> JournalWriter:
        connection.execute(UNSYNCED)
        self._writer = _JournalWriter(connection)
        return self._writer


class StoreFiles:
    """The leader's store."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self._files = Files(folder, "store", chance)
        self._open()

    def die(self) -> None:
        """The leader is gone."""
        self._files.leave()
        self.close()
        self._files.remove_older()
        self._open()

    def close(self) -> None:
        """Let the file go."""
        for connection in self._readers:
            connection.close()
        self._connection.close()
        self._lock.release()

    def _open(self) -> None:
        path = self._files.path
        self._lock = StoreLock(path)
        self._connection = connect_writer(path)
        self._connection.execute(UNSYNCED)
        migrate(self._connection)
        self._readers: list[SqliteReading] = []
        recorder = Recorder()
        writer = _StoreWriter(self._connection, recorder.forget)
        reader = Reader(partial(self._connect_reader, path))
        self.store = SqlStore(writer, reader, recorder, self._lock.release)

    def _connect_reader(self, path: Path) -> SqliteReading:
        self._readers.append(connect_reader(path))
        return self._readers[-1]


class _JournalWriter(JournalWriter):
    """Does everything at once, within a transaction that somebody else begins and ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.fault = ""

    def start(self, *, after_commit: Tell, after_rollback: Tell, lost: Lost) -> None:  # noqa: ARG002
        self._after_commit, self._after_rollback = after_commit, after_rollback

    async def do(self, work: Callable[[], T]) -> T:
        return work()

    def has_room(self, *, patient: bool) -> bool:  # noqa: ARG002 -- nothing waits here
        return True

    def soon(self, call: Callable[[], None]) -> None:
        call()

    def submit(self, parts: Sequence[Part], *, hurry: bool, weight_bytes: int) -> None:  # noqa: ARG002
        for part in parts:
            part.work()

    async def close(self) -> None:
        self.connection.close()

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.connection.execute("COMMIT")
        self._after_commit()

    def roll_back(self) -> None:
        self.connection.execute("ROLLBACK")
        self._after_rollback()


class _StoreWriter(StoreWriter):
    """One transaction for each piece of work, at once."""

    def __init__(self, connection: SqliteWriting, forget: Callable[[], None]) -> None:
        self._connection, self._forget = connection, forget
        self._callbacks = []

    async def do(self, work: Work[T]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.transact([Job(work, asyncio.get_running_loop(), answer)])
        return await answer

    async def close(self) -> None:
        self._connection.close()
