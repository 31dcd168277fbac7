"""Who may start, and who waits for what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from orchestrator.messages.reports import StopReport
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.office import (
    ProfileRefused,
    RequestRefused,
)
from orchestrator.ports.store import NotFound
from tests.support.leader_room import Room, soon
from tests.support.played_worker import entry


async def test_a_wrong_profile_is_refused_with_its_diagnostics(room: Room) -> None:
    with pytest.raises(ProfileRefused) as refusal:
        await room.submit("wrong")
    assert [one.code for one in refusal.value.diagnostics] == ["wrong"]
    assert (await room.store.experiments()).items == []


async def test_an_experiment_starts_when_its_worker_appears(room: Room) -> None:
    experiment = await room.submit(bindings={"v1": "bench"}, inputs={"target": 0.8})
    await room.reason(experiment, "v1 waits for bench, which is not there")
    worker = await room.worker("bench")
    await room.until(experiment, State.RUNNING)
    await soon(lambda: worker.plans)
    (order,) = worker.plans[-1].runs
    assert (order.attempt, order.vessel, order.reactor) == (f"{experiment}.1", "v1", "bench")
    assert (order.wanted, order.control_seq, order.timezone) == ("running", 0, "UTC")
    assert order.slice["vessel"] == "v1"
    found = await room.store.experiment(experiment)
    assert found is not None
    assert order.plan_hash == found.plan_hash
    assert found.inputs == {"target": 0.8}

    async def accepted() -> bool:
        return (await room.store.runs())[0].answer == "accepted"

    await soon(accepted)


async def test_rule_19_nothing_starts_on_a_stopped_reactor(room: Room) -> None:
    worker = await room.worker("bench")
    worker.stopped = {"bench": StopReport(by="ada", at_wall_s=1.0)}
    await worker.say()
    await room.knows("bench")
    experiment = await room.submit(bindings={"v1": "bench"})
    await room.reason(experiment, "the emergency stop by ada is not released yet")
    worker.stopped = {}
    await worker.say()
    await room.until(experiment, State.RUNNING)


async def test_a_second_experiment_waits_for_the_first_to_end(room: Room) -> None:
    worker = await room.worker("bench")
    first, run = await room.begin(worker)
    second = await room.submit(bindings={"v1": "bench"})
    third = await room.submit()
    await room.reason(second, f"waits for bench, which runs {first}")
    await room.reason(third, "v1 waits for a free reactor")
    worker.report(run, "completed")
    await worker.send(entry(run, "run_ended", 9, state="completed"))
    await room.until(first, State.COMPLETED)
    await worker.say()
    await room.until(second, State.RUNNING)
    await room.reason(third, "waits")
    await soon(lambda: [order.experiment for order in worker.plans[-1].runs] == [second])
    assert worker.plans[-1].epoch > worker.plans[0].epoch


async def test_vessels_without_a_binding_take_what_is_free(room: Room) -> None:
    await room.worker("bench", "r1", "r2")
    await room.worker("attic")
    experiment = await room.submit("a b c")
    await room.until(experiment, State.RUNNING)
    found = await room.store.experiment(experiment)
    assert found is not None
    assert {v: str(at) for v, at in found.bindings.items()} == {
        "a": "attic",
        "b": "bench/r1",
        "c": "bench/r2",
    }


async def test_what_a_foreign_run_occupies_is_not_given_away(room: Room) -> None:
    worker = await room.worker("bench", appear=False)
    worker.report("20200101-zzzz.1:v9", "running")
    await worker.appear()
    experiment = await room.submit()
    await room.reason(experiment, "waits for a free reactor")
    other = await room.submit(bindings={"v1": "bench"})
    await room.reason(other, "bench, which runs 20200101-zzzz")
    assert worker.plans == []


@pytest.mark.parametrize(
    ("vessels", "bindings", "words"),
    [
        ("v1", {"v2": "bench"}, "no vessel v2; it has v1"),
        ("v1 v2", {"v1": "bench", "v2": "bench"}, "cannot be both v1 and v2"),
        ("v1", {"v1": "bench/left"}, "lacks reactor left"),
        (
            "shared1 shared2",
            {"shared1": "bench", "shared2": "other"},
            "share the bottle feed, so they have to be on one worker, not on bench and other",
        ),
    ],
)
async def test_bindings_that_cannot_be_are_refused(
    room: Room, vessels: str, bindings: Mapping[str, str], words: str
) -> None:
    await room.worker("bench")
    await room.knows("bench")
    with pytest.raises(RequestRefused, match=words):
        await room.submit(vessels, bindings=bindings)


async def test_a_full_disk_takes_no_new_experiment(room: Room) -> None:
    room.free_bytes = 50 * 2**20
    with pytest.raises(RequestRefused, match="50 MiB are left, 200 are needed"):
        await room.submit()


async def test_a_disk_that_fills_up_is_an_alert_until_there_is_room(room: Room) -> None:
    async def open_alerts() -> list[str]:
        return [alert.text for alert in (await room.store.alerts(open_only=True)).items]

    async def none() -> bool:
        return not await open_alerts()

    room.free_bytes = 900 * 2**20
    await soon(open_alerts)
    assert await open_alerts() == ["the leader's disk is filling up: 900 MiB are left"]
    assert await room.submit()
    room.free_bytes = 2 * 2**30
    await soon(none)


async def test_the_same_submission_twice_is_one_experiment(room: Room) -> None:
    first = await room.submit(idempotency_key="k")
    assert await room.submit(idempotency_key="k") == first


async def test_a_queued_experiment_can_be_cancelled(room: Room) -> None:
    experiment = await room.submit()
    cancelled = await room.leader.cancel(experiment, by="ada")
    assert (cancelled.state, cancelled.reason) == (State.CANCELLED, "cancelled by ada")
    await room.worker("bench")
    await asyncio.sleep(0.05)
    await room.until(experiment, State.CANCELLED)
    with pytest.raises(TransitionRefused):
        await room.leader.pause(experiment, by="ada")
    with pytest.raises(NotFound):
        await room.leader.pause("nowhere", by="ada")


async def test_a_refusal_fails_the_start_with_the_workers_reason(room: Room) -> None:
    good = await room.worker("good")
    bad = await room.worker("bad")
    bad.refuse = "no calibration of the photodiode"
    experiment = await room.submit("a b", bindings={"a": "good", "b": "bad"})
    await soon(lambda: good.plans and good.plans[-1].runs[0].wanted == "cancelled")
    await good.send(entry(f"{experiment}.1:a", "run_ended", 2, state="cancelled"))
    await room.until(experiment, State.FAILED)
    await room.reason(experiment, "b: bad refused: no calibration of the photodiode")
