"""What people do to a running experiment, and the world around it, in the middle of a storm."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from orchestrator.faults.edits import documents_of, edited
from orchestrator.faults.storm import Trouble
from orchestrator.leader.service import Leader
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import EventStart, Plan
from orchestrator.ports.office import OutsideEvent, RequestRefused
from orchestrator.ports.records import Binding, Documents
from orchestrator.ports.store import NotFound

if TYPE_CHECKING:
    from orchestrator.faults.room import Room

WHO: Final = "rehearsal"
BACK: Final = 0.3
"""So often a person goes back to the revision before."""
AGREES: Final = 0.7
"""So often a person says beforehand that settings may jump, and where to go on."""
TIMED: Final = 0.4
"""So often what is set by hand has an end of its own."""
RPM: Final = 510.0
TARGET_C: Final = 30.5
"""What nobody but a hand sets; each time a little more."""
TRY_S: Final = 20.0


async def change_what_runs(room: Room, trouble: Trouble) -> None:
    """Go on by another plan, or by the one before."""
    chance, experiment = Random(trouble.dice), room.attendant.experiment
    back, agrees = chance.random() < BACK, chance.random() < AGREES
    plan = edited(room.case.plan, chance)
    move_to = chance.choice([phase.name for phase in plan.phases]) if agrees else ""

    async def change(leader: Leader) -> None:
        store = room.leader.shelf.store
        found = await store.experiment(experiment)
        if found is None:
            raise NotFound(f"there is no experiment {experiment}")
        documents: Documents | None = documents_of(plan, found.revision + 1)
        if back:
            documents = await store.documents(experiment, found.revision - 1)
        if documents is None:
            raise NotFound("there is nothing to go back to")
        agreed = replace(
            documents,
            revision=found.revision + 1,
            actor=WHO,
            accept_jumps=agrees,
            move_to=move_to,
        )
        await leader.revise(experiment, agreed)

    room.know(plan)
    await room.attendant.attempt(change)


async def hold_by_hand(room: Room, trouble: Trouble) -> None:
    """Set something, or stop a job; give it back later, as long as somebody can be reached."""
    chance = Random(trouble.dice)
    vessel = chance.choice(sorted(room.bindings))
    at, timed = room.bindings[vessel], chance.random() < TIMED
    name, args = _wish(chance)
    for_s = {"for_s": trouble.for_s} if timed else {}

    async def ask(leader: Leader, what: str, **more: object) -> None:
        said = await leader.command(at.worker, what, more, by=WHO, reactor=at.reactor)
        if said.outcome != Outcome.DONE and "not held" not in said.reason:
            raise RequestRefused(said.reason)

    if not await room.attendant.attempt(lambda leader: ask(leader, name, **args, **for_s)):
        return
    await asyncio.sleep(trouble.for_s)
    setting = args.get("setting") or args["job"]
    while not timed and asyncio.get_running_loop().time() < room.calm_s:
        if await room.attendant.attempt(lambda leader: ask(leader, "release", setting=setting)):
            return
        await asyncio.sleep(TRY_S)


def _wish(chance: Random) -> tuple[str, dict[str, object]]:
    # The last digit is odd: no ramp and no wave of a plan comes to such a value by itself.
    odd = (int(1e6 * chance.random()) | 1) / 1e6
    wishes: tuple[tuple[str, dict[str, object]], ...] = (
        ("set", {"setting": "stirring.target", "value": RPM + odd}),
        ("set", {"setting": "temperature.target", "value": TARGET_C + odd}),
        ("hold", {"job": "dosing"}),
        ("stop", {"job": "stirring"}),
    )
    return chance.choice(wishes)


async def bring_something(room: Room, trouble: Trouble) -> None:
    """Press a button, call a webhook or say something on a topic, twice under one name at times."""
    starts = sorted(set(_starts(room.case.plan)))
    if not starts:
        return
    kind, name = starts[trouble.choose(len(starts))]
    if kind == "topic":
        room.say(name, f"{trouble.dice:.3f}")
        return
    event = OutsideEvent(kind=kind, name=name, id=f"{trouble.dice:.9f}", payload="42")  # type: ignore[arg-type]
    for _ in range(1 + trouble.choose(2)):
        await room.attendant.attempt(
            lambda leader: leader.bring(room.attendant.experiment, event, by=WHO)
        )


async def say_what_moved(room: Room, trouble: Trouble) -> None:
    """Look at a vessel, and say what really moved in a dose of which nobody saw the end."""
    shelf = room.leader.shelf  # its store is another one after each death of a leader
    for run in await shelf.store.runs(experiment=room.attendant.experiment):
        lines = await shelf.store.ledger(run.run, limit=1_000_000)
        said = {line.key for line in lines if line.kind == Kind.DOSE_RESOLVED}
        open_ = [
            line.key or ""
            for line in lines
            if line.kind == Kind.DOSE_ENDED
            and line.data["outcome"] == Outcome.UNKNOWN
            and line.key not in said
        ]
        if open_:
            key, at = open_[trouble.choose(len(open_))], room.bindings[run.vessel]
            args = {"key": key, "volume_ml": room.bench_of(run.vessel).moved_ml(key)}
            await room.attendant.attempt(partial(_resolve, at, args))


async def _resolve(at: Binding, args: Mapping[str, object], leader: Leader) -> None:
    await leader.command(at.worker, "resolve", args, by=WHO, reactor=at.reactor)


def _starts(plan: Plan) -> Iterator[tuple[str, str]]:
    """What comes from outside and starts something."""
    for slice_ in plan.vessels:
        for rule in (*slice_.rules, *(rule for phase in slice_.phases for rule in phase.rules)):
            for start in rule.starts:
                if isinstance(start, EventStart) and start.event in ("button", "webhook", "topic"):
                    yield start.event, start.name
