"""One run: build the room, let the storm pass, wait for the calm, judge."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from orchestrator.faults.artifacts import artifacts
from orchestrator.faults.case import Case, Verdict
from orchestrator.faults.evidence import Evidence, gather
from orchestrator.faults.invariants import check
from orchestrator.faults.loop import VirtualLoop
from orchestrator.faults.machines import WorkerMachine
from orchestrator.faults.room import MakeWorker, Room
from orchestrator.faults.settle import not_yet
from orchestrator.faults.storm import Trouble, draw
from orchestrator.faults.strike import strike
from orchestrator.leader.service import Leader
from orchestrator.model.experiment import ENDED, State
from orchestrator.model.ledger import Kind
from orchestrator.ports.office import Submission

BEGIN_S = 60.0
SETTLE_S = 900.0
"""After the last trouble everything has come right again within so long."""
REST_S = 60.0
"""Once it has, it goes on for a while, and is looked at again."""
ENDED_SHARE = 0.5
"""Of the runs end with an experiment that is over, the others with one that goes on."""
CANCELLED_SHARE = 0.5
"""Of those are cancelled, the others finished."""
AWAY_SHARE = 0.5
"""Of those words find a worker dead, which is to act on them when it is back."""
AWAY_S = 40.0
FINISH_S = 120.0
LOOK_S = 5.0
DRAIN_S = 300.0
DRAIN_LOOK_S = 0.05


def run(case: Case, make_worker: MakeWorker = WorkerMachine) -> Verdict:
    """Live through it and judge; blocks for some seconds."""
    with (
        TemporaryDirectory(prefix="axenic-storm-") as folder,
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
        _listening() as said,
    ):
        return runner.run(_run(case, make_worker, said, Path(folder)))


async def _run(case: Case, make_worker: MakeWorker, said: list[str], folder: Path) -> Verdict:
    room = Room(case, make_worker, folder)
    troubles = case.troubles
    if troubles is None:
        troubles = draw(case.level, room.chance("storm"), case.calm_s)
    background: set[asyncio.Task[None]] = set()
    try:
        await _begin(room)
        for work in (room.watch_benches(), room.attendant.run()):
            background.add(asyncio.create_task(work))
        unsettled = await _weather(room, troubles) + await _settle(room)
        await asyncio.sleep(REST_S)
        ending = room.chance("ending")
        if ending.random() < ENDED_SHARE:
            unsettled += await _end(room, ending)
        evidence = await gather(room, unsettled, await _drain(room))
    finally:
        for task in background:
            task.cancel()
        await asyncio.wait(background)
        await room.end()
    violations = check(evidence)
    return Verdict(
        seed=case.seed,
        violations=violations,
        passed_s=asyncio.get_running_loop().time(),
        troubles=troubles,
        counts={**_counts(evidence, troubles), "on files": int(room.on_files)},
        artifacts=artifacts(room, evidence, troubles, violations, said),
    )


async def _begin(room: Room) -> None:
    """Everything is there, and the experiment is submitted."""
    for machine in room.machines:
        machine.up()
    case = room.case

    async def submit(leader: object) -> None:
        submission = Submission(
            text=case.text,
            file_name=case.file_name,
            actor="rehearsal",
            inputs=case.inputs,
            bindings=room.bindings,
        )
        found = await leader.submit(submission)  # type: ignore[attr-defined]
        room.attendant.experiment = found.id

    async with asyncio.timeout(BEGIN_S):
        while not await room.attendant.attempt(submit):
            await asyncio.sleep(1.0)


async def _weather(room: Room, troubles: Sequence[Trouble]) -> list[str]:
    """All troubles, and then the calm; what never came to its end."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(room.calm_s + SETTLE_S), asyncio.TaskGroup() as group:
            for trouble in troubles:
                group.create_task(strike(room, trouble))
    except TimeoutError:
        return [f"a trouble was not over {SETTLE_S:g} s after the last of them"]
    await asyncio.sleep(max(0.0, room.calm_s - loop.time()))
    return []


async def _settle(room: Room) -> list[str]:
    """What had not come right within the bound."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + SETTLE_S
    while missing := await not_yet(room):
        if loop.time() >= until_s:
            return missing
        await asyncio.sleep(LOOK_S)
    return []


async def _end(room: Room, chance: Random) -> list[str]:
    """A person finishes or cancels the experiment, at times while a worker is away; what has not
    come about of it within the bound."""
    cancels, away = chance.random() < CANCELLED_SHARE, chance.random() < AWAY_SHARE
    away = away and room.case.level != "none"
    absent = chance.choice(room.workers)
    try:
        async with asyncio.timeout(FINISH_S), asyncio.TaskGroup() as group:
            if away:
                group.create_task(absent.crash(AWAY_S))
            return await _call_off(room, cancels=cancels)
    except TimeoutError:
        found = await room.leader.shelf.store.experiment(room.attendant.experiment)
        state = found.state.value if found is not None else "not known"
        word = "cancelled" if cancels else "finished"
        return [f"the experiment is {state} {FINISH_S:g} s after a person {word} it"]


async def _call_off(room: Room, *, cancels: bool) -> list[str]:
    """Say so, and wait until it is over."""
    experiment, store = room.attendant.experiment, room.leader.shelf.store
    found = await store.experiment(experiment)
    if found is not None and found.state in ENDED:
        return []

    async def say(leader: Leader) -> None:
        await (leader.cancel if cancels else leader.finish)(experiment, by="rehearsal")

    await room.attendant.insist(say)
    while (found := await store.experiment(experiment)) is None or found.state not in ENDED:
        await asyncio.sleep(LOOK_S)
    if cancels and found.state is State.COMPLETED:
        return ["the experiment was cancelled, and is completed"]
    return []


async def _drain(room: Room) -> bool:
    """Wait for a moment at which nothing is on its way to the store."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + DRAIN_S
    while loop.time() < until_s:
        if all(_is_drained(worker) for worker in room.workers):
            return True
        await asyncio.sleep(DRAIN_LOOK_S)
    return False


def _is_drained(worker: WorkerMachine) -> bool:
    journal = worker.journal
    return journal is not None and journal.idle and journal.level().waiting == 0


def _counts(evidence: Evidence, troubles: Sequence[Trouble]) -> Mapping[str, int]:
    kinds = Counter(entry.kind for vessel in evidence.vessels for entry in vessel.ledger)
    return {
        "troubles": len(troubles),
        "readings": sum(len(vessel.readings) for vessel in evidence.vessels),
        "actions": kinds[Kind.ACTION_ENDED],
        "doses": kinds[Kind.DOSE_ENDED],
        "recoveries": kinds[Kind.RECOVERED],
        "revisions": kinds[Kind.REVISED],
        "alerts": kinds[Kind.ALERT],
    }


Say = Callable[[str], None]


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the services log goes into a list, with the virtual time, and nowhere else."""
    said: list[str] = []
    logger = logging.getLogger("orchestrator")
    before = logger.level, logger.propagate
    handler = _Listener(said)
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.INFO)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(f"{asyncio.get_running_loop().time():12.3f} {self.format(record)}")
