"""Buttons and webhooks on their way to the vessels whose rules start on them."""

from __future__ import annotations

import pytest

from orchestrator.ports.office import OutsideEvent, RequestRefused
from orchestrator.ports.store import NotFound
from tests.support.leader_room import Room

RINSE = OutsideEvent(kind="button", name="rinse", id="p1")
DOOR = OutsideEvent(kind="webhook", name="door", id="w1", payload="open")


async def test_a_press_reaches_the_worker_as_a_command_with_its_id(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker, "pressed")
    said = await room.leader.bring(experiment, RINSE, by="ada")
    assert {vessel: each.outcome for vessel, each in said.items()} == {"pressed": "done"}
    command = worker.commands[-1]
    assert (command.name, command.by, f"{command.attempt}:{command.vessel}") == (
        "event",
        "ada",
        run,
    )
    assert command.args == {"event": "button", "name": "rinse", "payload": "", "id": "p1"}


async def test_a_button_that_no_rule_knows_is_not_found(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker, "pressed")
    other = OutsideEvent(kind="button", name="other", id="p2")
    with pytest.raises(NotFound, match="no rule starts on the button 'other'"):
        await room.leader.bring(experiment, other, by="ada")
    with pytest.raises(NotFound, match="no rule of v9"):
        await room.leader.bring(experiment, RINSE, by="ada", vessel="v9")
    with pytest.raises(NotFound, match="no experiment"):
        await room.leader.bring("none", RINSE, by="ada")
    assert worker.commands == []


async def test_an_experiment_that_does_not_run_is_not_pressed(room: Room) -> None:
    experiment = await room.submit("pressed")
    with pytest.raises(RequestRefused, match="queued"):
        await room.leader.bring(experiment, RINSE, by="ada")


async def test_a_webhook_reaches_everything_that_runs_and_waits_for_it(room: Room) -> None:
    worker = await room.worker("bench")
    with pytest.raises(NotFound):
        await room.leader.bring_to_all(DOOR, by="ada")
    experiment, _ = await room.begin(worker, "pressed")
    said = await room.leader.bring_to_all(DOOR, by="ada")
    assert {name: each.outcome for name, each in said.items()} == {f"{experiment}/pressed": "done"}
    assert worker.commands[-1].args["payload"] == "open"


async def test_a_worker_that_does_not_answer_is_told_as_unknown(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker, "pressed")
    worker.answer_commands = False
    said = await room.leader.bring(experiment, RINSE, by="ada")
    assert said["pressed"].outcome == "unknown"
