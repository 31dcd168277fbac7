"""Open or make the store in a database that is there."""

from __future__ import annotations

import asyncio
from functools import partial

import psycopg

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.postgres.connect import PostgresReading
from orchestrator.store.postgres.migrate import migrate
from orchestrator.store.postgres.writing import PostgresWriting
from orchestrator.store.reader import Reader
from orchestrator.store.record import Recorder
from orchestrator.store.tables import SqlStore
from orchestrator.store.writer import Writer


async def open_store(url: str) -> SqlStore:
    """Open or make the store.

    Raises:
        StoreUnusable: the database is not there, another leader has it, a newer Axenic wrote it.
    """
    return await asyncio.to_thread(_open, url)


def _open(url: str) -> SqlStore:
    try:
        connection = PostgresWriting(url)
    except psycopg.Error as error:
        raise StoreUnusable(f"the database cannot be opened: {error}") from error
    try:
        migrate(connection.raw)
    except psycopg.Error as error:
        connection.close()
        raise StoreUnusable(f"the database cannot be used: {error}") from error
    except BaseException:
        connection.close()
        raise
    recorder = Recorder()
    writer = Writer(connection, recorder.forget)
    return SqlStore(writer, Reader(partial(PostgresReading, url)), recorder, _nothing)


def _nothing() -> None:
    """The lock goes with the writer's session."""
