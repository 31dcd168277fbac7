"""Bring a database to the version that this program writes."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.named import migrations, split_script, statements
from orchestrator.store.postgres.connect import SCHEMA, Raw, ask

SQL = statements("postgres/own")


def migrate(raw: Raw, scripts: Mapping[int, str] | None = None) -> int:
    """Apply what is missing, all or nothing; answer the version.

    Raises:
        StoreUnusable: the schema belongs to something else, or to a newer version of this.
    """
    scripts = migrations("postgres") if scripts is None else scripts
    newest = max(scripts)
    with raw.transaction():
        version = _version(raw)
        if version > newest:
            raise StoreUnusable(
                f"the store has version {version}, this program knows versions up to {newest}: "
                "start the newer Axenic that wrote it"
            )
        for number in sorted(scripts):
            if number > version:
                for statement in split_script(scripts[number]):
                    raw.execute(statement.encode())
        ask(raw, SQL["forget_version"])
        ask(raw, SQL["keep_version"], {"version": newest})
    return newest


def _version(raw: Raw) -> int:
    if not _is(raw, "is_schema", SCHEMA):
        raw.execute(f"CREATE SCHEMA {SCHEMA}".encode())
    if not _is(raw, "is_table", f"{SCHEMA}.store_version"):
        if _is(raw, "has_tables", SCHEMA):
            raise StoreUnusable(
                f"the schema {SCHEMA} belongs to another program: it is not an Axenic store"
            )
        raw.execute(b"CREATE TABLE store_version (version BIGINT NOT NULL)")
    row = ask(raw, SQL["version"]).fetchone()
    return 0 if row is None else int(row["version"])


def _is(raw: Raw, question: str, name: str) -> bool:
    ((answer,),) = ask(raw, SQL[question], {"name": name}).fetchall()
    return bool(answer)
