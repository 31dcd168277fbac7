"""What is PostgreSQL's own: whose the database is, where readings lie, and what outages cost."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

import psycopg
import pytest

from orchestrator.messages.outbox import Record
from orchestrator.ports.store import StoreBusy, StoreUnusable
from orchestrator.store.named import FOLDER, statements
from orchestrator.store.postgres import connect as connecting
from orchestrator.store.postgres import lock, open_store
from orchestrator.store.postgres.say import said
from orchestrator.store.postgres.writing import PostgresWriting
from tests.support.postgres import PostgresServer
from tests.support.stores import WALL, batch, entry, reading

pytestmark = pytest.mark.postgres
DAY_S = 86_400.0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a lock that somebody else has at once."""
    monkeypatch.setattr(lock, "PATIENCE_S", 0.0)


async def test_one_leader_per_database(postgres_url: str, impatient: None) -> None:
    store = await open_store(postgres_url)
    with pytest.raises(StoreUnusable, match=r"in use by another leader \(connected from"):
        await open_store(postgres_url)
    await store.close()
    await (await open_store(postgres_url)).close()


async def test_a_leader_of_another_user_is_named_as_far_as_the_server_tells(
    postgres_url: str, impatient: None
) -> None:
    store = await open_store(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        try:
            with pytest.raises(StoreUnusable, match=r"in use by another leader$"):
                await open_store(postgres_url.replace("axenic@", "guest@"))
        finally:
            connection.execute("DROP ROLE guest")
    await store.close()


async def test_a_database_that_is_not_there_is_named(postgres_url: str) -> None:
    with pytest.raises(StoreUnusable, match='"nowhere" does not exist'):
        await open_store(postgres_url.replace("/postgres?", "/nowhere?"))


def test_every_statement_is_one_that_postgres_understands(postgres_url: str) -> None:
    """The shared ones are written once; what `say` makes of them must mean something here."""
    with psycopg.connect(postgres_url) as connection:
        asyncio.run(_made(postgres_url))
        connection.execute("SET search_path = axenic")
        prepared = 0
        for path in FOLDER.glob("*.sql"):
            for name, statement in statements(path.stem).items():
                numbered = _numbered(said(statement).text.decode())
                connection.execute(f"PREPARE {path.stem}_{name} AS {numbered}".encode())
                prepared += 1
    assert prepared > 60


async def test_readings_lie_in_the_month_in_which_they_were_measured(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    # A run from January into March, one reading a day, some of which arrive late.
    days = [*range(0, 60, 2), *range(1, 60, 2)]
    readings = [reading(day * DAY_S, float(day)) for day in days]
    await store.commit([batch(1, readings)], at_wall_s=WALL + 60 * DAY_S)
    await store.close()
    store = await open_store(postgres_url)
    await store.commit([batch(61, [reading(60 * DAY_S, 60.0)])], at_wall_s=WALL + 60 * DAY_S)
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=1000)
    assert curve.mean == [float(day) for day in range(61)]
    (few,) = await store.curves("20270115-a", signals=["od600"], clock="wall", points=4)
    assert (sum(few.count), min(few.minimum), max(few.maximum)) == (61, 0.0, 60.0)
    await store.close()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("SET search_path = axenic")
        months = _months(connection)
        assert list(months) == ["readings_2027_01", "readings_2027_02", "readings_2027_03"]
        for name, times in months.items():
            assert {f"readings_{moment:%Y_%m}" for moment in times} == {name}
        (series,) = connection.execute("SELECT min(id) FROM series").fetchall()[0]
        plan = connection.execute(
            f"EXPLAIN SELECT * FROM readings WHERE series = {series}"
        ).fetchall()
        assert len(re.findall(r"readings_20\d\d_\d\d", str(plan))) <= 2, "one partition is asked"


async def test_a_leader_whose_place_was_taken_writes_nothing_more(
    postgres_url: str, impatient: None
) -> None:
    store = await open_store(postgres_url)
    await store.add_event("note", {}, at_wall_s=WALL)
    _end_sessions(postgres_url)
    other = await open_store(postgres_url)
    for _ in range(3):
        with pytest.raises((StoreBusy, StoreUnusable)):
            await store.add_event("note", {}, at_wall_s=WALL)
    with pytest.raises(StoreUnusable, match="another leader"):
        await store.hold_place()
    assert len(await store.events_after(0)) == 1, "but it can still be asked"
    await other.close()
    await store.close()


async def test_a_session_that_is_lost_before_it_is_rolled_back_keeps_nobody_waiting(
    postgres_url: str,
) -> None:
    store = await open_store(postgres_url)

    def lose(_: object) -> NoReturn:
        _end_sessions(postgres_url)
        raise StoreBusy("no answer")

    async with asyncio.timeout(20):
        with pytest.raises(StoreBusy, match="no answer"):
            await store._write(lose)
        await store.add_event("note", {}, at_wall_s=WALL)
        assert await store._read(lambda _: _end_sessions(postgres_url)) is None
        assert len(await store.events_after(0)) == 1
    await store.close()


async def test_what_was_kept_though_the_answer_was_lost_is_told_with_what_comes_next(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(postgres_url)
    told: list[str] = []
    store.on_events(lambda events: told.extend(event.data["text"] for event in events))
    commit = PostgresWriting.commit

    def commit_unheard(connection: PostgresWriting) -> None:
        monkeypatch.setattr(PostgresWriting, "commit", commit)
        commit(connection)
        connection.close()
        raise psycopg.OperationalError("the answer was lost")

    await store.add_event("note", {"text": "before"}, at_wall_s=WALL)
    monkeypatch.setattr(PostgresWriting, "commit", commit_unheard)
    with pytest.raises(StoreBusy, match="the answer was lost"):
        await store.add_event("note", {"text": "unheard"}, at_wall_s=WALL)
    await store.add_event("note", {"text": "after"}, at_wall_s=WALL)
    assert told == ["before", "unheard", "after"]
    await store.close()


async def test_nul_in_a_text_spoils_no_batch(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    told = entry("alert", 1.0, text="a\0b", severity="warning")
    await store.commit([batch(1, [told, reading(1.0, 1.0)])], at_wall_s=WALL)
    (alert,) = (await store.alerts()).items
    assert alert.text == "a\N{REPLACEMENT CHARACTER}b"
    await store.close()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """One that may be killed, and keeps what it promised."""
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.mark.processes
async def test_nothing_is_lost_or_doubled_when_postgres_is_killed(
    own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers send again what was not accepted, as they do; the store keeps everything once."""
    monkeypatch.setattr(connecting, "CONNECT_LIMIT_S", 2)
    store = await open_store(own_server.url)
    told: list[int] = []
    store.on_events(lambda events: told.extend(event.event_id for event in events))
    accepted = lost = 0
    killer: threading.Thread | None = None
    while accepted < 6000:
        if accepted in (1500, 3000, 4500) and killer is None:
            killer = threading.Thread(target=_kill_and_start, args=(own_server,))
            killer.start()
        first = accepted + 1
        records: list[Record] = [
            entry("note", n * 3.0) if n % 50 == 0 else reading(n * 3.0, float(n))
            for n in range(first, first + 100)
        ]
        try:
            await store.commit([batch(first, records)], at_wall_s=WALL)
        except StoreBusy:
            lost += 1
            await asyncio.sleep(0.02)
            continue
        accepted += 100
        if killer is not None and not killer.is_alive():
            killer = None
        elif killer is not None:
            await asyncio.sleep(0)
    if killer is not None:
        await asyncio.to_thread(killer.join)
    held = await store.outbox("box")
    assert held is not None
    assert (list(held.ranges), held.readings, held.entries) == ([(1, 6000)], 5880, 120)
    rows = [row.number async for rows in store.export_readings("20270115-a") for row in rows]
    assert rows == [n for n in range(1, 6001) if n % 50]
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=7)
    assert sum(curve.count) == 5880
    assert lost > 0
    # Who listens hears of everything, once and in order, though answers were lost.
    assert told == [event.event_id for event in await store.events_after(0)]
    await store.close()


def _kill_and_start(server: PostgresServer) -> None:
    server.kill()
    server.start()


async def _made(url: str) -> None:
    await (await open_store(url)).close()


def _numbered(text: str) -> str:
    """psycopg's parameters as the server sees them; those that ask for NULL are booleans."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        at = f"${names.index(found[1]) + 1}"
        is_flag = found[1].endswith((" lacks", "_only", "with_items", "ended"))
        return f"CAST({at} AS boolean)" if is_flag else at

    return re.sub(r"%\((.+?)\)s", number, text).replace("%%", "%")


def _months(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, list[datetime]]:
    rows = connection.execute(
        "SELECT r.tableoid::regclass::text, "
        "(r.time_us + s.wall_base_us + r.wall_shift_us) / 1000000.0 "
        "FROM readings r JOIN series s ON s.id = r.series ORDER BY 1"
    ).fetchall()
    found: dict[str, list[datetime]] = {}
    for name, wall_s in rows:
        moment = datetime.fromtimestamp(float(str(wall_s)), UTC)
        found.setdefault(str(name), []).append(moment)
    return found


def _end_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'axenic %'"
        )
