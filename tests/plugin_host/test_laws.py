"""A law of a plugin leads a built-in job, from a process of its own, and acts through that job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.jobs.guest import OnLoss
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry, Kind
from orchestrator.plugin_host.spec import GuestSpec
from tests.support.guests import UNRULY, guests
from tests.support.worker_rig import World, at, order, phase, slice_of, step, unit

pytestmark = pytest.mark.processes
ROOM_C = 22.0
DOSE = at("dose", 200.0, step("dose", volume_ml=0.5, medium="feed"))


def law(kind: str, leads: str = "dosing", **more: Any) -> GuestSpec:
    return GuestSpec(
        name=f"{leads}.{kind.lower()}",
        plugin="unruly",
        folder=str(UNRULY),
        module="laws",
        attribute=kind,
        leads=leads,
        **{"within_s": 5.0, "memory_mb": 300, **more},
    )


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of some time."""

    entries: list[Entry]
    truth: Mapping[str, float]
    state: State
    hottest_c: float

    def fed(self) -> list[tuple[float, str, str]]:
        began = {str(each.key): each for each in self.entries if each.kind is Kind.DOSE_BEGAN}
        return [
            (each.data["volume_ml"], each.data["outcome"], began[str(each.key)].data["cause"])
            for each in self.entries
            if each.kind is Kind.DOSE_ENDED
            and each.data["direction"] == "in"
            and str(each.key) in began
        ]

    def lost(self, job: str) -> list[str]:
        jobs = [each.data for each in self.entries if each.kind is Kind.JOB]
        return [each["reason"] for each in jobs if (each["job"], each["state"]) == (job, "lost")]


def run(spec: GuestSpec, seconds: float, items: tuple[Any, ...] = (), **limits: float) -> Ran:
    return asyncio.run(_run(spec, seconds, items, limits))


async def _run(
    spec: GuestSpec, seconds: float, items: tuple[Any, ...], limits: Mapping[str, float]
) -> Ran:
    world, (job, _, name) = World(), spec.name.partition(".")
    jobs = {job: {"automation": name, "settings": {"pace": 60.0}}}
    async with guests(spec, lockstep=True, simulated=True) as made:
        async with world.working(jobs=made.job_named) as worker:
            only = phase("one", duration_s=36000.0, items=items)
            plan = {**slice_of(only, jobs=jobs, limits=limits), "laws": [spec.name]}
            answer = await world.take(worker, order(plan))
            assert answer.accepted, answer.reason
            hottest_c = 0.0
            for _ in range(10):
                await world.advance(s=seconds / 10.0)
                truth = world.reactor.truth(world.clock.now().monotonic_s)
                hottest_c = max(hottest_c, truth["sim.temperature_c"])
            state = unit(worker).view.state
        return Ran(entries=await world.entries(), truth=truth, state=state, hottest_c=hottest_c)


