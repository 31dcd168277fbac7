"""Dumps of the database, made while it is in use, checked, and put back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import conninfo

from orchestrator.ports.maintenance import StepFailed, Tell
from orchestrator.store.integrity import contradictions, held
from orchestrator.store.outside import run_program
from orchestrator.store.postgres.connect import SCHEMA, PostgresReading, Raw
from orchestrator.store.postgres.migrate import migrate
from orchestrator.store.postgres.writing import PostgresWriting

ENDING = ".pgdump"


def _nobody(_share: float) -> None:
    """Who does not want to know."""


def back_up(url: str, to: Path, tell: Tell) -> str:
    """Dump one state of the store to a new file, whole or not at all.

    Raises:
        StepFailed: pg_dump is missing, or says why not.
    """
    half = to.with_name(f"{to.name}.part")
    try:
        _run(
            *("pg_dump", url, "--format=custom", f"--schema={SCHEMA}", f"--file={half}"), tell=tell
        )
        tell(0.8)
        listed = _run("pg_restore", None, "--list", f"{half}")
        if "TABLE DATA" not in listed:
            raise StepFailed("the dump holds no rows")
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.rename(to)
    finally:
        half.unlink(missing_ok=True)
    return f"{to.stat().st_size >> 10} KiB"


def check(url: str, tell: Tell) -> str:
    """Look at every row; what is there, in words.

    Raises:
        StepFailed: the store contradicts itself, or is not there.
    """
    connection = PostgresReading(url)
    try:
        with contextlib.closing(connection):
            connection.begin()
            if wrong := list(contradictions(connection, tell)):
                raise StepFailed(f"the store contradicts itself: {'; '.join(wrong[:5])}")
            return held(connection)
    except psycopg.Error as error:
        raise StepFailed(f"the database cannot be read: {error}") from error


def check_backup(backup: Path) -> str:
    """Whether a dump can be read to its end.

    Raises:
        StepFailed: it cannot.
    """
    _run("pg_restore", None, "--file=/dev/null", f"{backup}")
    return f"{backup.stat().st_size >> 10} KiB"


def restore(backup: Path, url: str, *, before: str | None) -> str:
    """Put a dump in the store's place; the schema that stood there is called `before` then.

    Raises:
        StepFailed: the dump is not sound, or a store is there and `before` is not given.
        StoreUnusable: a leader uses the database, or the dump is a newer Axenic's.
    """
    said = check_backup(backup)
    try:
        with contextlib.closing(PostgresWriting(url)) as connection:
            _put_back(backup, url, connection.raw, before)
    except psycopg.Error as error:
        raise StepFailed(f"the database does not take it: {error}") from error
    return said


def _put_back(backup: Path, url: str, raw: Raw, before: str | None) -> None:
    there = raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone()
    if there and before is None:
        raise StepFailed(f"there is a schema {SCHEMA} already")
    if there:
        raw.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {before}".encode())
    try:
        _run(
            *("pg_restore", url, "--single-transaction", "--exit-on-error", "--no-owner"),
            f"{backup}",
        )
        migrate(raw)
    except BaseException:
        if there:
            raw.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
            raw.execute(f"ALTER SCHEMA {before} RENAME TO {SCHEMA}".encode())
        raise


def _run(program: str, url: str | None, *arguments: str, tell: Tell = _nobody) -> str:
    """PostgreSQL's own programs; a password is nobody's business in `ps`."""
    environment = dict(os.environ)
    where: Sequence[str] = ()
    if url is not None:
        said = {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items()}
        if password := said.pop("password", ""):
            environment["PGPASSWORD"] = password
        where = (f"--dbname={conninfo.make_conninfo('', **said)}",)
    return run_program([program, *where, *arguments], tell, environment)
