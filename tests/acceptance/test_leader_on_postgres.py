"""A leader whose store is a PostgreSQL database, killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

pytestmark = [pytest.mark.processes, pytest.mark.postgres]
START_LIMIT_S = 60.0


@asynccontextmanager
async def leading(folder: Path, url: str, port: int) -> AsyncIterator[Process]:
    """A leader that is killed when the block ends."""
    words = ["leader", "--data", str(folder), "--port", str(port), "--broker", "embedded"]
    words += ["--broker-port", "0", "--no-rehearse", "--trust-clock"]
    with (folder / "leader.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator", *words),
            stdout=log,
            stderr=log,
            env={**os.environ, "AXENIC_STORE": url},
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()


async def _ask(address: str, body: Any = None) -> Any:
    """Until the leader answers."""
    role = {"X-Axenic-Role": "administrator", "X-Axenic-Actor": "ada"}
    async with asyncio.timeout(START_LIMIT_S), aiohttp.ClientSession(headers=role) as session:
        while True:
            method = "GET" if body is None else "POST"
            try:
                async with session.request(method, address, json=body) as response:
                    text = await response.text()
                    assert response.status < 300, text
                    return json.loads(text)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)


@pytest.fixture
def profile(canonical_profile: Path) -> dict[str, str]:
    return {"text": canonical_profile.read_text("utf-8"), "file": "turbidostat.yaml"}


async def test_a_leader_on_postgres_is_killed_and_goes_on(
    postgres_url: str, free_port: int, tmp_path: Path, profile: dict[str, str]
) -> None:
    api = f"http://127.0.0.1:{free_port}/api"
    async with leading(tmp_path, postgres_url, free_port):
        submitted = await _ask(f"{api}/experiments", profile)
    async with leading(tmp_path, postgres_url, free_port):
        (kept,) = (await _ask(f"{api}/experiments"))["items"]
        assert (kept["id"], kept["state"]) == (submitted["id"], "queued")
        queue = await _ask(f"{api}/queue")
        assert [entry["experiment"]["id"] for entry in queue["entries"]] == [submitted["id"]]
        run = await _ask(f"{api}/maintenance/runs", {"steps": ["integrity", "backup"]})
        async with asyncio.timeout(START_LIMIT_S):
            while run["state"] == "running":
                await asyncio.sleep(0.05)
                run = await _ask(f"{api}/maintenance/runs/{run['id']}")
        assert [step["text"].split(":")[0][-7:] for step in run["steps"]][1] == ".pgdump"
        assert run["steps"][0]["text"] == "1 experiments, 0 readings"
    assert not (tmp_path / "store.sqlite").exists()
