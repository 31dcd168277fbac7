"""The person at a simulated cluster: does to the cultures what questions ask for, and answers."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from orchestrator.cli.api import Api, Refused
from orchestrator.cli.cluster import Layout
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_whole
from orchestrator.hardware.bench_client import BenchClient
from orchestrator.ports.reactor import DeviceFault
from orchestrator.sim.person import fitting

LOOK_S = 0.5
FIRST_PATIENCE_S = 30.0
"""A newcomer gets so long to answer the first question, in seconds of the room."""
PATIENCE_S = 10.0
QUESTIONS_MAX = 200

logger = logging.getLogger(__name__)


class Bystander:
    """Leaves questions to the user for a while, then answers; acts at the bench in either case."""

    def __init__(self, layout: Layout, api: Api, *, answers: bool) -> None:
        self._layout, self._api, self._answers = layout, api, answers
        self._file = layout.data / "bystander.json"
        self._done: set[str] = set(_read(self._file))
        self._since_s: dict[str, float] = {}
        self._benches: dict[str, dict[str, str]] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                for question in await self._questions():
                    await self._attend(question)
            except (BadRequest, DeviceFault, TimeoutError, OSError) as error:
                logger.info("the bystander tries again: %s", error)
            await asyncio.sleep(LOOK_S)

    async def _questions(self) -> list[dict[str, Any]]:
        page = await self._api.get("/questions", open="false", limit=QUESTIONS_MAX)
        found: list[dict[str, Any]] = page["items"]
        return [question for question in found if question["key"] not in self._done]

    async def _attend(self, question: dict[str, Any]) -> None:
        key = question["key"]
        if question["state"] == "answered":
            await self._act(question)
            self._settle(key)
        elif question["state"] == "closed":
            self._settle(key)
        elif self._answers and self._has_waited(key):
            await self._act(question)
            self._settle(key)
            try:
                await self._api.post("/questions/answer", {"key": key, "answer": fitting(question)})
            except Refused as refused:
                logger.info("somebody was faster: %s", refused)

    def _has_waited(self, key: str) -> bool:
        now_s = asyncio.get_running_loop().time()
        since_s = self._since_s.setdefault(key, now_s)
        patience_s = PATIENCE_S if self._done else FIRST_PATIENCE_S
        return now_s - since_s >= patience_s

    async def _act(self, question: dict[str, Any]) -> None:
        reactor = await self._reactor_of(question)
        async with BenchClient(self._layout.bench_socket(reactor)) as bench:
            if question["kind"] == "sample":
                volume_ml = float(question.get("volume_ml") or 0.0)
                if volume_ml > 0.0:
                    await bench.do(reactor, "sample", volume_ml=volume_ml)
            elif (await bench.do(reactor, "truth"))["sim.biomass_g_l"] <= 0.0:
                await bench.do(reactor, "inoculate")

    async def _reactor_of(self, question: dict[str, Any]) -> str:
        experiment = question["experiment"]
        if experiment not in self._benches:
            found = await self._api.get(f"/experiments/{experiment}")
            self._benches[experiment] = {
                run["vessel"]: run["worker"] for run in found["runs"] if run.get("worker")
            }
        return self._benches[experiment][question["vessel"]]

    def _settle(self, key: str) -> None:
        self._done.add(key)
        with written_whole(self._file) as file:
            file.write(json.dumps(sorted(self._done)).encode())


def _read(path: Path) -> list[str]:
    try:
        return [str(key) for key in json.loads(path.read_bytes())]
    except FileNotFoundError:
        return []