def test_what_a_law_wants_its_job_does_and_the_law_hears_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SEMANTICS rules 3 and 14: one journal for every dose; laws in Python act inside a job."""
    caplog.set_level(logging.INFO, "axenic.plugin")
    ran = run(law("Steady"), 290.0, (DOSE,))
    assert ran.fed().count((1.0, "done", "a minute is over")) == 5
    assert [volume for volume, _, cause in ran.fed() if cause != "a minute is over"] == [0.5]
    assert ran.truth["sim.volume_ml"] <= 15.6
    heard = [each.message for each in caplog.records]
    assert heard.count("done 1 mL, 60") == 5
    assert ran == run(law("Steady"), 290.0, (DOSE,)), "to the letter"


def test_no_law_makes_a_vessel_run_over() -> None:
    ran = run(law("Flood"), 900.0, **{"dosing.vessel_maximum": 17.0, "dosing.per_hour": 9.0})
    moved = [volume for volume, outcome, _ in ran.fed() if outcome == "done"]
    assert moved == [2.0, 2.0, 2.0, 2.0], "and then no more in this hour"
    assert ran.truth["sim.volume_ml"] <= 17.0


@pytest.mark.parametrize(
    ("kind", "leads", "reason"),
    [
        ("Fallen", "dosing", "its process ended with exit code 3"),
        ("Asleep", "dosing", "it did not answer within 0.3 s"),
        ("Stuffed", "dosing", "it wanted more than the 300 MB that it may have"),
        ("Negative", "dosing", "it wants -1 mL exchanged, which is no volume"),
        ("Driver", "dosing", "it commands Drive; a law of dosing commands Exchange, "),
        ("Reader", "dosing", "it commands Sense; a law of dosing commands Exchange, "),
        ("Steady", "temperature", "it commands Exchange; a law of temperature commands Drive, "),
    ],
)
def test_a_law_that_falls_is_told_and_its_job_goes_on(kind: str, leads: str, reason: str) -> None:
    within_s = 0.3 if kind == "Asleep" else 5.0
    spec = law(kind, leads, within_s=within_s, on_loss=OnLoss.IGNORE)
    ran = run(spec, 250.0, (DOSE,) if leads == "dosing" else ())
    [lost] = ran.lost(f"{leads}.{kind.lower()}")
    assert lost.startswith(reason)
    assert ran.lost(leads) == []
    assert leads != "dosing" or (0.5, "done") in [each[:2] for each in ran.fed()]


@pytest.mark.parametrize(
    ("on_loss", "state", "again"),
    [(OnLoss.FAIL, State.FAILED, False), (OnLoss.RESTART, State.RUNNING, True)],
)
def test_the_plugin_says_what_becomes_of_the_vessel(
    on_loss: OnLoss, state: State, again: bool
) -> None:
    ran = run(law("Fallen", on_loss=on_loss), 60.0)
    assert ran.state is state
    jobs = [each.data for each in ran.entries if each.kind is Kind.JOB]
    told = [each["state"] for each in jobs if each["job"] == "dosing.fallen"]
    assert (told.count("ready") > 1) is again


def test_a_law_heats_through_the_job_that_minds_the_heater() -> None:
    once = run(law("Stoker", "temperature"), 3600.0).hottest_c
    assert ROOM_C + 0.1 < once < ROOM_C + 3.0, "what is not said again holds for a minute"
    again = run(law("Glutton", "temperature"), 7200.0, **{"temperature.maximum": 30.0}).hottest_c
    assert 29.5 < again < 31.0


def test_a_law_that_is_not_here_is_as_lost_as_a_job() -> None:
    async def without() -> list[Entry]:
        world = World()
        async with world.working() as worker:
            jobs = {"dosing": {"automation": "gentle", "settings": {}}}
            only = phase("one", duration_s=3600.0)
            await world.take(
                worker, order({**slice_of(only, jobs=jobs), "laws": ["dosing.gentle"]})
            )
            await world.advance(s=10.0)
        return await world.entries(Kind.JOB)

    told = [(each.data["job"], each.data["state"]) for each in asyncio.run(without())]
    assert ("dosing.gentle", "lost") in told
    assert ("dosing", "ready") in told


async def test_a_law_rests_with_its_vessel() -> None:
    """SEMANTICS rule 8: while paused, automations and doses stop."""
    world, spec = World(), law("Steady")
    jobs = {"dosing": {"automation": "steady", "settings": {"pace": 60.0}}}
    async with (
        guests(spec, lockstep=True, simulated=True) as made,
        world.working(jobs=made.job_named) as worker,
    ):
        plan = slice_of(phase("one", duration_s=3600.0), jobs=jobs)
        await world.take(worker, order(plan))
        await world.advance(s=90.0)
        await world.take(worker, order(plan, wanted="paused", control_seq=2))
        before = len(await world.entries(Kind.DOSE_BEGAN))
        await world.advance(s=600.0)
        assert len(await world.entries(Kind.DOSE_BEGAN)) == before > 0
        await world.take(worker, order(plan, wanted="running", control_seq=3))
        await world.advance(s=90.0)
        assert len(await world.entries(Kind.DOSE_BEGAN)) > before
