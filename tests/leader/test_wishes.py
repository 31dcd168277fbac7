"""Pause, resume, finish, cancel; and what becomes of an experiment."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import pytest

from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.link import LinkDown
from orchestrator.ports.store import StoreBusy
from tests.support.leader_room import Room, soon
from tests.support.played_worker import entry


async def test_rule_15_wishes_travel_with_the_next_control_seq(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await room.leader.pause(experiment, by="ada")
    await soon(lambda: worker.plans[-1].runs[0].wanted == "paused")
    assert worker.plans[-1].runs[0].control_seq == 1
    assert worker.plans[-1].runs[0].by == "ada"
    await worker.send(entry(run, "paused", 2, by="ada"))
    await room.until(experiment, State.PAUSED)
    with pytest.raises(TransitionRefused):
        await room.leader.pause(experiment, by="ada")
    await room.leader.resume(experiment, by="bob")
    await worker.send(entry(run, "resumed", 3, by="bob"))
    await room.until(experiment, State.RUNNING)
    await room.leader.finish(experiment, by="bob")
    await soon(lambda: worker.plans[-1].runs[0].wanted == "finished")
    assert worker.plans[-1].runs[0].control_seq == 3
    await worker.send(entry(run, "run_ended", 4, state="completed", reason="finished by bob"))
    await room.until(experiment, State.COMPLETED)
    await soon(lambda: worker.plans[-1].runs == [])


async def test_rule_15_a_plan_that_was_lost_while_the_link_stood_is_sent_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    lost: list[str] = []

    async def lose_one(topic: str, payload: bytes, **more: Any) -> None:
        if topic.endswith("/plan") and not lost:
            lost.append(topic)
            raise LinkDown("no answer from the broker")
        await publish(topic, payload, **more)

    publish = room.leader_link.publish
    monkeypatch.setattr(room.leader_link, "publish", lose_one)
    await room.leader.pause(experiment, by="ada")
    assert lost
    await soon(lambda: worker.plans[-1].runs[0].wanted == "paused")


async def test_a_vessel_that_pauses_itself_pauses_the_experiment(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await worker.send(entry(run, "paused", 2, reason="overgrown"))
    await room.until(experiment, State.PAUSED)
    await room.leader.finish(experiment, by="ada")
    await worker.send(entry(run, "run_ended", 4, state="completed"))
    await room.until(experiment, State.COMPLETED)


async def test_one_vessel_that_paused_itself_is_resumed_while_the_others_run(room: Room) -> None:
    worker = await room.worker("bench", "r1", "r2")
    experiment = await room.submit("a b")
    await room.until(experiment, State.RUNNING)
    for vessel in ("a", "b"):
        await worker.send(entry(f"{experiment}.1:{vessel}", "run_began", vessel=vessel))
    with pytest.raises(TransitionRefused):
        await room.leader.resume(experiment, by="ada")
    await worker.send(entry(f"{experiment}.1:b", "paused", 2, reason="overgrown"))
    await room.run_state(f"{experiment}.1:b", State.PAUSED)
    await room.leader.resume(experiment, by="ada")
    await soon(lambda: [run.control_seq for run in worker.plans[-1].runs] == [1, 1])
    assert {run.wanted for run in worker.plans[-1].runs} == {"running"}


async def test_rule_10_an_experiment_fails_if_any_vessel_did(room: Room) -> None:
    await room.worker("bench", "r1", "r2")
    worker = await room.worker("attic")
    experiment = await room.submit("a b c")
    await room.until(experiment, State.RUNNING)
    ends = {"a": "completed", "b": "failed", "c": "completed"}
    for vessel, state in ends.items():
        await room.until(experiment, State.RUNNING)
        await worker.send(
            entry(f"{experiment}.1:{vessel}", "run_ended", state=state, reason="leak")
        )
    await room.until(experiment, State.FAILED)
    await room.reason(experiment, "b: leak")


async def test_rule_10_with_stop_all_the_experiment_fails_though_the_others_were_cancelled(
    room: Room,
) -> None:
    worker = await room.worker("bench", "r1", "r2")
    experiment = await room.submit("a b")
    await room.until(experiment, State.RUNNING)
    ends = {"b": ("failed", "leak"), "a": ("cancelled", "b failed, and all stop with it")}
    for vessel, (state, reason) in ends.items():
        await room.until(experiment, State.RUNNING)
        await worker.send(
            entry(f"{experiment}.1:{vessel}", "run_ended", state=state, reason=reason)
        )
    await room.until(experiment, State.FAILED)
    await room.reason(experiment, "b: leak")


async def test_nothing_runs_for_ever_that_a_worker_says_is_over(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    worker.report(run, "failed")
    await worker.say()
    await room.until(experiment, State.FAILED)
    await room.reason(experiment, "as bench reports")


async def test_what_was_called_off_before_it_began_ends(room: Room) -> None:
    worker = await room.worker("bench")
    worker.answer_plans = False
    experiment = await room.submit()
    await room.until(experiment, State.RUNNING)
    await room.leader.cancel(experiment, by="ada")
    await asyncio.sleep(0.15)
    await room.until(experiment, State.RUNNING)
    worker.epoch = worker.plans[-1].epoch
    await worker.say()
    await room.until(experiment, State.CANCELLED)


async def test_a_wish_that_is_kept_though_the_answer_was_lost_reaches_the_worker(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    wish = room.store.wish

    async def cut(*args: Any, **named: Any) -> NoReturn:
        await wish(*args, **named)
        raise StoreBusy("the connection was lost")

    with monkeypatch.context() as away:
        away.setattr(room.store, "wish", cut)
        with pytest.raises(StoreBusy):
            await room.leader.pause(experiment, by="ada")
    await soon(lambda: worker.plans[-1].runs[0].wanted == "paused")
