"""The person in the room: answers, inoculates, takes samples, and tries again until it worked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from random import Random

from orchestrator.faults.bench import Bench
from orchestrator.faults.machines import LeaderMachine, WorkerMachine
from orchestrator.leader.service import Leader
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.ports.link import LinkDown
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.records import Binding, Question
from orchestrator.ports.store import NotFound, StoreBusy, StoreFull

LOOK_S = 20.0
THINKS_S_MAX = 300.0
NAME = "rehearsal"
NOT_NOW = (NoAnswer, RequestRefused, NotFound, StoreBusy, StoreFull, LinkDown, TransitionRefused)
"""What makes a person try again later."""

Errand = Callable[[Leader], Awaitable[object]]


class Attendant:
    """Works through the leader, as the dashboard does, and on the glass itself."""

    def __init__(
        self,
        leader: LeaderMachine,
        workers: Sequence[WorkerMachine],
        benches: Mapping[str, Bench],
        bindings: Mapping[str, Binding],
        sterile: set[str],
        chance: Random,
    ) -> None:
        self.experiment = ""
        self.stopping = 0
        """How many want everything to stand still now."""
        self._has_released = False
        self._leader, self._benches, self._bindings = leader, benches, bindings
        self._workers = {machine.name: machine for machine in workers}
        self._sterile, self._chance = sterile, chance
        self._thinking: dict[str, float] = {}
        """Question → when it will be answered."""
        self._handled: set[str] = set()

    async def run(self) -> None:
        """Look at the dashboard now and then, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._leader.leader is not None and self.experiment:
                await self._look()
                if not self.stopping:
                    await self._let_go()

    async def insist(self, errand: Errand) -> None:
        """Have something done through the leader, however often it takes."""
        while not await self.attempt(errand):
            await asyncio.sleep(LOOK_S)

    async def attempt(self, errand: Errand) -> bool:
        """Try it once; whether it worked."""
        leader = self._leader.leader
        if leader is None or not leader.ready.is_set() or self._leader.hangs:
            return False
        try:
            async with asyncio.timeout(60.0):
                await errand(leader)
        except (*NOT_NOW, TimeoutError):
            return False
        return True

    async def _look(self) -> None:
        questions = await self._leader.shelf.store.questions(experiment=self.experiment)
        now_s = asyncio.get_running_loop().time()
        for question in questions:
            at_s = self._thinking.setdefault(
                question.key, now_s + self._chance.uniform(0.0, THINKS_S_MAX)
            )
            if now_s >= at_s:
                await self._act(question)

    async def _let_go(self) -> None:
        """What stands still although nobody wants it to is released, and goes on after that."""
        shelf = self._leader.shelf  # its store is another one after each death of a leader
        for record in await shelf.store.workers():
            if (record.state or {}).get("stopped"):
                if not await self.attempt(partial(_release, record.worker)):
                    self._release_at_the_door(record.worker)
                self._has_released = True
        if self._has_released:
            runs = await shelf.store.runs(experiment=self.experiment)
            if any(run.state is State.PAUSED for run in runs):
                await self.attempt(lambda leader: leader.resume(self.experiment, by=NAME))

    def _release_at_the_door(self, worker: str) -> None:
        """Where the leader's word is refused, since their clocks differ, the worker's own door is
        open."""
        machine = self._workers[worker]
        if machine.worker is not None and not machine.hangs:
            machine.within(machine.worker.release_stop(NAME))

    async def _act(self, question: Question) -> None:
        if question.key not in self._handled:
            self._handled.add(question.key)
            await self._handle(question)
        await self.attempt(lambda leader: leader.answer(question.key, "yes", by=NAME))

    async def _handle(self, question: Question) -> None:
        """Do to the culture what was asked for."""
        bench = self._benches[self._bindings[question.vessel].reactor]
        now_s = asyncio.get_running_loop().time()
        if question.kind == "sample":
            volume_ml = await self._sample_ml(question)
            bench.look()
            bench.physics.remove_sample(volume_ml, now_s)
        elif question.vessel in self._sterile:
            self._sterile.discard(question.vessel)
            bench.physics.inoculate(now_s)

    async def _sample_ml(self, question: Question) -> float:
        run = f"{question.attempt}:{question.vessel}"
        for line in await self._leader.shelf.store.ledger(run, limit=1_000_000):
            if line.key == question.key and line.kind == Kind.ACTION_BEGAN:
                return float(line.data["args"]["volume_ml"])
        return 0.0


async def _release(worker: str, leader: Leader) -> None:
    said = await leader.command(worker, "release_stop", {}, by=NAME)
    if said.outcome != Outcome.DONE:
        raise RequestRefused(said.reason)
