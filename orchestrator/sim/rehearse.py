"""A whole experiment in seconds: the worker as it is, on a virtual clock and simulated cultures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any
from zlib import crc32

from orchestrator.execution.answers import AnswerRefused
from orchestrator.jobs.guest import Invitation
from orchestrator.jobs.job import Job
from orchestrator.jobs.registry import job_named
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.memory_album import MemoryAlbum
from orchestrator.model.canonical import plain
from orchestrator.model.experiment import State
from orchestrator.model.expression import Const
from orchestrator.model.interlock import Interlock
from orchestrator.model.photodiode import PHOTODIODE
from orchestrator.model.picture import CAMERA
from orchestrator.model.plan import Plan, Slice
from orchestrator.sim.apparatus import AT_ANGLES, Apparatus, MediumPump, Vial, at_angles
from orchestrator.sim.clock import VirtualClock
from orchestrator.sim.notebook import Notebook
from orchestrator.sim.organism import E_COLI, Organism
from orchestrator.sim.outside import Outside, bring_about
from orchestrator.sim.person import Habits, Person
from orchestrator.sim.reactor import Reactor
from orchestrator.sim.reactor_port import SimReactor
from orchestrator.sim.revising import ATTEMPT, Refused, Revision, begin, revise
from orchestrator.worker.service import Worker

LOOK_S = 60.0
"""How often it is looked whether anything is left to happen, in simulated seconds."""
TELL_S = 3600.0
"""How often progress is told, in simulated seconds."""
TRUTH = ("sim.od600", "sim.biomass_g_l", "sim.substrate_g_l", "sim.volume_ml", "sim.fed_ml")
TRUTH_NAMES = (*TRUTH, "sim.removed_ml", "sim.drug_mg_l", "sim.temperature_c", "sim.light")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What is to be rehearsed, and how."""

    plan: Plan
    plan_hash: str
    start_wall_s: float
    for_s: float = inf
    seed: int = 1
    organism: Organism = E_COLI
    habits: Habits = field(default_factory=Habits)
    outside: tuple[Outside, ...] = ()
    revisions: tuple[Revision, ...] = ()
    """What it goes on by later, in order."""
    interlocks: Mapping[str, tuple[Interlock, ...]] = field(default_factory=dict)
    """By vessel."""
    angles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """By vessel, of the photodiodes that its reactor has besides the first; where nobody says,
    those that the plan reads."""
    evaporation_ml_h: Mapping[str, float] = field(default_factory=dict)
    """By vessel, of its reactor."""


async def rehearse(
    wanted: Rehearsal,
    notebook: Notebook,
    progress: Callable[[float], None] | None = None,
    jobs: Callable[[str], Job[Any] | Invitation] = job_named,
) -> float:
    """Run until no vessel goes on, or as long as was asked; answer the seconds that passed.

    `progress` is told the simulated seconds, about once a simulated hour. `jobs` may know guests,
    which have to be stepped in lock-step: nobody else knows that time stands meanwhile.

    Raises:
        Refused: the worker does not take the plan, or a revision of it.
    """
    clock = VirtualClock(wall_s=wanted.start_wall_s)
    slices = {slice_.vessel: slice_ for slice_ in wanted.plan.vessels}
    cultures = {
        vessel: Reactor(
            wanted.organism,
            apparatus_for(
                slice_, wanted.angles.get(vessel), wanted.evaporation_ml_h.get(vessel, 0.0)
            ),
            seed=_seed(wanted.seed, vessel),
        )
        for vessel, slice_ in slices.items()
    }
    worker = Worker(
        "rehearsal",
        clock=clock,
        journal=MemoryJournal(sink=notebook, outbox=ATTEMPT),
        reactors={
            vessel: SimReactor(culture, clock, vessel, wanted.interlocks.get(vessel, ()))
            for vessel, culture in cultures.items()
        },
        simulated=True,
        jobs=jobs,
        album=MemoryAlbum(),
    )

    def answer(vessel: str, key: str, text: str) -> None:
        unit = worker.vessels.of(ATTEMPT, vessel)
        if unit is not None:
            try:
                unit.answer(key, text, "rehearsal")
            except AnswerRefused as refusal:
                logger.warning("the question %s stays open: %s", key, refusal)

    person = Person(
        clock=clock, cultures=cultures, slices=slices, habits=wanted.habits, answer=answer
    )
    notebook.heard = person.hear
    _sample_truth(clock, cultures, notebook)
    serving = asyncio.create_task(worker.serve(), name="rehearsing worker")
    try:
        await worker.ready.wait()
        await begin(worker, wanted.plan, wanted.plan_hash)
        bring_about(wanted.outside, clock, worker.vessels)
        return await _watch(clock, worker, wanted, serving, progress)
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        notebook.close()


