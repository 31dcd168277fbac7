"""What interlocks of a reactor make of a run: outputs, doses, jobs, and what people are told
(SEMANTICS rule 13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from orchestrator.journal.memory import MemoryJournal
from orchestrator.model.interlock import Interlock, Range
from orchestrator.model.ledger import Entry, Kind
from tests.support.worker_rig import JOBS, World, at, order, phase, slice_of, step, unit

STIRRED = Interlock(device="heater", while_on=("stirrer",))
COOL = Interlock(
    device="heater", within={"temperature.measured": Range(type="temperature", below=60.0)}
)
NO_STIRRING = "heater may be on only while stirrer is on"
STILL = {name: job for name, job in JOBS.items() if name != "stirring"}
STIRRING = {"stirring": JOBS["stirring"]}


@pytest.fixture
def world() -> World:
    return World()


def heats(world: World) -> bool:
    return world.reactor.outputs["heater"].commanded_duty > 0.0


async def devices(world: World) -> list[tuple[str, str, str]]:
    told = [entry.data for entry in await world.entries(Kind.DEVICE)]
    return [(data["device"], data["state"], data["reason"]) for data in told]


async def guard_alerts(world: World) -> list[str]:
    alerts = [entry.data for entry in await world.entries(Kind.ALERT)]
    return [data["text"] for data in alerts if data["source"] == "guard"]


def dose(at_s: float, volume_ml: float) -> dict[str, Any]:
    return at(f"dose {at_s:g}", at_s, step("dose", volume_ml=volume_ml, medium="feed"))


async def test_a_heater_waits_for_the_stirrer_and_people_are_told_both_names(world: World) -> None:
    world.interlocks = (STIRRED,)
    still = phase("still", duration_s=600.0)
    stirred = phase("stirred", duration_s=86400.0, jobs=STIRRING)
    async with world.working() as worker:
        await world.take(worker, order(slice_of(still, stirred, jobs=STILL)))
        await world.advance(min=5)
        assert not heats(world)
        assert unit(worker).signals["temperature.duty"].value == 0.0, "what the heater really does"
        assert unit(worker).hands.held == {"heater": NO_STIRRING}
        await world.advance(min=6)
        assert heats(world)
        assert unit(worker).hands.held == {}
        measured_c = [unit(worker).signals["temperature.measured"].value]
        for _ in range(60):
            await world.advance(min=1)
            measured_c.append(unit(worker).signals["temperature.measured"].value)
        assert max(map(float, measured_c)) < 38.0, "nothing was wound up while it waited"
    assert await devices(world) == [("heater", "held", NO_STIRRING), ("heater", "ok", "")]
    assert await guard_alerts(world) == [f"heater is held off: {NO_STIRRING}"]


async def test_a_heater_needs_a_fresh_temperature_whoever_drives_it(world: World) -> None:
    world.interlocks = (COOL,)
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("hold", duration_s=86400.0))))
        await world.advance(min=1)
        assert heats(world)
        hands = unit(worker).hands
        unit(worker).regulate._jobs["temperature"].due_s = float("inf")  # it hangs
        await world.advance(s=25)
        assert heats(world), "what was measured is not too old yet"
        await world.advance(s=10)
        assert not heats(world)
        assert hands.held["heater"].startswith(
            "heater may be on only while temperature.measured is below 60 °C; it was measured last"
        )
        hands.publish({"temperature.measured": 65.0}, unit(worker).page.now_s)
        await world.advance(s=1)
        assert not heats(world)
        hands.publish({"temperature.measured": 25.0}, unit(worker).page.now_s)
        assert heats(world)
    assert [state for _, state, _ in await devices(world)] == ["held", "ok"]


async def test_a_restart_knows_what_was_held_and_tells_when_it_no_longer_is(world: World) -> None:
    world.interlocks = (STIRRED,)
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("hold", duration_s=86400.0), jobs=STILL)))
        await world.advance(min=2)
        after = world.crash()
    async with after.working() as worker:
        await after.advance(min=2)
        assert [state for _, state, _ in await devices(after)] == ["held"], "no news"
        assert unit(worker).signals["temperature.duty"].value == 0.0, "jobs know it as well"
        await after.advance(min=40)
        texts = [entry.data["text"] for entry in await after.entries(Kind.ALERT)]
        assert not [text for text in texts if "the thermometer shows" in text]
        free = after.crash()
    free.interlocks = ()
    async with free.working():
        await free.advance(min=2)
        assert heats(free)
        assert [state for _, state, _ in await devices(free)] == ["held", "ok"]


async def test_no_part_of_an_exchange_begins_whose_other_part_is_held(world: World) -> None:
    """Else a vessel would be emptied by what is taken out for nothing."""
    world.interlocks = (Interlock(device="feed_pump", while_on=("stirrer",)),)
    dilute = at("dilute", 60.0, step("dilute", volume_ml=1.0, medium="feed"))
    hold = phase("hold", duration_s=86400.0, items=[dilute])
    async with world.working() as worker:
        await world.take(worker, order(slice_of(hold, jobs=STILL)))
        await world.advance(min=5)
    [ended] = await world.entries(Kind.ACTION_ENDED)
    reason = "feed_pump may be on only while stirrer is on"
    assert (ended.data["outcome"], ended.data["reason"]) == ("refused", reason)
    assert not await world.entries(Kind.DOSE_BEGAN)
    assert await guard_alerts(world) == [f"dosing was refused: {reason}"]


@pytest.mark.parametrize("measured", [False, True])
async def test_a_dose_that_is_cut_short_counts_with_what_it_moved(
    world: World, measured: bool
) -> None:
    lock = Interlock(device="feed_pump", while_on=("stirrer",))
    if measured:
        within = {"temperature.measured": Range(type="temperature", below=50.0)}
        lock = Interlock(device="feed_pump", within=within)
    world.interlocks = (lock,)
    hold = phase("hold", duration_s=86400.0, items=[dose(60.0, 2.0)])
    async with world.working() as worker:
        await world.take(worker, order(slice_of(hold)))
        await world.advance(s=64)
        assert world.reactor.outputs["feed_pump"].commanded_duty == 1.0
        if measured:
            unit(worker).hands.publish({"temperature.measured": 55.0}, unit(worker).page.now_s)
        else:
            worker.vessels.reactors[unit(worker).reactor.spec.name].drive("stirrer", 0.0)
        await world.advance(s=1)
        assert world.reactor.outputs["feed_pump"].commanded_duty == 0.0
        await world.advance(min=5)
        assert not unit(worker).fluids.under_way
    [moved] = await world.entries(Kind.DOSE_ENDED)
    assert moved.data["outcome"] == "failed"
    assert 0.0 < moved.data["volume_ml"] < 2.0
    assert moved.data["reason"].startswith("feed_pump may be on only while")
    assert ("feed_pump", "fault") not in [one[:2] for one in await devices(world)]
    [alert] = await guard_alerts(world)
    assert alert == f"feed_pump was held off: {moved.data['reason']}"
    assert world.reactor.counters().moved_ml["feed_pump"] == pytest.approx(moved.data["volume_ml"])


class Meanwhile(MemoryJournal):
    """Something happens while it writes what has to be durable."""

    def __init__(self) -> None:
        super().__init__()
        self.happens: Callable[[], None] | None = None

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        await super().write(run, entries, revision=revision)
        if self.happens is not None:
            self.happens()


async def test_what_keeps_a_dose_from_its_pump_is_not_laid_to_an_interlock_of_before(
    world: World,
) -> None:
    journal = world.journal = Meanwhile()
    within = {"temperature.measured": Range(type="temperature", below=50.0)}
    world.interlocks = (Interlock(device="feed_pump", within=within),)
    hold = phase("hold", duration_s=86400.0, items=[dose(60.0, 2.0), dose(300.0, 2.0)])
    async with world.working() as worker:
        await world.take(worker, order(slice_of(hold)))
        await world.advance(s=64)
        unit(worker).hands.publish({"temperature.measured": 55.0}, unit(worker).page.now_s)
        await world.advance(min=3)
        journal.happens = lambda: unit(worker).doser.halt("the worker stops")
        await world.advance(min=3)
        journal.happens = None
    cut, kept = await world.entries(Kind.DOSE_ENDED)
    assert cut.data["reason"].startswith("feed_pump may be on only while")
    assert (kept.data["outcome"], kept.data["reason"]) == ("failed", "the worker stops")
    assert len(await guard_alerts(world)) == 1


async def test_a_stirrer_that_is_held_off_is_not_called_stuck(world: World) -> None:
    cool = Range(type="temperature", below=20.0)
    world.interlocks = (Interlock(device="stirrer", within={"temperature.measured": cool}),)
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("hold", duration_s=86400.0))))
        await world.advance(min=10)
        assert unit(worker).signals["stirring.duty"].value == 0.0
        unit(worker).regulate.stop_all(unit(worker).page.now_s)
    alerts = [entry.data["text"] for entry in await world.entries(Kind.ALERT)]
    assert [text.partition(":")[0] for text in alerts] == ["stirrer is held off"]
