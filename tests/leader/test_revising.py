"""Another revision of what runs: asked first, then in force everywhere, or nowhere (rule 18)."""

from __future__ import annotations

import asyncio

import pytest

from orchestrator.model.canonical import digest
from orchestrator.model.experiment import State
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.records import Documents
from orchestrator.ports.store import NotFound
from tests.support.leader_room import Room, soon
from tests.support.played_worker import PlayedWorker, entry


async def next_revision(room: Room, experiment: str, **more: object) -> Documents:
    """The same plan under another name, as a later revision."""
    found = await room.store.experiment(experiment)
    now = await room.store.documents(experiment)
    assert found is not None and now is not None
    text = now.plan_json.replace('"Hold"', '"Held on"')
    fields = {
        "revision": found.revision + 1,
        "profile_text": now.profile_text,
        "file_name": now.file_name,
        "profile_hash": now.profile_hash,
        "plan_hash": digest(text.encode()),
        "plan_json": text,
        "actor": "ada",
        "at_wall_s": room.clock.wall_s,
    }
    return Documents(**{**fields, **more})  # type: ignore[arg-type]


def stages(worker: PlayedWorker) -> list[tuple[int, str]]:
    return [(run.revision, run.stage) for plan in worker.plans for run in plan.runs]


async def test_all_are_asked_before_it_is_in_force(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    documents = await next_revision(room, experiment, accept_jumps=True, move_to="hold")
    revised = await room.leader.revise(experiment, documents)
    assert (revised.revision, revised.plan_hash) == (2, documents.plan_hash)
    await soon(lambda: stages(worker)[-2:] == [(2, "prepare"), (2, "run")])
    last = worker.plans[-1].runs[0]
    assert (last.accept_jumps, last.move_to) == (True, "hold")
    kept = await room.store.revisions(experiment)
    assert [(each.revision, each.actor) for each in kept] == [(1, ""), (2, "ada")]


async def test_one_refusal_keeps_the_old_revision_everywhere(room: Room) -> None:
    one, two = await room.worker("one"), await room.worker("two")
    two.outbox = "other box"
    experiment = await room.submit("a b", bindings={"a": "one", "b": "two"})
    await room.until(experiment, State.RUNNING)
    for worker, vessel in ((one, "a"), (two, "b")):
        await worker.send(entry(f"{experiment}.1:{vessel}", "run_began", vessel=vessel))
        await room.run_state(f"{experiment}.1:{vessel}", State.RUNNING)
    two.refuse = "b would jump"
    with pytest.raises(RequestRefused, match="b would jump"):
        await room.leader.revise(experiment, await next_revision(room, experiment))
    await soon(lambda: stages(one)[-1] == stages(two)[-1] == (1, "run"))
    assert (2, "run") not in stages(one)
    found = await room.store.experiment(experiment)
    assert found is not None
    assert (found.revision, found.state, found.wanted) == (1, State.RUNNING, "running")


async def test_silence_keeps_the_old_revision_too(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    worker.answer_plans = False
    with pytest.raises(NoAnswer, match=f"{run} did not say"):
        await room.leader.revise(experiment, await next_revision(room, experiment))
    await soon(lambda: stages(worker)[-1] == (1, "run"))


async def test_who_is_away_is_behind_and_gets_it_on_return(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await worker.say("lost")
    await soon(lambda: not room.leader._presences.get("bench").ready)  # type: ignore[union-attr]
    await room.leader.revise(experiment, await next_revision(room, experiment))
    [behind] = await room.store.runs(experiment=experiment)
    assert behind.revision == 1
    await soon(lambda: stages(worker)[-1] == (2, "run"))
    assert (2, "prepare") not in stages(worker)
    await worker.send(entry(run, "revised", 2, revision=2, plan_hash="q"))

    async def caught_up() -> bool:
        [found] = await room.store.runs(experiment=experiment)
        return found.revision == 2

    await soon(caught_up)


async def test_rule_18_who_refuses_on_its_return_is_told_of_until_it_follows(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    await worker.say("lost")
    await soon(lambda: not room.leader._presences.get("bench").ready)  # type: ignore[union-attr]
    worker.refuse = "v1 is in a phase that is gone"
    await room.leader.revise(experiment, await next_revision(room, experiment))

    async def told() -> bool:
        page = await room.store.alerts(experiment=experiment, open_only=True)
        return [(each.severity, each.vessel) for each in page.items] == [("critical", "v1")]

    await soon(told)
    [alert] = (await room.store.alerts(experiment=experiment, open_only=True)).items
    assert "v1 is in a phase that is gone" in alert.text
    assert "axenic rollback" in alert.text
    [found] = await room.store.runs(experiment=experiment)
    assert found.revision == 1
    await room.leader._dispatch.publish("bench")  # said again, told once
    await soon(told)
    worker.refuse = ""
    await room.leader._dispatch.publish("bench")

    async def over() -> bool:
        return not (await room.store.alerts(experiment=experiment, open_only=True)).items

    await soon(over)


async def test_a_refusal_of_what_was_only_asked_does_not_fail_a_run_that_just_began(
    room: Room,
) -> None:
    """Its ledger may not have told yet that it runs."""
    worker = await room.worker("bench")
    experiment = await room.submit("v1")

    async def answered() -> bool:
        return any(run.answer == "accepted" for run in await room.store.runs())

    await soon(answered)
    worker.refuse = "not now"
    with pytest.raises(RequestRefused):
        await room.leader.revise(experiment, await next_revision(room, experiment))
    worker.refuse = ""
    await asyncio.sleep(0.05)
    found = await room.store.experiment(experiment)
    assert found is not None and found.wanted == "running"


async def test_what_moved_on_or_does_not_run_is_not_revised(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    documents = await next_revision(room, experiment)
    first, second = await asyncio.gather(
        room.leader.revise(experiment, documents),
        room.leader.revise(experiment, documents),
        return_exceptions=True,
    )
    assert not isinstance(first, BaseException)
    assert isinstance(second, RequestRefused) and "revision 2 meanwhile" in str(second)
    with pytest.raises(NotFound):
        await room.leader.revise("nobody", documents)
    waiting = await room.submit("v2", bindings={"v2": "elsewhere"})
    with pytest.raises(RequestRefused, match="nothing of it runs"):
        await room.leader.revise(waiting, documents)
