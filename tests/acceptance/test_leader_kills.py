"""The leader is killed with -9 at random moments; queue and store are right each time.

`make kills` does it at 200 moments, the suite at a few. The witnesses are workers that note every
order which would have let two runs drive one reactor, users who remember each answer that they got,
and the store's own file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
import pytest

from orchestrator.cli import wiring
from orchestrator.transport.broker import start_broker
from orchestrator.transport.mqtt import MqttLink
from tests.support.cluster import a_free_port
from tests.support.dutiful_worker import DutifulWorker
from tests.support.restless_users import ADMINISTRATOR, RestlessUsers, Unsure, answers

MOMENTS = int(os.environ.get("AXENIC_KILLS", "6"))
SEED = int(os.environ.get("AXENIC_SEED", "1"))
START_S = 90.0
"""So long a leader may take to be there again, on a machine that has much else to do."""
MIDSTS = ("submit", "start", "move", "edit", "apply", "record")
WORKERS = {"w1": ["left", "right"], "w2": ["w2"]}

pytestmark = [
    pytest.mark.processes,
    pytest.mark.broker,
    pytest.mark.timeout(90 + 30 * MOMENTS),
]


@asynccontextmanager
async def leading(folder: Path, broker_url: str, port: int) -> AsyncIterator[Process]:
    """A leader that is killed when the block ends."""
    words = ["leader", "--data", str(folder), "--port", str(port), "--open-per-user", "1000"]
    with (folder / "leader.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator", *words, "--no-rehearse", "--trust-clock"),
            stdout=log,
            stderr=log,
            env={**os.environ, "AXENIC_BROKER": broker_url},
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()


@asynccontextmanager
async def working(urls: dict[str, str], chance: Random) -> AsyncIterator[list[DutifulWorker]]:
    """Workers that outlive every leader."""
    async with AsyncExitStack() as stack:
        workers, tasks = [], []
        for name, reactors in WORKERS.items():
            link = await stack.enter_async_context(
                MqttLink(urls[name], identifier=f"axenic-{name}")
            )
            await link.wait_connected(10)
            worker = DutifulWorker(name, link, reactors, Random(chance.random()))
            workers.append(worker)
            tasks.append(asyncio.create_task(worker.serve(), name=f"worker {name}"))
        try:
            yield workers
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def test_kill_9_of_the_leader_at_random_moments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = Random(SEED)
    hit: Counter[str] = Counter()
    users = wiring.broker_users(sorted(WORKERS))
    port = a_free_port()
    restless = RestlessUsers(f"http://127.0.0.1:{port}", chance)
    async with start_broker("auto", tmp_path / "broker", 0, users) as broker:
        urls = {name: broker.url_for(name) for name in WORKERS}
        async with working(urls, chance) as workers:
            for moment in range(MOMENTS):
                async with leading(tmp_path, broker.url_for("leader"), port) as leader:
                    await answers(restless.url, START_S)
                    restless.asking.clear()
                    bustle = asyncio.create_task(restless.bustle(), name="bustle")
                    await asyncio.sleep(chance.uniform(0.0, 1.2))
                    assert leader.returncode is None, _log(tmp_path)
                    leader.send_signal(signal.SIGKILL)
                    hit.update(kind for kind, number in restless.asking.items() if number)
                    hit["record"] += any(worker.waiting for worker in workers)
                    await leader.wait()
                    await _ended(bustle)
                hit["start"] += starts_under_way(tmp_path, workers)
                check(tmp_path, restless, workers, f"after moment {moment} of seed {SEED}")
            async with leading(tmp_path, broker.url_for("leader"), port):
                await answers(restless.url, START_S)
                await _ask_again(restless)
                await _end_all(restless, workers)
            check(tmp_path, restless, workers, "at the end")
            check_all_is_there(tmp_path, workers)
    if MOMENTS >= 100:
        assert all(hit[kind] for kind in MIDSTS), f"what was never hit proves nothing: {hit}"
        with capsys.disabled():
            sys.stdout.write(f"\nkilled at {MOMENTS} moments, in the midst of {dict(hit)}\n")


def starts_under_way(folder: Path, workers: Sequence[DutifulWorker]) -> bool:
    """Something had started in the store, and its worker had not heard of it."""
    heard = {name for worker in workers for name in worker.runs}
    with contextlib.closing(sqlite3.connect(folder / "store.sqlite")) as store:
        going = store.execute("SELECT run FROM runs WHERE ended_state IS NULL")
        return any(run not in heard for (run,) in going)


def check(folder: Path, users: RestlessUsers, workers: Sequence[DutifulWorker], when: str) -> None:
    """Everything that was promised holds, and nothing is there twice."""
    promises = users.promises
    assert not [wrong for worker in workers for wrong in worker.wrongs], when
    with contextlib.closing(sqlite3.connect(folder / "store.sqlite")) as store:
        store.row_factory = sqlite3.Row
        assert store.execute("PRAGMA quick_check").fetchone()[0] == "ok", when
        rows = {row["id"]: row for row in store.execute("SELECT * FROM experiments")}
        for key, name in promises.submitted.items():
            assert rows[name]["idempotency_key"] == key, when
        keys = [row["idempotency_key"] for row in rows.values()]
        assert set(keys) <= promises.submitted.keys() | promises.unsure_keys, when
        assert len(keys) == len(set(keys)), f"{when}: a key made two"
        places = [row["place"] for row in rows.values()]
        assert len(places) == len(set(places)), f"{when}: two in one place"
        for name, may_be in promises.names.items():
            assert rows[name]["name"] in may_be, when
        for name in promises.cancelled:
            row = rows[name]
            assert row["state"] != "completed", f"{when}: {name} was cancelled"
            assert row["state"] in ("cancelled", "failed") or row["wanted"] == "cancelled", when
        _check_order(rows, promises.first, when)
        _check_runs(store, rows, when)
        for name, revision in promises.revisions.items():
            assert rows[name]["revision"] >= revision, when


def _check_order(rows: dict[str, sqlite3.Row], first: str | None, when: str) -> None:
    waiting = {name: row["place"] for name, row in rows.items() if row["state"] == "queued"}
    if first in waiting:
        assert waiting[first] == min(waiting.values()), f"{when}: {first} was moved to the front"


def _check_runs(store: sqlite3.Connection, rows: dict[str, sqlite3.Row], when: str) -> None:
    runs = store.execute("SELECT * FROM runs").fetchall()
    assert all(run["fence"] > 0 for run in runs), f"{when}: a run that nobody started"
    drives = Counter((run["worker"], run["reactor"]) for run in runs if not run["ended_state"])
    assert not [place for place, number in drives.items() if number > 1], f"{when}: {drives}"
    for name, row in rows.items():
        of_newest = [run for run in runs if run["attempt"] == row["attempt"]]
        started = row["state"] in ("running", "paused", "completed", "failed")
        assert len(of_newest) == (1 if row["attempt"] else 0), f"{when}: {name}"
        assert bool(row["attempt"]) or not started, f"{when}: {name} runs without a run"
        if row["state"] == "queued":
            assert not of_newest, f"{when}: {name} waits, and runs"
        newest = store.execute(
            "SELECT max(revision), count(*) FROM revisions WHERE experiment = ?", (name,)
        ).fetchone()
        assert tuple(newest) == (row["revision"], row["revision"]), f"{when}: {name}"


async def _ask_again(users: RestlessUsers) -> None:
    """Whoever got no answer sends it again, and has one experiment then."""
    async with aiohttp.ClientSession(users.url, headers=ADMINISTRATOR) as session:
        for key in sorted(users.promises.unsure_keys):
            users.promises.submitted[key] = await users.submit(session, key)
        users.promises.unsure_keys.clear()


async def _end_all(users: RestlessUsers, workers: Sequence[DutifulWorker]) -> None:
    """Nothing is running for ever, and nobody waits for ever."""
    async with (
        asyncio.timeout(60),
        aiohttp.ClientSession(users.url, headers=ADMINISTRATOR) as session,
    ):
        while True:
            async with session.get("/api/experiments?state=queued&state=running&limit=1000") as got:
                open_ones = [each["id"] for each in (await got.json())["items"]]
            if not open_ones and not any(worker.waiting for worker in workers):
                return
            for name in open_ones:
                async with session.post(f"/api/experiments/{name}/release") as answer:
                    await answer.read()
            await asyncio.sleep(0.2)


def check_all_is_there(folder: Path, workers: Sequence[DutifulWorker]) -> None:
    """Each entry and each reading that was sent is held once."""
    with contextlib.closing(sqlite3.connect(folder / "store.sqlite")) as store:
        for worker in workers:
            box = f"box-{worker.name}"
            serial, entries, readings = store.execute(
                "SELECT serial, entries, readings FROM outboxes WHERE outbox = ?", (box,)
            ).fetchone()
            assert entries + readings == len(worker.sent)
            held = store.execute(
                "SELECT first, last FROM outbox_ranges WHERE outbox = ?", (serial,)
            ).fetchall()
            assert [tuple(each) for each in held] == [(1, len(worker.sent))]
        ended = dict(store.execute("SELECT run, ended_state FROM runs").fetchall())
    told = {run.name: run.state for worker in workers for run in worker.runs.values()}
    assert {name: ended[name] for name in told} == told


async def _ended(bustle: asyncio.Task[None]) -> None:
    """The users noticed; whoever still waits is told to stop."""
    done, _ = await asyncio.wait([bustle], timeout=5)
    if not done:
        bustle.cancel()
        await asyncio.wait([bustle])
    if not bustle.cancelled():
        error = bustle.exception()
        assert error is None or isinstance(error, Unsure), error


def _log(folder: Path) -> str:
    return (folder / "leader.log").read_text(errors="replace")[-3000:]
