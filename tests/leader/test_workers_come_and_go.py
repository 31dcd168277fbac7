"""Workers come, go and fall silent; leaders and brokers too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import pytest

from orchestrator.messages import topics
from orchestrator.messages.codec import encode
from orchestrator.messages.reports import (
    StateMessage,
)
from orchestrator.model.experiment import State
from orchestrator.ports.store import StoreBusy, StoreFull
from tests.support.leader_room import Room, soon
from tests.support.played_worker import entry


async def test_a_lost_worker_is_an_alert_until_it_is_back(room: Room) -> None:
    worker = await room.worker("bench")
    await room.begin(worker)
    await worker.say("lost")

    async def alerts() -> list[str]:
        return [alert.text for alert in (await room.store.alerts(open_only=True)).items]

    await soon(alerts)
    (text,) = await alerts()
    assert "bench is lost" in text
    assert "goes on by itself" in text
    await soon(lambda: room.notifier.sent)
    assert room.notifier.sent[0].severity == "critical"
    await worker.say("ready")

    async def none() -> bool:
        return not await alerts()

    await soon(none)
    (alert,) = (await room.store.alerts()).items
    assert alert.resolved_wall_s is not None


async def test_a_short_absence_is_no_alert(room: Room) -> None:
    worker = await room.worker("bench")
    for _ in range(8):
        await worker.say("lost")
        await asyncio.sleep(0.03)
        await worker.say("ready")
        await asyncio.sleep(0.01)
    assert (await room.store.alerts()).items == []


async def test_a_worker_that_falls_silent_without_a_will_is_lost_too(room: Room) -> None:
    worker = await room.worker("bench")
    await room.begin(worker)
    await soon(lambda: _texts(room, "silent"))


async def test_a_restarted_leader_misses_the_workers_that_it_expects(room: Room) -> None:
    worker = await room.worker("bench")
    await room.begin(worker)
    room.broker.retained.clear()
    async with room.leading():
        await soon(lambda: _texts(room, "has not been seen since the leader started"))


async def test_without_a_broker_nobody_is_called_lost(room: Room) -> None:
    worker = await room.worker("bench")
    await room.begin(worker)
    room.broker.stop()
    await soon(lambda: not room.leader.broker_connected)
    await asyncio.sleep(0.6)
    assert (await room.store.alerts()).items == []


async def _texts(room: Room, words: str) -> bool:
    return any(words in alert.text for alert in (await room.store.alerts()).items)


async def test_plans_are_published_again_when_the_broker_forgot_them(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    before = len(worker.plans)
    room.broker.stop(forget=True)
    await room.leader.pause(experiment, by="ada")
    room.broker.start()
    await soon(lambda: len(worker.plans) > before)
    assert worker.plans[-1].runs[0].wanted == "paused"
    assert topics.plan("bench") in room.broker.retained


async def test_plans_go_out_later_when_broker_and_store_are_away_at_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut takes both; the broker may be back first."""
    worker = await room.worker("bench")
    await room.begin(worker)
    refused: list[str] = []

    async def workers() -> NoReturn:
        refused.append("workers")
        raise StoreBusy("the database is not there now")

    with monkeypatch.context() as away:
        away.setattr(room.store, "workers", workers)
        room.broker.stop(forget=True)
        room.broker.start()
        await soon(lambda: room.leader_link.connected and refused)
        assert topics.plan("bench") not in room.broker.retained
    await soon(lambda: topics.plan("bench") in room.broker.retained)


async def test_what_a_full_disk_did_not_take_is_heard_again_once_there_is_room(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by seed 20261128108: whoever refused a revision does not say so a second time."""
    refused: list[str] = []

    def full(name: str) -> Callable[..., Awaitable[NoReturn]]:
        async def refuse(*_: object, **__: object) -> NoReturn:
            refused.append(name)
            raise StoreFull("the disk is full")

        return refuse

    with monkeypatch.context() as disk:
        for name in ("answer_run", "keep_capabilities"):
            disk.setattr(room.store, name, full(name))
        worker = await room.worker("bench")
        worker.refuse = "it does not fit"
        await room.submit()
        await soon(lambda: {"answer_run", "keep_capabilities"} <= {*refused})

    async def known() -> bool:
        runs = await room.store.runs(worker="bench")
        [record] = await room.store.workers()
        told = any("it does not fit" in run.reason for run in runs)
        return told and record.capabilities is not None

    await soon(known)


async def test_an_alert_of_a_lost_worker_waits_for_room_on_the_disk(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await room.worker("bench")
    await room.begin(worker)
    refused: list[str] = []

    async def full(*_: object, **__: object) -> NoReturn:
        refused.append("alert")
        raise StoreFull("the disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(room.store, "raise_alert", full)
        await worker.say("lost")
        await soon(lambda: refused)

    async def told() -> bool:
        return any(each.source == "offline" for each in (await room.store.alerts()).items)

    await soon(told)


async def test_a_restarted_leader_goes_on_with_what_runs(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    plans = len(worker.plans)
    async with room.leading():
        await soon(lambda: len(worker.plans) > plans)
        assert worker.plans[-1].epoch == worker.plans[plans - 1].epoch
        await room.leader.pause(experiment, by="ada")
        await soon(lambda: worker.plans[-1].runs[0].wanted == "paused")
        await worker.send(entry(run, "run_ended", 9, state="completed"))
        await room.until(experiment, State.COMPLETED)


async def test_rule_15_an_epoch_that_the_worker_shows_is_outbid(room: Room) -> None:
    worker = await room.worker("bench", appear=False)
    worker.epoch = 70
    await worker.appear()
    await room.submit()
    await soon(lambda: worker.plans)
    assert worker.plans[-1].epoch == 71
    worker.epoch = 90
    await worker.say()
    await soon(lambda: worker.plans[-1].epoch == 91)


async def test_what_makes_no_sense_is_noted_and_nothing_more(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    worker = await room.worker("bench")
    for what in ("state", "capabilities", "plan/accepted", "command/x/result", "outbox"):
        await worker.link.publish(f"{topics.ROOT}/bench/{what}", b"?")
    await worker.link.publish(
        topics.state("impostor"),
        encode(StateMessage(worker="bench", session="s", state="lost", at_wall_s=0)),
    )
    await soon(lambda: "calls itself bench" in caplog.text)
    await room.begin(worker)
