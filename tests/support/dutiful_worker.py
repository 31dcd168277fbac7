"""A worker without hardware that keeps the contract, and is the witness of what it was told.

It begins what it is ordered to, ends it after a while, sends what it has to say until that is
accepted, and notes every order that would have let two runs drive one reactor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from orchestrator.messages import topics
from orchestrator.messages.codec import decode, encode
from orchestrator.messages.orders import PlanAnswer, PlanMessage, RunAnswer, RunOrder
from orchestrator.messages.outbox import Accepted, Batch, EntryRecord, ReadingRecord, Record
from orchestrator.messages.reports import Capabilities, ReactorReport, RunReport, StateMessage
from orchestrator.ports.link import Link, LinkDown

WALL = 1_800_000_000.0
RESEND_S = 0.15


@dataclass(slots=True)
class Played:
    """A run here."""

    order: RunOrder
    state: str = "running"
    ends_s: float = 0.0
    revision: int = 1
    control_seq: int = 0

    @property
    def name(self) -> str:
        return f"{self.order.attempt}:{self.order.vessel}"


@dataclass(slots=True)
class DutifulWorker:
    """As its leader sees it."""

    name: str
    link: Link
    reactors: Sequence[str]
    chance: Random
    epoch: int = 0
    runs: dict[str, Played] = field(default_factory=dict)
    fences: dict[str, int] = field(default_factory=dict)
    sent: list[Record] = field(default_factory=list)
    accepted: set[int] = field(default_factory=set)
    wrongs: list[str] = field(default_factory=list)

    async def serve(self) -> None:
        """Until cancelled."""
        async with (
            self.link.subscribe(topics.plan(self.name)) as plans,
            self.link.subscribe(topics.outbox_accepted(self.name)) as accepted,
            asyncio.TaskGroup() as tasks,
        ):
            self.link.on_connect(self._greet)
            await self._greet()
            tasks.create_task(self._live(), name=f"{self.name} lives")
            tasks.create_task(self._hear(accepted), name=f"{self.name} hears")
            async for arrival in plans:
                await self._take(decode(arrival.payload, PlanMessage))

    @property
    def waiting(self) -> int:
        """Records that were not accepted yet."""
        return len(self.sent) - len(self.accepted)

    async def _greet(self) -> None:
        report = ReactorReport(
            sensors=["photodiode"], outputs=[], pumps={}, calibrations={}, capacity_ml=20.0
        )
        offer = Capabilities(
            worker=self.name,
            version="1",
            reactors=dict.fromkeys(self.reactors, report),
            jobs=["stirring"],
        )
        await self._publish(topics.capabilities(self.name), encode(offer), retain=True)
        await self._say()

    async def _take(self, plan: PlanMessage) -> None:
        if plan.epoch < self.epoch:
            return
        self.epoch = plan.epoch
        answers = [self._obey(order) for order in plan.runs]
        message = PlanAnswer(epoch=plan.epoch, accepted=True, runs=answers)
        await self._publish(topics.plan_accepted(self.name), encode(message))
        await self._say()

    def _obey(self, order: RunOrder) -> RunAnswer:
        name = f"{order.attempt}:{order.vessel}"
        known = self.runs.get(name)
        if known is None and order.stage == "run" and order.wanted in ("running", "paused"):
            self._begin(order)
        elif known is not None and known.state == "running" and order.stage == "run":
            if order.revision > known.revision:
                known.revision = order.revision
                self._write(name, "revised", revision=order.revision)
            if order.control_seq > known.control_seq and order.wanted == "cancelled":
                self._end(known, "cancelled")
            known.control_seq = max(known.control_seq, order.control_seq)
        return RunAnswer(
            attempt=order.attempt,
            vessel=order.vessel,
            revision=order.revision,
            plan_hash=order.plan_hash,
            accepted=True,
        )

    def _begin(self, order: RunOrder) -> None:
        here = [
            run.name
            for run in self.runs.values()
            if run.order.reactor == order.reactor and run.state == "running"
        ]
        seen = self.fences.get(order.reactor, 0)
        if here:
            self.wrongs.append(f"{order.attempt} on {order.reactor}, where {here} runs")
        if order.fence <= seen:
            self.wrongs.append(f"{order.attempt} has the token {order.fence}, {seen} was seen")
        self.fences[order.reactor] = max(seen, order.fence)
        ends_s = asyncio.get_running_loop().time() + self.chance.uniform(0.2, 2.5)
        run = Played(order, ends_s=ends_s, revision=order.revision, control_seq=order.control_seq)
        self.runs[run.name] = run
        self._write(run.name, "run_began")

    def _end(self, run: Played, state: str) -> None:
        run.state = state
        self._write(
            run.name, "run_ended", state=state, reason="" if state == "completed" else "told"
        )

    def _write(self, run: str, kind: str, **data: object) -> None:
        number = len(self.sent)
        entry = EntryRecord(
            run=run,
            revision=1,
            kind=kind,
            process_s=float(number),
            wall_s=WALL + number,
            key=None,
            data=data,
        )
        self.sent.append(entry)

    def _measure(self, run: str) -> None:
        number = len(self.sent)
        self.sent.append(
            ReadingRecord(
                run=run,
                revision=1,
                signal="od600",
                process_s=float(number),
                wall_s=WALL + number,
                value=0.5,
            )
        )

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(RESEND_S)
            now_s = asyncio.get_running_loop().time()
            for run in self.runs.values():
                if run.state == "running":
                    self._measure(run.name)
                    if now_s > run.ends_s:
                        self._end(run, "completed")
                        await self._say()
            await self._send()

    async def _send(self) -> None:
        """Whatever is not accepted, from its first number on."""
        missing = [number for number in range(1, len(self.sent) + 1) if number not in self.accepted]
        if missing:
            first, last = missing[0], min(missing[0] + 99, len(self.sent))
            records = self.sent[first - 1 : last]
            batch = Batch(outbox=f"box-{self.name}", first=first, last=last, records=records)
            await self._publish(topics.outbox(self.name), encode(batch))

    async def _hear(self, arrivals: object) -> None:
        async for arrival in arrivals:  # type: ignore[attr-defined]
            for first, last in decode(arrival.payload, Accepted).ranges:
                self.accepted |= set(range(first, last + 1))

    async def _say(self) -> None:
        message = StateMessage(
            worker=self.name,
            session="s1",
            state="ready",
            at_wall_s=WALL,
            epoch=self.epoch,
            runs=[
                RunReport(
                    experiment=run.order.experiment,
                    attempt=run.order.attempt,
                    vessel=run.order.vessel,
                    reactor=run.order.reactor,
                    revision=run.revision,
                    plan_hash=run.order.plan_hash,
                    state=run.state,
                    control_seq=run.control_seq,
                )
                for run in [*self.runs.values()][-20:]
            ],
        )
        await self._publish(topics.state(self.name), encode(message), retain=True)

    async def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        try:
            await self.link.publish(topic, payload, retain=retain)
        except LinkDown:
            return
