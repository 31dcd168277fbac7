"""Sessions of comparisons on a worker, over simulated devices that are not what they are said to
be."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from math import log
from typing import Any

import pytest

from orchestrator.documents.hardware import SETTLE_S_MAX
from orchestrator.hardware.sensors import ANSWER_S
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Kind
from orchestrator.sim.apparatus import Apparatus, FixedProbe, MediumPump
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.worker.acts import TOGETHER_S
from orchestrator.worker.service import Worker
from tests.support.compared import (
    act,
    compare_pump,
    done,
    moved_ml,
    put_in,
    said,
    session_of,
)
from tests.support.worker_rig import (
    JOBS,
    REACTOR,
    World,
    order,
    phase,
    slice_of,
    step,
    unit,
)

FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}
DOSE = slice_of(
    phase(
        "dose",
        until=FOR_EVER,
        do=[step("dose", volume_ml=1.0, medium="feed")],
        jobs={"dosing": {"automation": "silent", "settings": {}}},
    )
)


@pytest.fixture
def world() -> World:
    return World()


async def one_dose_ml(world: World) -> float:
    """What really moves when a plan doses 1 mL."""
    before_ml = moved_ml(world, "feed_pump")
    async with world.working() as worker:
        await world.take(worker, order(DOSE))
        await world.advance(min=5.0)
        [ended] = await world.entries(Kind.DOSE_ENDED)
        assert ended.data["outcome"] == "done"
        assert ended.data["volume_ml"] == pytest.approx(1.0)
    return moved_ml(world, "feed_pump") - before_ml


async def test_a_pump_that_was_never_compared_is_a_tenth_off(world: World) -> None:
    world.reactor.miscalibrate("feed_pump", 0.9, 0.0)
    assert await one_dose_ml(world) == pytest.approx(0.9, rel=1e-3)


async def test_a_pump_that_is_a_tenth_off_doses_within_a_hundredth_once_compared(
    world: World,
) -> None:
    world.reactor.miscalibrate("feed_pump", 0.9, 0.0)
    async with world.working() as worker:
        id_ = await compare_pump(world, worker, repeats=2)
        await done(worker, "keep", session=id_, name="weighed", activate=True)
        [pump] = worker.calibrate.message().calibrations
        assert (pump.device, pump.active, len(pump.points)) == ("feed_pump", True, 8)
    assert await one_dose_ml(world) == pytest.approx(1.0, rel=0.01)


GROW = slice_of(
    phase("grow", until=FOR_EVER, do=[step("blank")]),
    jobs={**JOBS, "growth_rate": {"settings": {"window": 1200.0}}},
)
STANDARDS = [0.0, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0]


async def compare_photodiode(world: World, worker: Worker) -> None:
    started = await done(worker, "start", device="photodiode", values=STANDARDS)
    id_ = started["session"]["id"]
    for standard in STANDARDS:
        put_in(world.reactor, standard)
        asked = (await act(world, worker, id_))["asked"]
        assert asked.expected == standard
        await done(worker, "answer", session=id_, value=standard)
    await done(worker, "keep", session=id_, name="standards", activate=True)


async def grown_dense(world: World, *, compared: bool) -> tuple[float, float, set[str]]:
    """At OD600 6: od600 and growth rate as shares of the truth, and what readings name."""
    physics = world.reactor
    async with world.working() as worker:
        if compared:
            await compare_photodiode(world, worker)
        put_in(physics, 0.0)
        await world.take(worker, order(GROW))
        await world.advance(min=2.0)
        put_in(physics, 1.0)
        physics.culture.state.substrate_g_l = 30.0
        past: list[tuple[float, float]] = []
        while physics.culture.od600 < 6.0 and len(past) < 600:
            await world.advance(min=1.0)
            past.append((world.clock.now().monotonic_s, physics.culture.od600))
        signals = unit(worker).signals
        (then_s, before), (now_s, density) = past[-10], past[-1]
        rate_per_h = log(density / before) / (now_s - then_s) * 3600.0
        batch = await world.journal.next_batch(0, 1_000_000)
    assert batch is not None
    names = {
        record.calibration
        for record in batch.records
        if isinstance(record, ReadingRecord) and record.signal == "od600"
    }
    return signals["od600"].value / density, signals["growth_rate"].value / rate_per_h, names


async def test_a_photodiode_that_saturates_sees_too_little_and_too_slow_growth(
    world: World,
) -> None:
    density, rate, names = await grown_dense(world, compared=False)
    assert density < 0.92
    assert rate < 0.85
    assert names == {"simulated"}


async def test_compared_with_standards_it_tells_density_and_growth_of_a_dense_culture(
    world: World,
) -> None:
    density, rate, names = await grown_dense(world, compared=True)
    assert density == pytest.approx(1.0, abs=0.03)
    assert rate == pytest.approx(1.0, abs=0.05)
    assert names == {"standards"}


async def test_a_session_goes_on_where_a_killed_worker_left_it(world: World) -> None:
    async with world.working() as worker:
        started = await done(worker, "start", device="feed_pump", values=[2.0, 4.0])
        id_ = started["session"]["id"]
        assert "2 s" in started["session"]["prepare"]
        assert (await act(world, worker, id_))["stage"] == "asking"
        after = world.crash()
    async with after.working() as worker:
        assert session_of(worker)["stage"] == "asking"
        await done(worker, "answer", session=id_, value=0.2)
        assert session_of(worker)["done"] == 1
        assert "4 s" in session_of(worker)["prepare"]


async def test_a_run_of_the_pump_that_was_cut_is_unknown_and_not_done_twice(world: World) -> None:
    async with world.working() as worker:
        id_ = (await done(worker, "start", device="feed_pump", values=[10.0]))["session"]["id"]
        await done(worker, "go", session=id_)
        await world.advance(s=3.0)
        after = world.crash()
    moved_before_ml = moved_ml(world, "feed_pump")
    async with after.working() as worker:
        await after.advance(min=2.0)
        left = session_of(worker)
        assert (left["stage"], left["done"]) == ("preparing", 0)
        assert left["trouble"].startswith("unknown: nobody saw the end of it")
        assert moved_ml(after, "feed_pump") == moved_before_ml
        await act(after, worker, id_)
        assert moved_ml(after, "feed_pump") == pytest.approx(moved_before_ml + 1.0)


async def test_liquid_that_never_reached_the_balance_counts_as_in_the_vessel(world: World) -> None:
    """20 mL hold at the most 6.5 more than the 13.5 up to the waste tube; 30 s may move 4.5."""
    async with world.working() as worker:
        id_ = await done(worker, "start", device="feed_pump", values=[30.0], repeats=3)
        id_ = id_["session"]["id"]
        await act(world, worker, id_)
        assert session_of(worker)["room_ml"] == pytest.approx(6.5)
        await done(worker, "answer", session=id_, value=0.01)
        assert session_of(worker)["room_ml"] == pytest.approx(6.5 - 2.99)
        refused = await said(worker, "go", session=id_)
        assert refused["outcome"] == "refused"
        assert "up to 4.5 mL would go where there is room for 3.51 mL" in refused["reason"]
        assert moved_ml(world, "feed_pump") == pytest.approx(3.0)
    assert world.reactor.culture.state.overflow_ml == 0.0


async def test_no_session_runs_a_pump_while_an_experiment_runs_on_its_reactor(
    world: World,
) -> None:
    async with world.working() as worker:
        id_ = (await done(worker, "start", device="feed_pump", values=[60.0]))["session"]["id"]
        refused = await said(worker, "go", session=id_)
        assert "shorter times" in refused["reason"]
        await done(worker, "abandon", session=id_)
        args = {"values": [30.0], "vessel_holds_ml": 0.0}
        id_ = (await done(worker, "start", device="feed_pump", **args))["session"]["id"]
        await done(worker, "go", session=id_)
        await world.advance(s=3.0)
        await world.take(worker, order(DOSE))
        await world.advance(s=1.0)
        assert session_of(worker)["trouble"].startswith("feed_pump ran 3 of 30 s")
        refused = await said(worker, "go", session=id_)
        assert "runs 20250106-test.1:a" in refused["reason"]


async def test_a_run_that_begins_while_the_act_is_put_on_record_keeps_its_pumps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.working() as worker:
        args = {"values": [30.0], "vessel_holds_ml": 0.0}
        id_ = (await done(worker, "start", device="feed_pump", **args))["session"]["id"]
        keep = world.journal.keep

        async def slowly(name: str, document: Mapping[str, Any] | None) -> None:
            await keep(name, document)
            monkeypatch.undo()
            await world.take(worker, order(DOSE))

        monkeypatch.setattr(world.journal, "keep", slowly)
        await done(worker, "go", session=id_)
        await world.advance(s=0.1)
        assert "runs 20250106-test.1:a" in session_of(worker)["trouble"]


async def test_rule_19_nothing_is_measured_on_a_reactor_that_an_emergency_stop_holds(
    world: World,
) -> None:
    async with world.working() as worker:
        started = await done(worker, "start", device="stirrer", values=[0.2, 0.5])
        await worker.vessels.stop_everything([REACTOR], "anna")
        refused = await said(worker, "go", session=started["session"]["id"])
        assert "an emergency stop holds" in refused["reason"]


async def test_pumps_of_two_sessions_share_the_room_of_one_vessel(world: World) -> None:
    two = Apparatus(media_pumps={"feed_pump": MediumPump(), "drug_pump": MediumPump()})
    world.physics = {REACTOR: Physics(apparatus=two, inoculated=True, seed=1)}
    async with world.working() as worker:
        args = {"values": [20.0], "repeats": 2, "vessel_holds_ml": 15.0}
        feed = (await done(worker, "start", device="feed_pump", **args))["session"]["id"]
        drug = (await done(worker, "start", device="drug_pump", **args))["session"]["id"]
        await done(worker, "go", session=feed)
        await world.advance(s=3.0)
        await worker.vessels.stop_everything([REACTOR], "anna")
        await worker.vessels.release([REACTOR], "anna")
        await world.advance(s=1.0)
        refused = await said(worker, "go", session=drug)
        assert "where there is room for" in refused["reason"]


async def test_a_new_calibration_holds_from_the_next_reading_of_a_run_on(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("open", until=FOR_EVER))))
        await world.advance(min=5.0)
        before = unit(worker).signals["temperature.measured"].value
        record = {
            "reactor": REACTOR,
            "device": "thermometer",
            "name": "in ice",
            "kind": "temperature",
            "method": "offset",
            "points": [(0.0, 1.5)],
        }
        await done(worker, "import", calibration=record, activate=True)
        await world.advance(s=12.0)
        seen = unit(worker).signals
        assert seen["temperature.measured"].value == pytest.approx(
            seen["temperature.raw"].value + 1.5
        )
        assert seen["temperature.raw"].value == pytest.approx(before, abs=1.0)
        await done(worker, "activate", device="thermometer", name="")
        await world.advance(s=12.0)
        assert seen["temperature.measured"].value == pytest.approx(before, abs=1.0)
        batch = await world.journal.next_batch(0, 1_000_000)
    assert batch is not None
    measured = [r for r in batch.records if isinstance(r, ReadingRecord)]
    named = [r.calibration for r in measured if r.signal == "temperature.measured"]
    assert [name for name, _ in groupby(named)] == ["", "in ice", ""]


async def test_a_stirrer_is_compared_by_its_tachometer_and_begins_at_the_right_duty(
    world: World,
) -> None:
    async with world.working() as worker:
        started = await done(worker, "start", device="stirrer", values=[0.2, 0.5, 0.9])
        id_ = started["session"]["id"]
        for _ in range(3):
            told = await act(world, worker, id_)
            assert told["asked"] is None
        assert told["stage"] == "complete"
        assert world.reactor.outputs["stirrer"].duty == 0.0
        assert told["points"][1] == pytest.approx((0.5, 750.0), rel=0.01)
        await done(worker, "keep", session=id_, name="tacho", activate=True)


async def test_two_points_make_a_ph_probe_tell_ph(world: World) -> None:
    probe = {"ph_probe": FixedProbe(volts=2.0, noise_v=0.0)}
    world.physics[REACTOR] = Physics(apparatus=Apparatus(probes=probe), inoculated=True, seed=1)
    async with world.working() as worker:
        id_ = (await done(worker, "start", device="ph_probe"))["session"]["id"]
        asked = (await act(world, worker, id_))["asked"]
        assert (asked.type, asked.expected) == ("number", 4.01)
        await done(worker, "answer", session=id_, value=4.0)
        world.reactor.sensors["ph_probe"].offset = -0.5
        await act(world, worker, id_)
        await done(worker, "answer", session=id_, value=7.0)
        kept = {"name": "buffers", "valid_for_s": 86400.0, "activate": True}
        await done(worker, "keep", session=id_, **kept)
        world.reactor.sensors["ph_probe"].offset = -0.25
        plan = slice_of(phase("open", until=FOR_EVER), jobs={**JOBS, "ph": {"settings": {}}})
        await world.take(worker, order(plan))
        await world.advance(min=2.0)
        assert unit(worker).signals["ph.measured"].value == pytest.approx(5.5)


async def test_a_person_who_waits_sees_what_the_probe_shows_now(world: World) -> None:
    probe = {"ph_probe": FixedProbe(volts=2.0, noise_v=0.0)}
    world.physics[REACTOR] = Physics(apparatus=Apparatus(probes=probe), inoculated=True, seed=1)
    async with world.working() as worker:
        id_ = (await done(worker, "start", device="ph_probe"))["session"]["id"]
        assert session_of(worker)["sensor"] == "ph_probe"
        shown = await done(worker, "look", session=id_)
        assert shown == {"value": pytest.approx(2.0), "type": "voltage", "reason": ""}
        world.reactor.sensors["ph_probe"].offset = -0.5
        assert (await done(worker, "look", session=id_))["value"] == pytest.approx(1.5)
        assert session_of(worker)["stage"] == "preparing", "looking moves nothing"
        pump = (await done(worker, "start", device="feed_pump"))["session"]["id"]
        refused = await said(worker, "look", session=pump)
        assert refused["reason"] == "no sensor shows what a feed_pump does"


async def test_what_cannot_be_kept_leaves_the_session_as_it_was(world: World) -> None:
    async with world.working() as worker:
        id_ = (await done(worker, "start", device="thermometer", repeats=2))["session"]["id"]
        for value in (37.0, 37.1):
            await act(world, worker, id_)
            await done(worker, "answer", session=id_, value=value)
        refused = await said(worker, "keep", session=id_, name="t", method="polynomial")
        assert refused["outcome"] == "refused"
        assert session_of(worker)["stage"] == "complete"
        await done(worker, "keep", session=id_, name="t", activate=True)
        await done(worker, "start", device="thermometer", repeats=1)
        again = await said(worker, "start", device="thermometer")
        assert "abandon it first" in again["reason"]


async def test_a_name_stands_for_one_calibration_and_what_is_in_force_is_not_deleted(
    world: World,
) -> None:
    record = {"reactor": REACTOR, "device": "thermometer", "name": "t", "kind": "temperature"}
    record |= {"method": "offset", "points": [(36.0, 37.0)]}
    async with world.working() as worker:
        await done(worker, "import", calibration=record, activate=True)
        await done(worker, "import", calibration=record)
        assert len(worker.calibrate.message().calibrations) == 1
        other = {**record, "points": [(36.0, 38.0)]}
        assert "needs a new name" in (await said(worker, "import", calibration=other))["reason"]
        delete = {"device": "thermometer", "name": "t"}
        assert "is in force" in (await said(worker, "delete", **delete))["reason"]
        await done(worker, "activate", device="thermometer", name="")
        await done(worker, "delete", **delete)
        assert worker.calibrate.message().calibrations == []


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"do": "start", "device": "heater"}, "it has feed_pump, waste_pump, photodiode"),
        ({"do": "start"}, "lacks or misuses an argument: 'device'"),
        ({"do": "start", "device": "feed_pump", "values": [0.0]}, "0.1 s to 10 min"),
        ({"do": "start", "device": "stirrer", "values": [1.5]}, "up to 100 %"),
        ({"do": "start", "device": "feed_pump", "vessel_holds_ml": 99.0}, "between 0 and 20 mL"),
        ({"do": "go", "session": "nobody"}, "there is no session nobody"),
        ({"do": "activate", "device": "thermometer", "name": "x"}, "has no calibration x"),
        ({"do": "start", "device": "feed_pump", "values": ["nan"]}, "'nan' is no number"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_reason(
    world: World, args: dict[str, object], reason: str
) -> None:
    async with world.working() as worker:
        answered = await worker.calibrate.take(REACTOR, args, "anna")
        assert answered["outcome"] == "refused"
        assert reason in answered["reason"]


async def test_a_load_cell_is_compared_with_weights() -> None:
    world = World()
    world.physics = {
        REACTOR: Physics(
            apparatus=Apparatus(probes={"load_cell": FixedProbe(volts=0.5, noise_v=0.0)}), seed=1
        )
    }
    async with world.working() as worker:
        refused = await said(worker, "start", device="load_cell")
        assert "with which weights" in refused["reason"]
        began = await done(worker, "start", device="load_cell", values=[0.0, 100.0])
        id_ = began["session"]["id"]
        assert began["session"]["prepare"].startswith("Put nothing on the load_cell")
        for offset_v, grams in ((0.0, 0.0), (1.0, 100.0)):
            world.reactor.sensors["load_cell"].offset = offset_v
            await act(world, worker, id_)
            await done(worker, "answer", session=id_, value=grams)
        await done(worker, "keep", session=id_, name="weights", activate=True)
        curve = worker.vessels.reactors[REACTOR].spec.curves["load_cell"]
        assert curve.value(1.0) == pytest.approx(50.0)


def test_a_reading_may_take_as_long_as_its_vessel_needs_to_be_ready_for_it() -> None:
    """One that is under way is waited for, then the light and the quiet, then the sensor itself."""
    assert TOGETHER_S > 2.0 * (SETTLE_S_MAX + ANSWER_S)
