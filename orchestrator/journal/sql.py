"""Named queries and numbered migrations, from the `.sql` files beside this one."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Final

HERE: Final = files("orchestrator.journal")
BUSY_S: Final = 1.0
"""Nobody else should hold the file; a backup may for a moment."""


class JournalTooNew(RuntimeError):
    """The file was written by a later version: install that one, or move the file away."""


def load_queries() -> dict[str, str]:
    """Each query of `queries.sql` by its name."""
    text = (HERE / "queries.sql").read_text(encoding="utf-8")
    queries = {}
    for block in text.split("-- name: ")[1:]:
        name, _, query = block.partition("\n")
        queries[name.strip()] = query.strip()
    return queries


def open_database(path: Path) -> sqlite3.Connection:
    """A connection whose commits survive a power cut, its tables up to date."""
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    scripts = sorted(
        (each for each in (HERE / "migrations").iterdir() if each.name.endswith(".sql")),
        key=lambda each: each.name,
    )
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > len(scripts):
        raise JournalTooNew(f"{path} has version {version}, this program knows {len(scripts)}")
    for number, script in enumerate(scripts[version:], start=version + 1):
        body = script.read_text(encoding="utf-8")
        connection.executescript(f"BEGIN; {body}; PRAGMA user_version = {number}; COMMIT;")
