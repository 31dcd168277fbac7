"""Copies of the store's file, made while it is in use, checked, and put back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from orchestrator.ports.maintenance import StepFailed, Tell
from orchestrator.store.integrity import contradictions, held
from orchestrator.store.sqlite.connect import connect_reader, connect_writer
from orchestrator.store.sqlite.lock import StoreLock
from orchestrator.store.sqlite.migrate import migrate

ENDING = ".sqlite"
_PAGES = 512
"""Copied at a time."""
_BESIDE = ("-wal", "-shm")


def back_up(store: Path, to: Path, tell: Tell) -> str:
    """Write one state of the store to a new file, whole or not at all.

    Raises:
        StepFailed: there is no room, or the copy is not sound.
    """
    if not store.is_file():
        raise StepFailed(f"there is no store at {store}")
    size = store.stat().st_size
    free = shutil.disk_usage(to.parent).free
    if free < 2 * size:
        raise StepFailed(f"{to.parent} has {free >> 20} MiB left, a backup wants {2 * size >> 20}")
    half = to.with_name(f"{to.name}.part")
    try:
        _copy(store, half, lambda share: tell(0.7 * share))
        said = check(half, lambda share: tell(0.7 + 0.3 * share))
        _settle(half)
        half.rename(to)
    except (sqlite3.Error, OSError) as error:
        raise StepFailed(f"{to} was not written: {error}") from error
    finally:
        half.unlink(missing_ok=True)
    return said


def check(store: Path, tell: Tell) -> str:
    """Look at every page and every row; what is there, in words.

    Raises:
        StepFailed: it is damaged, with all that was found.
    """
    if not store.is_file():
        raise StepFailed(f"there is no store at {store}")
    try:
        with contextlib.closing(connect_reader(store)) as connection:
            connection.begin()
            found = [text for (text,) in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise StepFailed(f"{store} is damaged: {'; '.join(found[:5])}")
            tell(0.4)
            if wrong := list(contradictions(connection, lambda share: tell(0.4 + 0.6 * share))):
                raise StepFailed(f"{store} contradicts itself: {'; '.join(wrong[:5])}")
            return held(connection)
    except sqlite3.Error as error:
        raise StepFailed(f"{store} is damaged: {error}") from error


def restore(backup: Path, store: Path, *, before: Path | None) -> str:
    """Put a backup in the store's place; what stood there goes to `before`.

    Raises:
        StepFailed: the backup is not sound, or a store is there and `before` is not given.
        StoreUnusable: a leader uses the store, or the backup is a newer Axenic's.
    """
    said = check(backup, lambda _: None)
    lock = StoreLock(store)
    half = store.with_name(f"{store.name}.part")
    try:
        if store.exists() and before is None:
            raise StepFailed(f"there is a store at {store} already")
        shutil.copyfile(backup, half)
        with contextlib.closing(connect_writer(half)) as connection:
            migrate(connection)
        _settle(half)
        _clear(store, before)
        half.rename(store)
    except (sqlite3.Error, OSError) as error:
        raise StepFailed(f"{store} was not written: {error}") from error
    finally:
        for ending in ("", *_BESIDE):
            half.with_name(half.name + ending).unlink(missing_ok=True)
        lock.release()
    return said


def _clear(store: Path, before: Path | None) -> None:
    """Also of the journal of a store that somebody deleted: SQLite would play it into the next."""
    for ending in ("", *_BESIDE):
        there = store.with_name(store.name + ending)
        if there.exists() and before is not None:
            there.rename(before.with_name(before.name + ending))
        elif ending:
            there.unlink(missing_ok=True)


def _copy(store: Path, half: Path, tell: Callable[[float], None]) -> None:
    with contextlib.closing(connect_reader(store)) as source:
        # One snapshot to the end: what is written meanwhile neither enters it nor starts it anew.
        source.begin()
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with contextlib.closing(sqlite3.connect(half)) as target:
            source.backup(
                target,
                pages=_PAGES,
                progress=lambda _, left, total: tell(1.0 - left / max(1, total)),
            )


def _settle(half: Path) -> None:
    """One file, and on the disk."""
    with contextlib.closing(sqlite3.connect(half)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    descriptor = os.open(half, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
