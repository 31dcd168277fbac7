"""A leader's side of the link, played by a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal
from uuid import uuid4

from orchestrator.messages import topics
from orchestrator.messages.codec import decode, encode
from orchestrator.messages.orders import (
    CommandMessage,
    CommandResult,
    PlanAnswer,
    PlanMessage,
    RunOrder,
)
from orchestrator.messages.outbox import Accepted, Batch, EntryRecord, ReadingRecord, Record
from orchestrator.messages.reports import AnnounceMessage, Capabilities, StateMessage
from orchestrator.ports.clock import Clock
from orchestrator.ports.link import LinkDown
from orchestrator.transport.memory import MemoryBroker, MemoryLink

Name = Literal[
    "answer", "set", "release", "dose", "stop", "start", "hold", "emergency_stop", "release_stop"
]


class PlayedLeader:
    """Keeps what it hears of one worker, and accepts its outbox."""

    def __init__(self, broker: MemoryBroker, clock: Clock, worker: str = "w1") -> None:
        self.link = MemoryLink(broker, identifier=f"leader-{uuid4().hex[:6]}")
        self.worker, self.clock = worker, clock
        self.records: dict[int, Record] = {}
        self.outboxes: set[str] = set()
        self.answers: list[PlanAnswer] = []
        self.results: dict[str, CommandResult] = {}
        self.states: list[StateMessage] = []
        self.capabilities: Capabilities | None = None
        self.announced: dict[str, AnnounceMessage] = {}
        self.live: dict[str, list[float]] = {}
        self.epoch = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[PlayedLeader]:
        async with self.link:
            await self.link.wait_connected(2.0)
            task = asyncio.create_task(self._listen())
            try:
                yield self
            finally:
                task.cancel()
                await asyncio.wait((task,))

    async def order(self, *runs: RunOrder) -> PlanAnswer:
        """Publish a plan and wait for its answer."""
        self.epoch += 1
        message = PlanMessage(epoch=self.epoch, runs=[*runs])
        await self.link.publish(topics.plan(self.worker), encode(message), retain=True)
        await until(lambda: any(answer.epoch == self.epoch for answer in self.answers))
        return self.answers[-1]

    async def command(self, name: Name, **more: Any) -> CommandResult:
        """Send a command and wait for its result."""
        command = self.command_message(name, **more)
        await self.send(command)
        await until(lambda: command.id in self.results)
        return self.results[command.id]

    def command_message(self, name: Name, **more: Any) -> CommandMessage:
        values: dict[str, Any] = {
            "id": uuid4().hex,
            "session": self.states[-1].session,
            "sent_wall_s": self.clock.now().wall_s,
            "by": "anna",
            "name": name,
        }
        return CommandMessage(**(values | more))

    async def send(self, command: CommandMessage) -> None:
        await self.link.publish(topics.command(self.worker), encode(command))

    def entries(self, kind: str) -> list[EntryRecord]:
        records = [self.records[number] for number in sorted(self.records)]
        return [each for each in records if isinstance(each, EntryRecord) and each.kind == kind]

    def readings(self, signal: str) -> list[ReadingRecord]:
        records = [self.records[number] for number in sorted(self.records)]
        return [
            each for each in records if isinstance(each, ReadingRecord) and each.signal == signal
        ]

    async def _listen(self) -> None:
        async with self.link.subscribe(f"{topics.ROOT}/{self.worker}/#", limit=10_000) as arrivals:
            async for arrival in arrivals:
                await self._take(arrival.topic.split("/", 3)[3], arrival.payload)

    async def _take(self, what: str, payload: bytes) -> None:
        if what == "outbox":
            await self._accept(decode(payload, Batch))
        elif what == "plan/accepted":
            self.answers.append(decode(payload, PlanAnswer))
        elif what == "state":
            self.states.append(decode(payload, StateMessage))
        elif what == "capabilities":
            self.capabilities = decode(payload, Capabilities)
        elif what.endswith("/result"):
            result = decode(payload, CommandResult)
            self.results[result.id] = result
        elif what.startswith("announce/"):
            self.announced[what.removeprefix("announce/")] = decode(payload, AnnounceMessage)
        elif what.startswith("live/"):
            self.live.setdefault(what.removeprefix("live/"), []).append(float(payload))

    async def _accept(self, batch: Batch) -> None:
        self.outboxes.add(batch.outbox)
        for number, record in enumerate(batch.records, start=batch.first):
            assert self.records.setdefault(number, record) == record
        accepted = Accepted(outbox=batch.outbox, ranges=[(batch.first, batch.last)])
        try:
            await self.link.publish(topics.outbox_accepted(self.worker), encode(accepted))
        except LinkDown:
            return


async def until(holds: Callable[[], bool], limit_s: float = 5.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.005)
