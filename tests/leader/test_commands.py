"""What people ask of workers at once."""

from __future__ import annotations

import asyncio

import pytest

from orchestrator.messages.reports import StopReport
from orchestrator.ports.office import (
    NoAnswer,
    RequestRefused,
)
from orchestrator.ports.store import NotFound
from tests.support.leader_room import Room, soon
from tests.support.played_worker import WALL, PlayedWorker, entry


async def test_rule_17_a_command_carries_the_session_and_is_answered(room: Room) -> None:
    worker = await room.worker("bench")
    await room.knows("bench")
    result = await room.leader.command(
        "bench", "set", {"setting": "stirring.target", "value": 500}, by="ada", reactor="bench"
    )
    assert (result.outcome, result.result) == ("done", {"said": "set"})
    (command,) = worker.commands
    assert (command.session, command.by, command.sent_wall_s) == ("s1", "ada", WALL)
    assert command.args == {"setting": "stirring.target", "value": 500}


async def test_a_command_that_nobody_answers_is_given_up(room: Room) -> None:
    worker = await room.worker("bench")
    worker.answer_commands = False
    await room.knows("bench")
    with pytest.raises(NoAnswer, match="bench did not answer"):
        await room.leader.command("bench", "stop", {"job": "dosing"}, by="ada")
    with pytest.raises(NotFound):
        await room.leader.command("attic", "stop", {"job": "dosing"}, by="ada")
    with pytest.raises(RequestRefused, match="no such command"):
        await room.leader.command("bench", "explode", {}, by="ada")
    await worker.say("stopped")

    async def stopped() -> bool:
        (found,) = await room.store.workers()
        return found.state is not None and found.state["state"] == "stopped"

    await soon(stopped)
    with pytest.raises(RequestRefused, match="stopped"):
        await room.leader.command("bench", "stop", {"job": "dosing"}, by="ada")


async def test_rule_17_the_same_under_one_key_is_one_command_for_any_leader(room: Room) -> None:
    """Whoever had no answer asks again, perhaps a leader that began anew: the id is the same."""
    worker = await room.worker("bench")
    worker.answer_commands = False
    await room.knows("bench")
    wish = {"setting": "stirring.target", "value": 500}
    for by, args, key in (
        ("ada", wish, "k1"),
        ("ada", wish, "k1"),
        ("ada", wish, "k2"),
        ("bob", wish, "k1"),
        ("ada", {**wish, "value": 400}, "k1"),
        ("ada", wish, None),
        ("ada", wish, None),
    ):
        with pytest.raises(NoAnswer):
            await room.leader.command("bench", "set", args, by=by, key=key)
    first, again, *others = [command.id for command in worker.commands]
    assert first == again
    assert len({first, *others}) == 6
    worker.answer_commands = True
    both = [room.leader.command("bench", "set", {}, by="ada", key="k") for _ in range(2)]
    assert [said.outcome for said in await asyncio.gather(*both)] == ["done", "done"]


async def test_an_answer_reaches_the_worker_that_asked(room: Room) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    key = f"{run}:inoculate#1:do@0:1"
    await worker.send(entry(run, "question", 2, key, text="Ready?", kind="ask", choices=["yes"]))
    await soon(lambda: room.store.question(key))
    with pytest.raises(RequestRefused, match="not one of yes"):
        await room.leader.answer(key, "maybe", by="ada")
    result = await room.leader.answer(key, "yes", by="ada")
    assert result.outcome == "done"
    assert worker.commands[-1].name == "answer"
    assert worker.commands[-1].args == {"key": key, "answer": "yes"}
    assert worker.commands[-1].vessel == "v1"
    await worker.send(entry(run, "answer", 3, key, answer="yes", by="ada"))
    with pytest.raises(RequestRefused, match="answered already"):
        await _after(worker, room, key)
    with pytest.raises(NotFound):
        await room.leader.answer("nobody", "yes", by="ada")


async def _after(worker: PlayedWorker, room: Room, key: str) -> None:
    await soon(lambda: len(worker.accepted) == 3)
    await room.leader.answer(key, "yes", by="ada")


async def test_rule_19_a_release_says_which_stops_it_means(room: Room) -> None:
    worker = await room.worker("bench")
    worker.stopped = {"bench": StopReport(by="ada", at_wall_s=WALL, id="boot:1.0")}
    await worker.say("ready")
    presences = room.leader._presences
    await soon(lambda: (found := presences.get("bench")) and found.stopped("bench"))
    await room.leader.command("bench", "release_stop", {}, by="ada")
    assert worker.commands[-1].args == {"stops": {"bench": "boot:1.0"}}


async def test_rule_19_an_emergency_stop_reaches_everybody_at_once(room: Room) -> None:
    first, second = await room.worker("first"), await room.worker("second")
    second.answer_commands = False
    await room.knows("first", "second")
    said = await room.leader.emergency_stop(by="ada")
    assert (said["first"].outcome, said["second"].outcome) == ("done", "unknown")
    assert [worker.commands[0].name for worker in (first, second)] == ["emergency_stop"] * 2
