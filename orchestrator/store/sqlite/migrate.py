"""Bring a store to the version that this program writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.named import migrations, split_script

APPLICATION_ID = 0x4178656E
"""`Axen`, in the file's header."""


def migrate(connection: sqlite3.Connection, scripts: Mapping[int, str] | None = None) -> int:
    """Apply what is missing, all or nothing; answer the version.

    Raises:
        StoreUnusable: the file belongs to something else, or to a newer version of this.
    """
    scripts = migrations("sqlite") if scripts is None else scripts
    newest = max(scripts)
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version > newest:
            raise StoreUnusable(
                f"the store has version {version}, this program knows versions up to {newest}: "
                "start the newer Axenic that wrote it"
            )
        for number in range(version + 1, newest + 1):
            for statement in split_script(scripts[number]):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {newest}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return newest


def _version(connection: sqlite3.Connection) -> int:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION_ID and (tables or version):
        raise StoreUnusable("the file is a database of another program, not an Axenic store")
    return int(version)
