"""What is looked at before a start: pure checks over facts, and what they keep from starting."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.leader import rehearsals
from orchestrator.leader.needs import Needs, lacks, needs_of_json
from orchestrator.leader.preflight import BottleFact, Facts, in_the_way, preflight
from orchestrator.leader.situation import Place
from orchestrator.messages.reports import Capabilities, PumpReport, ReactorReport
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.office import Check
from orchestrator.ports.records import Binding
from orchestrator.ports.store import StoreBusy
from orchestrator.store.memory import MemoryStore
from tests.support.leader_room import Room, StillClock, soon
from tests.support.stores import submitted

BENCH = Binding.parse("bench")
NEEDS = Needs(
    vessel="v1",
    jobs=frozenset({"od_reading"}),
    media=frozenset(),
    worker=None,
    sensors=frozenset({"photodiode"}),
    calibrated=frozenset({"photodiode"}),
)


def capabilities(**more: Any) -> Capabilities:
    given = {"sensors": ["photodiode"], "calibrations": {"photodiode": "c1"}} | more
    report = ReactorReport(outputs=[], pumps={}, capacity_ml=20.0, **given)
    return Capabilities(
        worker="bench", version="1", reactors={"bench": report}, jobs=["od_reading"]
    )


GOOD = Facts(
    needs=[NEEDS],
    places={BENCH: Place(binding=BENCH, capabilities=capabilities())},
    bindings={"v1": BENCH},
    bottles=[BottleFact(vessel="v1", medium="feed", volume_ml=500.0, moved_ml=120.4)],
    rehearsed=True,
    free_mib=5000,
    warn_mib=1024,
    refuse_mib=200,
    worker_clocks={"bench": "trusted"},
    now_wall_s=1000.0,
)


def lacking(**more: Any) -> Mapping[Binding, Place]:
    return {BENCH: Place(binding=BENCH, capabilities=capabilities(**more))}


def found(facts: Facts, name: str) -> list[Check]:
    return [one for one in preflight(facts) if one.name == name]


def test_an_output_that_waits_for_what_no_job_measures_is_told_of() -> None:
    lacks_job = replace(GOOD, places=lacking(measured={"heater": ["temperature.measured"]}))
    [told] = found(lacks_job, "interlocks")
    text = "bench: heater waits for temperature.measured, which no job of it measures"
    assert (told.result, told.text) == ("warning", text)
    assert not found(replace(GOOD, places=lacking(measured={"heater": ["od600"]})), "interlocks")


def test_rule_16_a_preflight_says_for_how_many_days_a_worker_keeps_what_it_measures() -> None:
    """Vessels that run there already share the outbox."""
    days = replace(GOOD, outbox_room={"bench": 2_000_000, "another": 1})
    leader, told = found(days, "disk")
    words = "bench keeps what it measures for 9.1 days without the leader"
    assert (told.result, told.text) == ("good", words)
    other = Binding.parse("bench/other")
    busy = Place(binding=other, capabilities=capabilities(), occupied_by="another experiment")
    _, told = found(replace(days, places={**GOOD.places, other: busy}), "disk")
    assert "for 4.5 days" in told.text
    _, told = found(replace(GOOD, outbox_room={"bench": 100_000}), "disk")
    assert told.result == "warning"
    assert "for 0.5 days" in told.text
    assert found(GOOD, "disk") == [leader], "one that does not say is not judged"


def test_all_is_looked_at_and_all_is_told() -> None:
    checks = preflight(GOOD)
    assert [one.name for one in checks] == [
        "workers",
        "hardware",
        "calibrations",
        "media",
        "disk",
        "clock",
    ]
    assert {one.result for one in checks} == {"good"}
    assert all(one.text for one in checks)
    assert in_the_way(checks) == ""


@pytest.mark.parametrize(
    ("change", "name", "result", "words"),
    [
        ({"bindings": None, "waits_for": "v1 waits for bench"}, "workers", "waits", "v1 waits"),
        ({"places": lacking(sensors=[])}, "hardware", "bad", "lacks the sensor photodiode"),
        (
            {"places": lacking(calibrations={})},
            "calibrations",
            "bad",
            "no calibration of photodiode on bench",
        ),
        (
            {"expires_wall_s": {(BENCH, "photodiode"): 999.0}},
            "calibrations",
            "warning",
            "of photodiode on bench is too old",
        ),
        ({"expires_wall_s": {(BENCH, "photodiode"): 1001.0}}, "calibrations", "good", "has all"),
        ({"free_mib": 100}, "disk", "bad", "100 MiB are left on the leader, 200 are needed"),
        ({"free_mib": 900}, "disk", "warning", "900 MiB"),
        ({"free_mib": None}, "disk", "unknown", "nobody can say"),
        ({"clock_trusted": False}, "clock", "warning", "the leader's clock is not synchronised"),
    ],
)
def test_each_check_says_what_it_found(
    change: dict[str, Any], name: str, result: str, words: str
) -> None:
    (check,) = found(replace(GOOD, **change), name)
    assert check.result == result
    assert words in check.text
    blocks = in_the_way(preflight(replace(GOOD, **change)))
    assert bool(blocks) is (result == "bad")


def test_what_nobody_compared_is_a_warning_by_its_name_and_keeps_nobody_waiting() -> None:
    """Of the pumps and probes that the vessel uses, and no others."""

    def pump(medium: str) -> PumpReport:
        return PumpReport(medium=medium, direction="in", flow_ml_min=1.0)

    report = ReactorReport(
        sensors=["photodiode", "ph_probe", "oxygen_probe"],
        outputs=[],
        pumps={"feed_pump": pump("feed"), "drug_pump": pump("drug"), "acid_pump": pump("acid")},
        calibrations={"photodiode": "c1", "acid_pump": "weighed"},
        capacity_ml=20.0,
    )
    offer = Capabilities(
        worker="bench", version="1", reactors={"bench": report}, jobs=["od_reading"]
    )
    needs = replace(
        NEEDS, media=frozenset({"feed", "acid"}), sensors=frozenset({"photodiode", "ph_probe"})
    )
    facts = replace(GOOD, needs=[needs], places={BENCH: Place(binding=BENCH, capabilities=offer)})
    pump_told, probe_told = found(facts, "calibrations")
    assert (pump_told.result, probe_told.result) == ("warning", "warning")
    assert pump_told.text == (
        "no calibration of feed_pump on bench: its volumes are as right as the flow in the "
        "hardware document. Compare it with 'axenic calibrate start feed_pump --on bench'"
    )
    assert probe_told.text.startswith("no calibration of ph_probe on bench: what it measures is ")
    assert in_the_way(preflight(facts)) == ""
    aged = replace(facts, expires_wall_s={(BENCH, "photodiode"): 999.0})
    assert [one.text[:30] for one in found(aged, "calibrations")] == [
        "the calibration of photodiode ",
        "no calibration of feed_pump on",
        "no calibration of ph_probe on ",
    ]


def test_an_uncertain_worker_is_a_warning_beside_the_leaders_clock() -> None:
    leaders, workers = found(replace(GOOD, worker_clocks={"bench": "uncertain"}), "clock")
    assert (leaders.result, workers.result) == ("good", "warning")


def test_a_bottle_that_runs_dry_keeps_it_waiting_until_somebody_accepts_that() -> None:
    dry = BottleFact(vessel="v1", medium="feed", volume_ml=500.0, moved_ml=500.0, through_s=7200.0)
    facts = replace(GOOD, bottles=[dry])
    (check,) = found(facts, "media")
    assert (check.result, check.can_be_accepted) == ("bad", True)
    assert check.text == "feed (500 mL) is through after 2.0 h of a rehearsal"
    accepted = replace(facts, accepted=frozenset({"media"}))
    assert found(accepted, "media")[0].result == "accepted"
    assert in_the_way(preflight(accepted)) == ""


def test_without_a_rehearsal_media_are_not_known_and_keep_nobody() -> None:
    unknown = BottleFact(vessel="v1", medium="feed", volume_ml=500.0)
    facts = replace(GOOD, bottles=[unknown], rehearsed=False)
    (check,) = found(facts, "media")
    assert (check.result, check.text) == (
        "unknown",
        "feed (500 mL): nobody has rehearsed this plan",
    )
    assert in_the_way(preflight(facts)) == ""


@pytest.mark.parametrize(("uncalibrated", "needed"), [(False, {"photodiode"}), (True, set())])
def test_rule_13_od600_needs_a_calibration_unless_the_profile_says_otherwise(
    uncalibrated: bool, needed: set[str]
) -> None:
    jobs = {"od_reading": {"settings": {"uncalibrated": uncalibrated}}, "stirring": {}}
    (needs,) = needs_of_json({"vessels": [{"vessel": "v", "phases": [{"jobs": jobs}]}]})
    assert (needs.sensors, needs.calibrated) == ({"photodiode"}, needed)
    bare = capabilities(calibrations={})
    bare = Capabilities(
        worker="bench", version="1", reactors=bare.reactors, jobs=["od_reading", "stirring"]
    )
    missing = ["a calibration of its photodiode"] if needed else []
    assert list(lacks(needs, bare, "bench")) == missing


def test_a_law_that_a_plugin_brings_is_waited_for() -> None:
    (needs,) = needs_of_json({"vessels": [{"vessel": "v", "laws": ["dosing.gentle"]}]})
    reactors = capabilities().reactors
    without = Capabilities(worker="bench", version="1", reactors=reactors, jobs=[])
    assert list(lacks(needs, without, "bench")) == ["the automation dosing.gentle"]
    with_it = Capabilities(
        worker="bench", version="1", reactors=reactors, jobs=[], laws=["dosing.gentle"]
    )
    assert list(lacks(needs, with_it, "bench")) == []


@pytest.mark.parametrize("chosen", ["photodiode_45", "mean"])
def test_od600_of_another_angle_needs_that_photodiode(chosen: str) -> None:
    settings = {"uncalibrated": False, "od600_from": chosen}
    (needs,) = needs_of_json(
        {"vessels": [{"vessel": "v", "jobs": {"od_reading": {"settings": settings}}}]}
    )
    wanted = "photodiode" if chosen == "mean" else chosen
    assert needs.sensors == {"photodiode", wanted}
    assert needs.calibrated == {wanted}


async def test_a_full_disk_starts_nothing_until_there_is_room(room: Room) -> None:
    experiment = await room.submit()
    room.free_bytes = 100 * 2**20
    await room.worker("bench")
    await room.reason(experiment, "disk: 100 MiB are left on the leader, 200 are needed")
    room.free_bytes = 10**12
    await room.leader.change_entry(experiment, {"name": "Again"}, version=None, by="ada")
    await room.until(experiment, State.RUNNING)


async def test_a_rehearsal_that_runs_dry_is_told_and_can_be_accepted(room: Room) -> None:
    experiment = await room.submit()
    found_out = await room.store.experiment(experiment)
    assert found_out is not None
    bottle = {"vessel": "v1", "medium": "feed", "moved_ml": 5000.0, "through_s": 36_000.0}
    rehearsal = {"duration_s": 90_000.0, "bottles": [bottle]}
    await room.store.keep_rehearsal(found_out.plan_hash, rehearsal, at_wall_s=0.0)
    await room.worker("bench")
    await room.reason(experiment, "media: feed (5000 mL) is through after 10.0 h of a rehearsal")
    checks = {one.name: one for one in await room.leader.preflight(experiment)}
    assert checks["media"].can_be_accepted
    assert checks["workers"].result == "waits"
    await room.leader.change_entry(experiment, {"accepted": ("media",)}, version=None, by="ada")
    await room.until(experiment, State.RUNNING)
    with pytest.raises(TransitionRefused, match="it waits no more"):
        await room.leader.preflight(experiment)


async def test_what_is_queued_is_rehearsed_once_and_known_for_estimates(room: Room) -> None:
    plans: list[str] = []

    async def rehearse(plan_json: str) -> Mapping[str, Any]:
        plans.append(plan_json)
        await asyncio.sleep(0)
        return {"duration_s": 4000.0, "bottles": []}

    room.rehearse = rehearse
    async with room.leading():
        worker = await room.worker("bench")
        first, _ = await room.begin(worker)
        second = await room.submit(bindings={"v1": "bench"})
        third = await room.submit("v1 v2")

        async def both() -> bool:
            return len(plans) == 2

        await soon(both)
        await soon(lambda: _estimated(room, second))
        standing = {each.experiment.id: each for each in (await room.leader.queue()).entries}
        waits = standing[second]
        assert waits.basis == f"{first}: a rehearsal"
        assert waits.earliest_wall_s is not None
        assert waits.latest_wall_s is not None
        assert waits.latest_wall_s - waits.earliest_wall_s == pytest.approx(2000.0)
        assert standing[third].reason


async def test_what_the_store_could_not_tell_is_rehearsed_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rehearsals, "RETRY_S", 0.01)
    store, rehearsed = MemoryStore(), asyncio.Event()
    kept = await store.create_experiment(submitted())
    known, failures = store.rehearsal, [StoreBusy("the database is not there now")]

    async def rehearsal(plan_hash: str) -> Mapping[str, Any] | None:
        if failures:
            raise failures.pop()
        return await known(plan_hash)

    async def rehearse(_: str) -> Mapping[str, Any]:
        return {"duration_s": 4000.0, "bottles": []}

    monkeypatch.setattr(store, "rehearsal", rehearsal)
    made = rehearsals.Rehearsals(store, StillClock(), rehearse, rehearsed.set)
    task = asyncio.create_task(made.run())
    async with asyncio.timeout(5):
        await rehearsed.wait()
    task.cancel()
    await asyncio.wait([task])
    assert await known(kept.plan_hash) == {"duration_s": 4000.0, "bottles": []}


async def _estimated(room: Room, experiment: str) -> bool:
    entries = (await room.leader.queue()).entries
    return any(one.experiment.id == experiment and one.latest_wall_s for one in entries)


def test_a_vessel_needs_the_cameras_of_its_job_and_of_its_steps() -> None:
    steps = [{"op": "repeat", "steps": [{"op": "snapshot", "job": "camera", "camera": "side"}]}]
    vessel = {
        "vessel": "v",
        "jobs": {"camera": {"settings": {"interval": 600.0}}},
        "phases": [{"name": "look", "do": steps}],
    }
    (needs,) = needs_of_json({"vessels": [vessel]})
    assert needs.cameras == {"camera", "side"}
    reactors = capabilities().reactors
    blind = Capabilities(worker="bench", version="1", reactors=reactors, jobs=["camera"])
    assert list(lacks(needs, blind, "bench")) == ["the camera camera", "the camera side"]
