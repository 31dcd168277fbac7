"""Open or make the store's file."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.reader import Reader
from orchestrator.store.record import Recorder
from orchestrator.store.sqlite.connect import connect_reader, connect_writer
from orchestrator.store.sqlite.lock import StoreLock
from orchestrator.store.sqlite.migrate import migrate
from orchestrator.store.tables import SqlStore
from orchestrator.store.writer import Writer


async def open_store(path: Path) -> SqlStore:
    """Open or make the store.

    Raises:
        StoreUnusable: another leader has it, a newer Axenic wrote it, or it is no store.
    """
    return await asyncio.to_thread(_open, path)


def _open(path: Path) -> SqlStore:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = StoreLock(path)
    except OSError as error:
        raise StoreUnusable(f"{path} cannot be opened: {error}") from error
    try:
        connection = connect_writer(path)
        migrate(connection)
    except sqlite3.Error as error:
        lock.release()
        raise StoreUnusable(f"{path} cannot be opened: {error}") from error
    except BaseException:
        lock.release()
        raise
    recorder = Recorder()
    writer = Writer(connection, recorder.forget)
    return SqlStore(writer, Reader(partial(connect_reader, path)), recorder, lock.release)
