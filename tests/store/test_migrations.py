"""A store of any earlier version becomes one of today's, with all that was in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestrator.store.named import migrations
from orchestrator.store.postgres import migrate as postgres_migrate
from orchestrator.store.postgres.connect import Raw, connect
from orchestrator.store.sqlite.connect import connect_writer
from orchestrator.store.sqlite.migrate import migrate
from tests.support.postgres import PostgresServer

Columns = Mapping[str, tuple[str, ...]]
"""Table → its columns."""
BEFORE_POSTGRES = 8
"""SQLite's version when PostgreSQL came in with the whole schema."""


def test_sqlite_of_every_earlier_version(tmp_path: Path) -> None:
    scripts = migrations("sqlite")
    newest = connect_writer(tmp_path / "new")
    migrate(newest)
    for version in sorted(scripts)[:-1]:
        old = connect_writer(tmp_path / f"v{version}")
        migrate(old, {number: scripts[number] for number in scripts if number <= version})
        filled = {table: _fill_sqlite(old, table) for table in _sqlite_columns(old)}
        migrate(old)
        assert _sqlite_schema(old) == _sqlite_schema(newest), f"from version {version}"
        for table, (columns, values) in filled.items():
            (row,) = old.execute(f"SELECT {columns} FROM {table}").fetchall()
            assert tuple(row) == values, f"{table} from version {version}: {columns}"
        old.close()
    newest.close()


def test_both_databases_have_the_same_migrations_since_there_are_two() -> None:
    both = {number for number in migrations("sqlite") if number >= BEFORE_POSTGRES}
    assert set(migrations("postgres")) == both


@pytest.mark.postgres
def test_postgres_of_every_earlier_version_and_with_the_same_columns_as_sqlite(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    scripts = migrations("postgres")
    newest = _database(postgres_server, "newest")
    postgres_migrate.migrate(newest)
    lite = connect_writer(tmp_path / "s")
    migrate(lite)
    assert _postgres_columns(newest) == {
        table: tuple(sorted(columns)) for table, columns in _sqlite_columns(lite).items()
    }
    lite.close()
    for version in sorted(scripts)[:-1]:
        old = _database(postgres_server, f"v{version}")
        postgres_migrate.migrate(
            old, {number: scripts[number] for number in scripts if number <= version}
        )
        filled = [_fill_postgres(old, table) for table in _postgres_columns(old)]
        postgres_migrate.migrate(old)
        assert _postgres_schema(old) == _postgres_schema(newest), f"from version {version}"
        for table in filled:
            ((n,),) = old.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()
            assert n == 1, f"{table}, {version}"
        old.close()
    newest.close()


@pytest.mark.postgres
def test_a_migration_of_postgres_that_fails_changes_nothing(
    postgres_server: PostgresServer,
) -> None:
    raw = _database(postgres_server, "half")
    postgres_migrate.migrate(raw)
    before = _postgres_schema(raw)
    number = max(migrations("postgres")) + 1
    scripts = {**migrations("postgres"), number: "CREATE TABLE half (a BIGINT);\nSELECT nothing;"}
    with pytest.raises(psycopg.errors.UndefinedColumn):
        postgres_migrate.migrate(raw, scripts)
    assert _postgres_schema(raw) == before
    assert postgres_migrate.migrate(raw) == number - 1
    raw.close()


def _sqlite_columns(connection: sqlite3.Connection) -> Columns:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        table: tuple(row["name"] for row in connection.execute(f"PRAGMA table_info({table})"))
        for (table,) in tables
    }


def _sqlite_schema(connection: sqlite3.Connection) -> Any:
    columns = {
        table: sorted(
            tuple(row)[1:] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()
        )
        for table in _sqlite_columns(connection)
    }
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    return columns, sorted(map(tuple, indexes.fetchall()))


def _fill_sqlite(connection: sqlite3.Connection, table: str) -> tuple[str, tuple[Any, ...]]:
    """One row: each column says its place, as far as its type lets it."""
    info = connection.execute(f"PRAGMA table_info({table})").fetchall()
    values = tuple(
        _value(row["name"], row["type"].replace("INTEGER", "BIGINT"), n)
        for n, row in enumerate(info)
    )
    columns = ", ".join(row["name"] for row in info)
    holes = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({holes})", values)
    return columns, values


def _value(column: str, kind: str, place: int) -> Any:
    match kind:
        case "BIGINT" | "bigint":
            return 1
        case "boolean":
            return True
        case "REAL" | "double precision":
            return place + 0.5
    return "{}" if column in ("bindings", "inputs", "files", "words", "terms") else f"the {column}"


def _database(server: PostgresServer, name: str) -> Raw:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return connect(server.url_of(name), "test")


def _postgres_columns(raw: Raw) -> Columns:
    rows = raw.execute(
        'SELECT table_name, array_agg(column_name::text ORDER BY column_name COLLATE "C") '
        "FROM information_schema.columns WHERE table_schema = 'axenic' "
        "AND table_name <> 'store_version' AND table_name NOT LIKE 'readings\\_%' GROUP BY 1"
    ).fetchall()
    return {table: tuple(columns) for table, columns in rows}


def _postgres_schema(raw: Raw) -> Any:
    columns = raw.execute(
        "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name "
        "FROM information_schema.columns WHERE table_schema = 'axenic' "
        "AND table_name NOT LIKE 'readings\\_%' ORDER BY 1, 2"
    ).fetchall()
    indexes = raw.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'axenic' "
        "AND tablename NOT LIKE 'readings\\_%' ORDER BY 1"
    ).fetchall()
    return columns, indexes


def _fill_postgres(raw: Raw, table: str) -> str:
    if table == "readings":
        bounds = "PARTITION OF readings FOR VALUES FROM (0) TO (9)"
        raw.execute(f"CREATE TABLE readings_0000_01 {bounds}".encode())
    info = raw.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'axenic' AND table_name = %s",
        (table,),
    ).fetchall()
    values = [_value(name, kind, n) for n, (name, kind) in enumerate(info)]
    columns, holes = ", ".join(name for name, _ in info), ", ".join(["%s"] * len(info))
    raw.execute(
        f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({holes})".encode(), values
    )
    return table
