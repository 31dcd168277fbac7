"""In a rehearsal a plugin's job is stepped in a process of its own while virtual time stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.jobs.guest import OnLoss
from orchestrator.model.experiment import State
from orchestrator.model.interlock import Interlock
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.signal import Sample
from tests.support.guests import guest_spec, guests
from tests.support.worker_rig import World, order, phase, slice_of, unit

pytestmark = pytest.mark.processes


Jobs = Mapping[str, Any]
NO_OTHERS: Jobs = {}


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of some time."""

    entries: list[Entry]
    signals: Mapping[str, Sample]
    state: State
    light: float

    def alerts(self) -> list[str]:
        return [each.data["text"] for each in self.entries if each.kind is Kind.ALERT]

    def changes(self, job: str) -> list[tuple[str, str]]:
        return [
            (each.data["state"], each.data["reason"])
            for each in self.entries
            if each.kind is Kind.JOB and each.data["job"] == job
        ]


def run(*kinds: str, seconds: float = 100.0, more: Jobs = NO_OTHERS, **spec: Any) -> Ran:
    """The same in a loop of its own: two virtual clocks in one would wait for each other."""
    return asyncio.run(run_in(World(), *kinds, seconds=seconds, more=more, **spec))


async def run_in(
    world: World, *kinds: str, seconds: float = 100.0, more: Jobs = NO_OTHERS, **spec: Any
) -> Ran:
    """Run jobs of these kinds for some virtual time."""
    jobs = {kind.lower(): {"settings": {"light": 0.25}} for kind in kinds} | dict(more)
    specs = [guest_spec(kind, **spec) for kind in kinds]
    async with guests(*specs, lockstep=True, simulated=True) as made:
        async with world.working(jobs=made.job_named) as worker:
            plan = slice_of(phase("one", duration_s=3600.0), jobs=jobs)
            answer = await world.take(worker, order(plan))
            assert answer.accepted, answer.reason
            await world.advance(s=seconds)
            running, now_s = unit(worker), world.clock.now().monotonic_s
            signals, state = dict(running.signals), running.view.state
            light = world.reactor.truth(now_s)["sim.light"]
        return Ran(entries=await world.entries(), signals=signals, state=state, light=light)


def test_it_is_stepped_at_the_moments_it_asks_for_and_its_values_are_recorded() -> None:
    ran = run("Counter")
    signals = ran.signals
    assert signals["counter.count"].value == 10.0
    assert signals["counter.count"].at_s == 90.0
    assert signals["counter.count"].max_age_s == 30.0
    assert 15.0 < float(signals["counter.seen"].value) < 45.0
    assert ran.light > 0.0
    assert ran.changes("counter") == [("ready", ""), ("stopped", "")]


def test_two_rehearsals_write_the_same_to_the_letter() -> None:
    one, two = [run("Counter", "Raiser") for _ in range(2)]
    assert one == two


@pytest.mark.parametrize("dosing", [False, True])
def test_what_it_has_pumped_passes_the_journal_and_is_told_to_it(dosing: bool) -> None:
    """SEMANTICS rule 3: every dose, from a plugin too, passes one journal on the worker."""
    more = {"dosing": {"automation": "silent", "settings": {}}} if dosing else {}
    ran = run("Feeder", more=more)
    assert ran.signals["feeder.seen"].value == 1.0
    moved = [
        (each.data["direction"], each.data["volume_ml"], each.data["outcome"])
        for each in ran.entries
        if each.kind is Kind.DOSE_ENDED
    ]
    assert moved == [("out", 1.0, "done"), ("in", 1.0, "done")]
    causes = {each.data["cause"] for each in ran.entries if each.kind is Kind.DOSE_BEGAN}
    assert causes == {"a plugin's idea"}
    if dosing:
        assert ran.signals["dosing.fed"].value == 1.0


async def test_what_it_drove_is_off_when_it_is_stopped() -> None:
    world = World()
    await run_in(world, "Counter")
    assert world.reactor.truth(200.0)["sim.light"] == 0.0


