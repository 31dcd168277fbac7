"""Copies of the store: made while it is written to, checked, put back."""

from __future__ import annotations

import asyncio
import errno
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.backup import backup, integrity, restore
from orchestrator.cli.exits import BadRequest
from orchestrator.ports.store import Store
from orchestrator.store import postgres, sqlite
from orchestrator.store.postgres import lock
from tests.support.postgres import PostgresServer
from tests.support.stores import WALL, batch, entry, reading, submitted

EXPERIMENT = "20270115-a"


class Kept:
    """A store of one kind, and the options that name it."""

    def __init__(self, data: Path, url: str | None) -> None:
        self.data, self.url = data, url
        self.options = ["--data", str(data), *(["--store", url] if url else [])]

    async def open(self) -> Store:
        if self.url:
            return await postgres.open_store(self.url)
        return await sqlite.open_store(self.data / "store.sqlite")

    def run(self, command: click.Command, *words: str) -> Result:
        ran = CliRunner().invoke(command, [*words, *self.options], standalone_mode=False)
        if ran.exception:
            raise ran.exception
        return ran


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up soon on a database that another leader has."""
    monkeypatch.setattr(lock, "PATIENCE_S", 0.3)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "sqlite":
        return Kept(tmp_path / "lab", None)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS backups WITH (FORCE)")
        connection.execute("CREATE DATABASE backups")
    return Kept(tmp_path / "lab", server.url_of("backups"))


async def _write(store: Store, first: int, count: int) -> None:
    for begin in range(first, first + count, 100):
        records = [reading(n * 2.0, float(n)) for n in range(begin, begin + 100)]
        await store.commit([batch(begin, records)], at_wall_s=WALL)


async def _numbers(store: Store) -> list[int]:
    return [row.number async for rows in store.export_readings(EXPERIMENT) for row in rows]


async def test_a_backup_of_a_store_in_use_is_one_state_and_can_be_put_back(kept: Kept) -> None:
    store = await kept.open()
    await store.create_experiment(submitted())
    await _write(store, 1, 3000)
    writing = asyncio.create_task(_write(store, 3001, 2000))
    said = (await asyncio.to_thread(kept.run, backup)).output
    await writing
    made = Path(re.split(r":\s", said)[0])
    assert made.parent == kept.data / "backups"
    with pytest.raises(BadRequest, match="in use by another leader"):
        await asyncio.to_thread(kept.run, restore, str(made), "--replace")
    await store.close()
    assert "is sound" in (await asyncio.to_thread(kept.run, integrity, str(made))).output
    assert "5000 readings" in (await asyncio.to_thread(kept.run, integrity)).output
    with pytest.raises(BadRequest, match="already"):
        await asyncio.to_thread(kept.run, restore, str(made))
    await asyncio.to_thread(kept.run, restore, str(made), "--replace")
    store = await kept.open()
    numbers = await _numbers(store)
    held = await store.outbox("box")
    assert held is not None
    assert numbers == list(range(1, len(numbers) + 1)), "whole batches, none doubled"
    assert 3000 <= len(numbers) <= 5000
    assert list(held.ranges) == [(1, len(numbers))]
    assert await store.experiment(EXPERIMENT) is not None
    # What came after the backup comes again from the worker's journal, and is kept once.
    await _write(store, 1, 5000)
    await store.add_event("note", {}, at_wall_s=WALL)
    assert await _numbers(store) == list(range(1, 5001))
    await store.close()
    assert list((kept.data / "backups").glob("*.part")) == []


@pytest.mark.postgres
async def test_a_database_that_is_not_there_takes_no_backup(
    tmp_path: Path, postgres_url: str
) -> None:
    kept = Kept(tmp_path, postgres_url)
    await (await kept.open()).close()
    made = (await asyncio.to_thread(kept.run, backup)).output.split(": ")[0]
    nowhere = Kept(tmp_path, postgres_url.replace("/postgres?", "/nowhere?"))
    with pytest.raises(BadRequest, match=r'does not take it: .*"nowhere" does not exist'):
        await asyncio.to_thread(nowhere.run, restore, made)


async def test_what_contradicts_itself_is_told(kept: Kept) -> None:
    store = await kept.open()
    await _write(store, 1, 100)
    await store.commit([batch(101, [entry("note", 1.0)])], at_wall_s=WALL)
    await store._write(  # type: ignore[attr-defined]
        lambda transaction: transaction.execute("DELETE FROM readings WHERE number = 7")
    )
    await store.close()
    with pytest.raises(BadRequest, match="of box 100 readings were accepted, 99 are there"):
        await asyncio.to_thread(kept.run, integrity)


def _tear(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\xa5" * 8192 + whole[len(whole) // 2 + 8192 :])


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


@pytest.mark.parametrize("harm", [_tear, _shorten])
async def test_a_damaged_backup_is_refused_and_changes_nothing(
    kept: Kept, harm: Callable[[Path], None]
) -> None:
    store = await kept.open()
    await _write(store, 1, 3000)
    await store.close()
    made = Path(re.split(r":\s", (await asyncio.to_thread(kept.run, backup)).output)[0])
    harm(made)
    for command in (integrity, restore):
        words = ("--replace",) if command is restore else ()
        with pytest.raises(BadRequest):
            await asyncio.to_thread(kept.run, command, str(made), *words)
    store = await kept.open()
    assert len(await _numbers(store)) == 3000
    await store.close()


async def test_the_journal_of_a_store_that_is_gone_never_enters_the_one_that_is_put_back(
    tmp_path: Path,
) -> None:
    """SQLite would play into it what it finds beside it."""
    kept = Kept(tmp_path, None)
    file, journal = tmp_path / "store.sqlite", tmp_path / "store.sqlite-wal"
    store = await kept.open()
    await _write(store, 1, 100)
    made = (await asyncio.to_thread(kept.run, backup)).output.split(": ")[0]
    await _write(store, 101, 100)
    stale = journal.read_bytes()
    await store.close()
    file.unlink()
    journal.write_bytes(stale)
    await asyncio.to_thread(kept.run, restore, made)
    assert not journal.exists()
    assert "100 readings" in (await asyncio.to_thread(kept.run, integrity)).output


async def test_a_store_that_cannot_be_written_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(tmp_path, None)
    await (await kept.open()).close()
    made = (await asyncio.to_thread(kept.run, backup)).output.split(": ")[0]

    def full(_: object, to: Path) -> None:
        to.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(BadRequest, match=r"store\.sqlite was not written: .*no space left"):
        await asyncio.to_thread(kept.run, restore, made, "--replace")
    assert list(kept.data.glob("*.part*")) == []
    await (await kept.open()).close()


def test_where_no_store_is_nothing_is_made(tmp_path: Path) -> None:
    ran = CliRunner().invoke(backup, ["--data", str(tmp_path / "typo")], standalone_mode=False)
    assert isinstance(ran.exception, BadRequest)
    assert "there is no store at" in str(ran.exception)
    assert not list(tmp_path.iterdir())
