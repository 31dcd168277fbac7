"""Opening a store: whose it is, which version it has, and what is said when it will not do."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.ports.store import StoreUnusable
from orchestrator.store.named import FOLDER, migrations
from orchestrator.store.sqlite import open_store
from orchestrator.store.sqlite.connect import connect_writer
from orchestrator.store.sqlite.migrate import migrate

WALL = 1_800_000_000.0


async def test_a_store_is_made_where_there_is_none_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "axenic.db"
    store = await open_store(path)
    epoch = await store.next_epoch("bench")
    await store.close()
    store = await open_store(path)
    assert await store.next_epoch("bench") == epoch + 1
    await store.close()


async def test_one_leader_per_store(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "s")
    with pytest.raises(StoreUnusable, match=r"in use by another leader \(process \d+\)"):
        await open_store(tmp_path / "s")
    await store.close()
    again = await open_store(tmp_path / "s")
    await again.close()


@pytest.mark.processes
async def test_a_killed_leader_leaves_no_lock_behind(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, sys; from pathlib import Path; "
        "from orchestrator.store.sqlite import open_store; "
        "asyncio.run(open_store(Path(sys.argv[1]))); os.kill(os.getpid(), 9)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(tmp_path / "s"))
    async with asyncio.timeout(30):
        assert await process.wait() == -9
    store = await open_store(tmp_path / "s")
    await store.close()


async def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    await (await open_store(tmp_path / "s")).close()
    connection = sqlite3.connect(tmp_path / "s")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnusable, match=r"version 99.*start the newer Axenic"):
        await open_store(tmp_path / "s")
    with pytest.raises(StoreUnusable, match="version 99"):
        await open_store(tmp_path / "s")


def _text(path: Path) -> None:
    path.write_text("not a database at all, but long enough to be read as one " * 20)


def _stranger(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_text, "file is not a database"),
        (_stranger, "a database of another program"),
        (_folder, "cannot be opened"),
    ],
)
async def test_what_is_no_store_is_named_and_not_touched(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    make(tmp_path / "s")
    before = (tmp_path / "s").read_bytes() if (tmp_path / "s").is_file() else None
    with pytest.raises(StoreUnusable, match=words):
        await open_store(tmp_path / "s")
    if make is _text:
        assert (tmp_path / "s").read_bytes() == before


def test_migrations_are_numbered_without_holes() -> None:
    assert list(migrations("sqlite")) == list(range(1, len(migrations("sqlite")) + 1))


def test_migrations_lie_in_the_folder_of_their_database() -> None:
    """`sql/sqlite/` and `sql/postgres/`; elsewhere nobody would apply them."""
    assert [path.name for path in FOLDER.glob("[0-9]*.sql")] == []


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    connection = connect_writer(tmp_path / "s")
    migrate(connection)
    scripts = {**migrations("sqlite"), 90: "CREATE TABLE half (a);\nCREATE TABLE half (a);"}
    scripts |= dict.fromkeys(range(max(migrations("sqlite")) + 1, 90), "SELECT 1;")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, scripts)
    assert migrate(connection) == max(migrations("sqlite"))
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    assert "half" not in tables
    scripts[90] = "CREATE TABLE whole (a);"
    assert migrate(connection, scripts) == 90
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 90
    connection.close()


async def test_what_waited_in_an_older_store_keeps_its_place_and_what_it_asked_for(
    tmp_path: Path,
) -> None:
    connection = connect_writer(tmp_path / "s")
    scripts = migrations("sqlite")
    migrate(connection, {number: scripts[number] for number in scripts if number < 5})
    for name, bindings in (("a", '{"v1": ["bench", "r1"], "v2": ["lone", "lone"]}'), ("b", "{}")):
        connection.execute(
            "INSERT INTO experiments (id, name, state, actor, vessels, bindings, inputs, revision, "
            "created_wall_s) VALUES (?, 'Hold', 'queued', 'ada', '[\"v1\"]', ?, '{}', 1, 0)",
            (name, bindings),
        )
        connection.execute(
            "INSERT INTO revisions (experiment, revision, file_name, profile_hash, plan_hash, "
            "profile_text, plan_json) VALUES (?, 1, 'p', 'p', 'q', '', '{}')",
            (name,),
        )
    connection.close()
    store = await open_store(tmp_path / "s")
    found = [await store.experiment(name) for name in ("a", "b")]
    await store.close()
    assert [each.place for each in found if each] == [1, 2]
    assert [each.terms.asked for each in found if each] == [{"v1": "bench/r1", "v2": "lone"}, {}]
