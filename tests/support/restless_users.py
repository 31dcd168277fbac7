"""People who submit, move, change, apply and cancel without a pause, and remember what was said.

What a leader answered is kept as a promise; what it did not answer, since it was killed, may have
been done or not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

ADMINISTRATOR = {"X-Axenic-Role": "administrator", "X-Axenic-Actor": "root"}
TEXT = """axenic: profile/1
name: Kills
vessels: {{only: {{volume: 15 mL}}}}
jobs: {{stirring: {{target: {rpm} rpm}}}}
phases: [{{name: run, duration: 30 d}}]
"""
QUEUED_MAX = 8


class Unsure(Exception):
    """The leader died, or did not answer."""


@dataclass(slots=True)
class Promises:
    """What was answered, and what was asked and not answered."""

    submitted: dict[str, str] = field(default_factory=dict)
    """Key → experiment."""
    unsure_keys: set[str] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)
    """Experiment → names that it may have: one, or more where an answer is missing."""
    cancelled: set[str] = field(default_factory=set)
    first: str | None = None
    """Moved to the front by the last move that was answered; None if a later one was not."""
    revisions: Counter[str] = field(default_factory=Counter)
    """Experiment → revisions that were taken at the least."""
    under_way: Counter[str] = field(default_factory=Counter)
    """What was asked when the leader was killed, by kind."""


@dataclass(slots=True)
class RestlessUsers:
    """Three at a time, over HTTP."""

    url: str
    chance: Random
    promises: Promises = field(default_factory=Promises)
    number: int = 0
    asking: Counter[str] = field(default_factory=Counter)

    async def bustle(self) -> None:
        """Until cancelled."""
        async with (
            aiohttp.ClientSession(
                self.url, timeout=aiohttp.ClientTimeout(total=10), headers=ADMINISTRATOR
            ) as session,
            asyncio.TaskGroup() as tasks,
        ):
            for kinds in (("submit", "cancel"), ("move", "edit", "hold"), ("apply", "submit")):
                tasks.create_task(self._one(session, kinds), name=f"bustle {kinds[0]}")

    async def _one(self, session: aiohttp.ClientSession, kinds: tuple[str, ...]) -> None:
        while True:
            kind = self.chance.choice(kinds)
            self.asking[kind] += 1
            try:
                await getattr(self, f"_{kind}")(session)
            except Unsure:
                return
            self.asking[kind] -= 1

    async def _submit(self, session: aiohttp.ClientSession) -> None:
        queued = await self._ids(session, "queued")
        if len(queued) >= QUEUED_MAX:
            await asyncio.sleep(0.05)
            return
        self.number += 1
        key = f"k{self.number}"
        self.promises.unsure_keys.add(key)
        made = await self.submit(session, key)
        self.promises.submitted[key] = made
        self.promises.unsure_keys.discard(key)
        self.promises.names[made] = {"Kills"}

    async def submit(self, session: aiohttp.ClientSession, key: str) -> str:
        """The experiment of this key."""
        body = {"text": TEXT.format(rpm=500), "file": "kills.yaml"}
        status, made = await _ask(session, "POST", "", body, {"Idempotency-Key": key})
        assert status == 201, made
        return str(made["id"])

    async def _cancel(self, session: aiohttp.ClientSession) -> None:
        going = await self._ids(session, "running", "queued")
        if len(going) < 3:
            return
        one = self.chance.choice(going)
        status, _ = await _ask(session, "POST", f"/{one}/cancel")
        if status == 200:
            self.promises.cancelled.add(one)

    async def _move(self, session: aiohttp.ClientSession) -> None:
        queued = await self._ids(session, "queued")
        if len(queued) < 2:
            await asyncio.sleep(0.02)
            return
        self.promises.first = None
        one = self.chance.choice(queued)
        status, _ = await _ask(session, "POST", f"/{one}/move", {"to": "first"})
        if status == 200:
            self.promises.first = one

    async def _edit(self, session: aiohttp.ClientSession) -> None:
        queued = await self._ids(session, "queued")
        if not queued:
            return
        one, self.number = self.chance.choice(queued), self.number + 1
        name = f"Name {self.number}"
        self.promises.names.setdefault(one, {"Kills"}).add(name)
        status, _ = await _ask(session, "PATCH", f"/{one}", {"name": name}, {"If-Match": "*"})
        if status == 200:
            self.promises.names[one] = {name}
        else:
            self.promises.names[one].discard(name)

    async def _hold(self, session: aiohttp.ClientSession) -> None:
        queued = await self._ids(session, "queued")
        if queued:
            one = self.chance.choice(queued)
            await _ask(session, "POST", f"/{one}/hold", {"note": "a moment"})
            await _ask(session, "POST", f"/{one}/release")

    async def _apply(self, session: aiohttp.ClientSession) -> None:
        running = await self._ids(session, "running")
        if not running:
            await asyncio.sleep(0.02)
            return
        one = self.chance.choice(running)
        body = {"text": TEXT.format(rpm=self.chance.randrange(300, 900)), "file": "kills.yaml"}
        status, shown = await _ask(session, "POST", f"/{one}/difference", body)
        if status != 200:
            return
        terms = {**body, "difference": shown["hash"], "accept_jumps": True}
        status, made = await _ask(session, "POST", f"/{one}/revisions", terms)
        if status == 200:
            self.promises.revisions[one] = max(self.promises.revisions[one], made["revision"])

    async def _ids(self, session: aiohttp.ClientSession, *states: str) -> list[str]:
        query = "&".join(f"state={state}" for state in states)
        _, found = await _ask(session, "GET", f"?{query}&limit=100")
        return [each["id"] for each in found["items"]]


async def _ask(
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    more: dict[str, Any] = {} if method == "GET" or body is None else {"json": body}
    try:
        async with session.request(
            method, f"/api/experiments{path}", headers=headers, **more
        ) as response:
            return response.status, await response.json(content_type=None)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        raise Unsure from None


async def answers(url: str, within_s: float) -> None:
    """Wait until somebody answers there."""
    async with asyncio.timeout(within_s), aiohttp.ClientSession(url) as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with session.get("/api/queue") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.02)