def apparatus_for(
    slice_: Slice, angles: Sequence[int] | None = None, evaporation_ml_h: float = 0.0
) -> Apparatus:
    """A vessel of the profile's volume with the profile's bottles, and with photodiodes at these
    angles, or those that it reads."""
    pumps = {
        f"{bottle.medium}_pump": MediumPump(bottle_ml=bottle.volume_ml)
        for bottle in slice_.media
        if bottle.medium != "waste"
    }
    apparatus = Apparatus(
        vial=replace(Vial.holding(slice_.volume_ml), evaporation_ml_h=evaporation_ml_h),
        angles=at_angles(angles_wanted(slice_) if angles is None else angles),
        cameras=tuple(sorted({CAMERA, *_cameras_in(plain(slice_))})),
    )
    return replace(apparatus, media_pumps=pumps) if pumps else apparatus


def angles_wanted(slice_: Slice) -> tuple[int, ...]:
    """Of the photodiode that od600 is made of, where that is not the first; for a mean all."""
    jobs = [slice_.jobs, *(phase.jobs for phase in slice_.phases)]
    chosen = [on["od_reading"].settings.get("od600_from") for on in jobs if "od_reading" in on]
    wanted = {each.value for each in chosen if isinstance(each, Const)}
    if "mean" in wanted:
        return tuple(AT_ANGLES)
    return tuple(angle for angle in AT_ANGLES if f"{PHOTODIODE}_{angle}" in wanted)


def _cameras_in(part: Any) -> Iterator[str]:
    """The cameras that a part of a plan names: a job's setting, and snapshots."""
    if isinstance(part, Mapping):
        named = part.get(CAMERA)
        if isinstance(named, str):
            yield named
        part = [*part.values()]
    if isinstance(part, list | tuple):
        for each in part:
            yield from _cameras_in(each)


async def _watch(
    clock: VirtualClock,
    worker: Worker,
    wanted: Rehearsal,
    serving: asyncio.Task[None],
    progress: Callable[[float], None] | None,
) -> float:
    began_s, tell_s, for_s = clock.now().monotonic_s, 0.0, wanted.for_s
    later = deque(enumerate(wanted.revisions, start=2))
    while not serving.done():
        passed_s = clock.now().monotonic_s - began_s
        while later and later[0][1].at_s <= passed_s and _goes_on(worker):
            number, revision = later.popleft()
            await revise(worker, revision, number)
        if progress is not None and passed_s >= tell_s:
            progress(passed_s)
            tell_s = passed_s + TELL_S
        if passed_s >= for_s or not _anything_left(worker):
            if later:
                raise Refused(f"revision {later[0][0]}: it was over before, after {passed_s:g} s")
            return passed_s
        next_s = later[0][1].at_s if later else inf
        await clock.sleep_until(began_s + min(passed_s + LOOK_S, for_s, next_s))
    await serving  # it broke down: say how
    raise Refused("the worker ended by itself")


def _anything_left(worker: Worker) -> bool:
    """Whether a vessel goes on; one that is paused does not, since nobody will resume it here."""
    return any(
        not unit.view.ended and unit.view.state is not State.PAUSED for unit in worker.vessels.units
    )


def _goes_on(worker: Worker) -> bool:
    return any(not unit.view.ended for unit in worker.vessels.units)


def _sample_truth(clock: VirtualClock, cultures: dict[str, Reactor], notebook: Notebook) -> None:
    """Take down what no sensor knows, once in each interval."""

    def sample() -> None:
        now_s = clock.now().monotonic_s
        for vessel, culture in cultures.items():
            truth = culture.truth(now_s)
            notebook.take_down(vessel, now_s, [(name, truth[name]) for name in TRUTH_NAMES])
        clock.call_at(now_s + notebook.every_s, sample)

    clock.call_at(clock.now().monotonic_s, sample)


def _seed(seed: int, vessel: str) -> int:
    """A seed of its own for each vessel, the same on every machine."""
    return crc32(f"{seed}/{vessel}".encode())
