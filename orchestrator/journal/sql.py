"""Named queries and numbered migrations, from the `.sql` files beside this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from orchestrator.ports.journal import JournalUnusable

HERE: Final = files("orchestrator.journal")
BUSY_S: Final = 1.0
"""Nobody else should hold the file; a backup may for a moment."""


LOOK_THROUGH_BYTES_MAX: Final = 50_000_000
"""An outbox that is larger is not read whole after a power loss: that would take seconds."""


class JournalDamaged(JournalUnusable):
    """What is in the file makes no sense; `move_aside` makes room for a new one."""


def load_queries() -> dict[str, str]:
    """Each query of `queries.sql` by its name."""
    text = (HERE / "queries.sql").read_text(encoding="utf-8")
    queries = {}
    for block in text.split("-- name: ")[1:]:
        name, _, query = block.partition("\n")
        queries[name.strip()] = query.strip()
    return queries


def open_database(path: Path) -> sqlite3.Connection:
    """A connection whose commits survive a power cut, its tables up to date.

    Raises:
        JournalUnusable: there is none to be had.
    """
    with told_where(path):
        was_cut_off = _has_words(path.with_name(path.name + "-wal"))
        connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            if was_cut_off:
                _look_through(connection, path)
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def told_where(path: Path) -> Iterator[None]:
    """What SQLite says of a file while it is opened, in a line for people.

    Raises:
        JournalUnusable: instead of what SQLite raised.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        what_to_do = "see that the disk is there and can be written, and that nobody else has it"
        raise JournalUnusable(
            f"the journal {path} cannot be opened ({error}): {what_to_do}"
        ) from error
    except (sqlite3.DatabaseError, msgspec.DecodeError) as error:
        raise JournalDamaged(
            f"the journal {path} is damaged ({error}). Nothing was thrown away: look at the disk, "
            "then start the worker once with --move-damaged-journal, and it begins a new one; what "
            "was not sent to the leader yet is then only in the file that was moved aside"
        ) from error


def move_aside(path: Path, at_wall_s: float) -> Path:
    """Under a name that says when; answers where it is now. Never over another."""
    stamp = datetime.fromtimestamp(at_wall_s, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    if aside.exists():
        raise JournalUnusable(f"{path} cannot be moved aside: {aside} is there already")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _has_words(path: Path) -> bool:
    """A log that was not folded in: whoever wrote it was killed, or lost power."""
    return path.exists() and path.stat().st_size > 0


def _look_through(connection: sqlite3.Connection, path: Path) -> None:
    """Ledgers whatever they cost, since runs go on by them; the outbox if it is not large."""
    tables = ["ledger", "document"]
    if path.stat().st_size <= LOOK_THROUGH_BYTES_MAX:
        tables.append("outbox")
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    for table in there.intersection(tables):
        [found] = connection.execute(f"PRAGMA quick_check({table})").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(" ".join(str(found).split()))


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    scripts = sorted(
        (each for each in (HERE / "migrations").iterdir() if each.name.endswith(".sql")),
        key=lambda each: each.name,
    )
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > len(scripts):
        raise JournalUnusable(
            f"the journal {path} has version {version}, this program knows {len(scripts)}: install "
            "the Axenic that wrote it, or a newer one"
        )
    for number, script in enumerate(scripts[version:], start=version + 1):
        body = script.read_text(encoding="utf-8")
        connection.executescript(f"BEGIN; {body}; PRAGMA user_version = {number}; COMMIT;")
