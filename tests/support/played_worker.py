"""A worker that says what a test has it say, and remembers what it hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.journal.memory_album import MemoryAlbum
from orchestrator.messages import topics
from orchestrator.messages.codec import decode, encode
from orchestrator.messages.orders import (
    CommandMessage,
    CommandResult,
    PlanAnswer,
    PlanMessage,
    RunAnswer,
)
from orchestrator.messages.outbox import Accepted, Batch, EntryRecord, ReadingRecord, Record
from orchestrator.messages.reports import (
    Capabilities,
    PumpReport,
    ReactorReport,
    RunReport,
    StateMessage,
    StopReport,
)
from orchestrator.ports.album import Album
from orchestrator.transport.memory import MemoryLink
from orchestrator.worker.show_picture import show_picture

WALL = 1_800_000_000.0


@dataclass(slots=True)
class PlayedWorker:
    """Says what a test has it say, and remembers what it hears."""

    name: str
    link: MemoryLink
    reactors: Sequence[str]
    session: str = "s1"
    tags: Sequence[str] = ()
    epoch: int = 0
    number: int = 0
    outbox: str = "box"
    plans: list[PlanMessage] = field(default_factory=list)
    accepted: set[int] = field(default_factory=set)
    commands: list[CommandMessage] = field(default_factory=list)
    answer_plans: bool = True
    refuse: str = ""
    answer_commands: bool = True
    album: Album = field(default_factory=MemoryAlbum)
    stopped: dict[str, StopReport] = field(default_factory=dict)
    runs: dict[str, RunReport] = field(default_factory=dict)

    async def listen(self) -> None:
        async with self.link.subscribe(
            topics.plan(self.name), topics.command(self.name), topics.outbox_accepted(self.name)
        ) as arrivals:
            async for arrival in arrivals:
                if arrival.topic == topics.plan(self.name):
                    await self._take_plan(decode(arrival.payload, PlanMessage))
                elif arrival.topic == topics.command(self.name):
                    await self._take_command(decode(arrival.payload, CommandMessage))
                else:
                    for first, last in decode(arrival.payload, Accepted).ranges:
                        self.accepted |= set(range(first, last + 1))

    async def _take_plan(self, plan: PlanMessage) -> None:
        self.plans.append(plan)
        if not self.answer_plans:
            return
        if plan.epoch < self.epoch:
            answer = PlanAnswer(epoch=plan.epoch, accepted=False, reason="old")
        else:
            self.epoch = plan.epoch
            answers = [
                RunAnswer(
                    attempt=order.attempt,
                    vessel=order.vessel,
                    revision=order.revision,
                    plan_hash=order.plan_hash,
                    accepted=not self.refuse,
                    reason=self.refuse,
                )
                for order in plan.runs
            ]
            answer = PlanAnswer(epoch=plan.epoch, accepted=not self.refuse, runs=answers)
        await self.link.publish(topics.plan_accepted(self.name), encode(answer))

    async def _take_command(self, command: CommandMessage) -> None:
        self.commands.append(command)
        if command.name == "picture" and self.answer_commands:
            said = await show_picture(self.album, command.args)
            result = CommandResult(id=command.id, **said)
            await self.link.publish(topics.command_result(self.name, command.id), encode(result))
            return
        if self.answer_commands:
            result = CommandResult(id=command.id, outcome="done", result={"said": command.name})
            await self.link.publish(topics.command_result(self.name, command.id), encode(result))

    async def appear(self, state: str = "ready") -> None:
        reactor = ReactorReport(
            sensors=["photodiode"],
            outputs=["stirrer"],
            pumps={"feed_pump": PumpReport(medium="feed", direction="in", flow_ml_min=1.0)},
            calibrations={},
            capacity_ml=20.0,
        )
        capabilities = Capabilities(
            worker=self.name,
            version="1",
            reactors=dict.fromkeys(self.reactors, reactor),
            jobs=["stirring", "dosing"],
            tags=list(self.tags),
        )
        await self.link.publish(topics.capabilities(self.name), encode(capabilities), retain=True)
        await self.say(state)

    async def say(self, state: Any = "ready") -> None:
        message = StateMessage(
            worker=self.name,
            session=self.session,
            state=state,
            at_wall_s=WALL,
            epoch=self.epoch,
            runs=list(self.runs.values()),
            stopped=self.stopped,
        )
        await self.link.publish(topics.state(self.name), encode(message), retain=True)

    def report(self, run: str, state: str) -> None:
        attempt, _, vessel = run.partition(":")
        self.runs[run] = RunReport(
            experiment=attempt.rpartition(".")[0],
            attempt=attempt,
            vessel=vessel,
            reactor=self.reactors[0],
            revision=1,
            plan_hash="q",
            state=state,
            control_seq=0,
        )

    def batch(self, *records: Record) -> Batch:
        first = self.number + 1
        self.number += len(records)
        return Batch(outbox=self.outbox, first=first, last=self.number, records=list(records))

    async def send(self, *records: Record) -> None:
        payload = encode(self.batch(*records))
        await self.link.publish(topics.outbox(self.name), payload)


def entry(
    run: str, kind: str, process_s: float = 1.0, key: str | None = None, /, **data: Any
) -> EntryRecord:
    return EntryRecord(
        run=run,
        revision=1,
        kind=kind,
        process_s=process_s,
        wall_s=WALL + process_s,
        key=key,
        data=data,
    )


def reading(run: str, process_s: float, value: float = 0.5, signal: str = "od600") -> ReadingRecord:
    return ReadingRecord(
        run=run,
        revision=1,
        signal=signal,
        process_s=process_s,
        wall_s=WALL + process_s,
        value=value,
    )