async def test_it_begins_again_with_what_it_remembered() -> None:
    world = World()
    await run_in(world, "Counter", seconds=50.0)
    async with (
        guests(guest_spec("Counter"), lockstep=True) as made,
        world.working(jobs=made.job_named) as worker,
    ):
        await world.advance(s=1.0)
        assert unit(worker).signals["counter.count"].value == 6.0


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("Quitter", "its process ended with exit code 3"),
        ("Raiser", "ValueError: the electrode is dry (guests.py:"),
        ("Eater", "it wanted more than the 300 MB that it may have"),
        ("Sleeper", "it did not answer within 0.5 s"),
        ("Pretender", "it publishes temperature.measured, which it does not declare"),
        ("Talker", "ValueError: its answer of "),
        ("Missing", "ModuleNotFoundError: No module named 'not_installed_anywhere' (guests.py:"),
    ],
)
def test_a_loss_is_told_with_its_reason_and_met_with_patience(kind: str, reason: str) -> None:
    ran = run(kind, seconds=40.0, within_s=0.5 if kind == "Sleeper" else 5.0)
    told = ran.changes(kind.lower())
    lost = [why for state, why in told if state == "lost"]
    assert all(why.startswith(reason) for why in lost), lost
    # Begun anew after 5, 10 and 20 s; the next time would be after 40 s.
    assert len(lost) == 4
    assert ran.alerts()[0].startswith(f"{kind.lower()} broke down and is off: {reason}")


def test_a_plugin_may_take_its_vessel_with_it() -> None:
    ran = run("Raiser", on_loss=OnLoss.FAIL)
    ended = next(entry for entry in ran.entries if entry.kind is Kind.RUN_ENDED)
    assert ended.data["state"] == State.FAILED
    assert ended.data["reason"].startswith("raiser was lost: ValueError: the electrode is dry")
    assert ended.process_s < 1.0


def test_a_plugin_may_be_done_without() -> None:
    ran = run("Raiser", on_loss=OnLoss.IGNORE)
    lost = [entry.data for entry in ran.entries if entry.kind is Kind.JOB][1:2]
    assert [(each["state"], each["then"]) for each in lost] == [("lost", "ignore")]
    assert ran.alerts() == []
    assert ran.state is State.RUNNING


def test_a_guest_knows_its_place_and_no_password(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXENIC_BROKER", "mqtt://unit1:secret@127.0.0.1")
    caplog.set_level(logging.INFO, "axenic.plugin")
    run("Reporter")
    run("Reporter")
    one, two = [record.message for record in caplog.records]
    assert one.startswith("a True {} 0.")
    assert one.endswith(" False")
    assert one == two, "chance has a seed"


def test_what_it_prints_is_in_the_log_within_bounds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "axenic.plugin")
    run("Printer", "Counter", seconds=3.0, within_s=0.3)
    said = [record.message for record in caplog.records if record.name.endswith("printer")]
    assert said.count("and on") == 50
    assert [line for line in said if line.endswith(" more lines")]
    counted = [record.message for record in caplog.records if record.name.endswith("counter")]
    assert counted == ["counted to 1"]


async def test_what_an_interlock_keeps_off_and_a_hand_holds_reaches_it() -> None:
    world = World()
    world.interlocks = (Interlock(device="led_a", while_on=("stirrer",)),)
    async with (
        guests(guest_spec("Holder"), lockstep=True, simulated=True) as made,
        world.working(jobs=made.job_named) as worker,
    ):
        plan = slice_of(phase("one", duration_s=3600.0), jobs={"holder": {"settings": {}}})
        await world.take(worker, order(plan))
        await world.advance(s=15.0)
        running = unit(worker)
        assert running.signals["holder.seen"].value == 1.0
        assert running.signals["holder.count"].value == 0.0
        running.override("holder", "hold", "anna", 60.0)
        await world.advance(s=15.0)
        assert running.signals["holder.count"].value == 1.0
        await world.advance(s=60.0)
        assert running.signals["holder.count"].value == 0.0, "released by itself"
