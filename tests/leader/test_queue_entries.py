"""What people do with the queue: changes, copies, holds, times, repetitions."""

from __future__ import annotations

import asyncio

import pytest

from orchestrator.execution.cron import next_after
from orchestrator.leader.situation import Rules
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.entries import ChangedMeanwhile, Terms, TooManyOpen, Words
from orchestrator.ports.office import ProfileRefused, RequestRefused
from orchestrator.ports.records import Experiment
from orchestrator.ports.store import NotFound
from tests.support.leader_room import Room, soon
from tests.support.played_worker import WALL, entry


async def get(room: Room, experiment: str) -> Experiment:
    found = await room.store.experiment(experiment)
    assert found is not None
    return found


async def test_a_vessel_takes_a_free_reactor_by_tag_or_pool(room: Room) -> None:
    probe = await room.worker("probe", appear=False)
    probe.tags = ["ph"]
    await room.worker("other")
    tagged = await room.submit(terms=Terms(asked={"v1": "tag:ph"}))
    pooled = await room.submit(terms=Terms(asked={"v1": "pool:front"}))
    await room.reason(tagged, "v1 waits for a free reactor with ph (none that is there has it)")
    await room.reason(pooled, "v1 waits for a free reactor of the pool front (none is there)")
    await probe.appear()
    await room.until(tagged, State.RUNNING)
    assert str((await get(room, tagged)).bindings["v1"]) == "probe"
    await room.worker("attic", "left", "right")
    await room.until(pooled, State.RUNNING)
    assert str((await get(room, pooled)).bindings["v1"]) == "attic/left"


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(asked={"v9": "tag:ph"}), "no vessel v9; it has v1"),
        (Terms(asked={"v1": "pool:back"}), "no pool back; there are: front"),
        (Terms(asked={"v1": "kind:ph"}), "neither tag:… nor pool:…"),
        (Terms(every="61 * * * *"), "is no cron entry"),
        (Terms(every="0 9 * * *", every_zone="Mars/Base"), "no timezone 'Mars/Base'"),
        (Terms(priority=10), "priorities go from -9 to 9"),
    ],
)
async def test_terms_that_cannot_be_are_refused(room: Room, terms: Terms, words: str) -> None:
    with pytest.raises(RequestRefused, match=words):
        await room.submit(terms=terms)
    with pytest.raises(RequestRefused, match="no vessel v7"):
        await room.submit(words=Words(labels={"v7": "MG1655"}))


async def test_a_held_one_waits_until_it_is_released(room: Room) -> None:
    await room.worker("bench")
    experiment = await room.submit(terms=Terms(hold="no inoculum"))
    await room.reason(experiment, "held: no inoculum")
    await room.leader.change_entry(experiment, {"hold": None}, version=None, by="ada")
    await room.until(experiment, State.RUNNING)


async def test_a_held_queue_starts_nothing_and_lets_run_what_runs(room: Room) -> None:
    worker = await room.worker("bench")
    await room.worker("other")
    running, _ = await room.begin(worker)
    await room.leader.hold_queue("new pumps", by="root")
    waiting = await room.submit()
    await room.reason(waiting, "the queue is held: new pumps")
    assert (await get(room, running)).state is State.RUNNING
    async with room.leading():
        await asyncio.sleep(0.05)
        assert (await get(room, waiting)).state is State.QUEUED, "a restart releases nothing"
        await room.leader.release_queue(by="root")
        await room.until(waiting, State.RUNNING)


async def test_nothing_starts_before_its_time_and_then_it_does(room: Room) -> None:
    await room.worker("bench")
    experiment = await room.submit(terms=Terms(not_before_wall_s=WALL + 3600))
    await room.reason(experiment, "starts not before 2027-01-15 09:00 UTC")
    room.clock.wall_s = WALL + 3599
    await asyncio.sleep(0.05)
    assert (await get(room, experiment)).state is State.QUEUED
    room.clock.wall_s = WALL + 3600
    await room.until(experiment, State.RUNNING)


async def test_what_comes_every_day_leaves_its_next_one_behind_once(room: Room) -> None:
    worker = await room.worker("bench")
    first = await room.submit(terms=Terms(every="0 9 * * *", every_zone="Europe/Berlin"))
    due_s = next_after("0 9 * * *", "Europe/Berlin", WALL)
    assert due_s is not None
    assert (await get(room, first)).terms.not_before_wall_s == due_s
    await room.reason(first, "starts not before")
    room.clock.wall_s = due_s + 2 * 86_400 + 60  # two mornings went by: they are made up for once
    await room.until(first, State.RUNNING)
    (second,) = (await room.store.experiments(states=[State.QUEUED])).items
    assert second.terms.not_before_wall_s == due_s + 3 * 86_400
    assert (second.actor, second.name, second.plan_hash) == (
        "ada",
        "Hold",
        (await get(room, first)).plan_hash,
    )
    run = f"{first}.1:v1"
    worker.report(run, "completed")
    await worker.send(entry(run, "run_began"), entry(run, "run_ended", 9, state="completed"))
    await room.until(first, State.COMPLETED)
    await worker.say()
    room.clock.wall_s = due_s + 3 * 86_400
    await room.until(second.id, State.RUNNING)
    everything = (await room.store.experiments()).items
    assert len(everything) == 3, "each start left one behind"


async def test_cancelling_what_waits_ends_a_repetition(room: Room) -> None:
    await room.worker("bench")
    experiment = await room.submit(terms=Terms(every="0 9 * * *"))
    await room.leader.cancel(experiment, by="ada")
    room.clock.wall_s = WALL + 3 * 86_400
    await asyncio.sleep(0.05)
    assert [each.id for each in (await room.store.experiments()).items] == [experiment]


async def test_an_entry_is_changed_until_it_starts(room: Room) -> None:
    experiment = await room.submit("v1", inputs={"target": 0.8})
    before = await get(room, experiment)
    changed = await room.leader.change_entry(
        experiment,
        {"name": "Warm", "asked": {"v1": "bench"}, "inputs": {"target": 1.2}},
        version=before.version,
        by="ada",
    )
    assert (changed.name, changed.inputs, changed.revision) == ("Warm", {"target": 1.2}, 2)
    with pytest.raises(ChangedMeanwhile):
        await room.leader.change_entry(experiment, {"name": "Cold"}, version=1, by="ada")
    with pytest.raises(ProfileRefused):
        await room.leader.change_entry(experiment, {"text": "wrong"}, version=None, by="ada")
    again = await room.leader.change_entry(
        experiment, {"text": "v1 v2", "inputs": {}}, version=None, by="ada"
    )
    assert (again.vessels, again.inputs, again.name) == (("v1", "v2"), {}, "Warm")
    await room.worker("bench", "bench", "right")
    await room.until(experiment, State.RUNNING)
    assert (await get(room, experiment)).revision == 3
    with pytest.raises(TransitionRefused, match="only name, description, tags and labels"):
        await room.leader.change_entry(experiment, {"hold": ""}, version=None, by="ada")
    words = {"labels": {"v2": "MG1655"}, "tags": ("ecoli",)}
    told = await room.leader.change_entry(experiment, words, version=None, by="ada")
    assert (told.words.labels, told.words.tags) == ({"v2": "MG1655"}, ("ecoli",))
    with pytest.raises(NotFound):
        await room.leader.change_entry("nowhere", {}, version=None, by="ada")


async def test_a_copy_is_the_same_once_more_for_whoever_asks(room: Room) -> None:
    terms = Terms(asked={"v1": "tag:ph"}, priority=3, hold="later")
    first = await room.submit(terms=terms, words=Words(tags=("ecoli",)), inputs={"x": 1.0})
    made = await room.leader.copy(first, by="bob", idempotency_key="k")
    again = await room.leader.copy(first, by="bob", idempotency_key="k")
    assert made.id == again.id != first
    assert (made.actor, made.inputs, made.words.tags) == ("bob", {"x": 1.0}, ("ecoli",))
    assert made.terms == Terms(asked={"v1": "tag:ph"}), "priority and hold were for the first"
    await room.leader.cancel(first, by="ada")
    assert (await room.leader.copy(first, by="ada")).state is State.QUEUED
    with pytest.raises(NotFound):
        await room.leader.copy("nowhere", by="ada")


async def test_a_user_has_so_many_open_and_pausing_makes_no_room(room: Room) -> None:
    """A limit that counts what runs can be passed by pausing."""
    room.rules = Rules(open_max=2, open_max_of={"bob": 3})
    async with room.leading():
        worker = await room.worker("bench")
        first, run = await room.begin(worker)
        await room.submit()
        await room.leader.pause(first, by="ada")
        worker.report(run, "paused")
        await worker.send(entry(run, "paused", 2))
        await room.until(first, State.PAUSED)
        with pytest.raises(TooManyOpen, match="ada has 2 experiments"):
            await room.submit()
        with pytest.raises(TooManyOpen):
            await room.leader.copy(first, by="ada")
        for _ in range(3):
            await room.submit(actor="bob")
        with pytest.raises(TooManyOpen, match="and 3 may be open"):
            await room.submit(actor="bob")


async def test_the_queue_tells_turn_reason_and_estimate(room: Room) -> None:
    worker = await room.worker("bench")
    running, _ = await room.begin(worker)
    second = await room.submit(bindings={"v1": "bench"})
    third = await room.submit(terms=Terms(not_before_wall_s=WALL + 60), actor="bob")
    standing = await room.leader.queue()
    assert standing.hold is None
    assert [(each.experiment.id, each.position) for each in standing.entries] == [
        (third, 1),
        (second, 2),
    ], "bob has nothing that runs"
    waits = standing.entries[1]
    assert waits.reason == f"v1 waits for bench, which runs {running}"
    assert waits.earliest_wall_s is not None
    assert (waits.latest_wall_s, waits.basis) == (
        None,
        f"{running}: nobody knows how long it lasts",
    )


async def test_entries_are_moved_and_the_first_comes_first(room: Room) -> None:
    first, second = await room.submit(), await room.submit()
    await room.leader.arrange(second, "first", owner="ada", by="ada")
    await room.leader.hold_queue("until all are here", by="root")
    worker = await room.worker("bench")
    await room.reason(first, "until all are here")
    await room.leader.release_queue(by="root")
    await room.until(second, State.RUNNING)
    await room.reason(first, "v1 waits for a free reactor")
    assert worker.name == "bench"


async def test_an_experiment_whose_worker_is_gone_for_good_is_given_up(room: Room) -> None:
    """Nothing is running for ever; and a worker that comes back is told to end it."""
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    with pytest.raises(RequestRefused, match="bench can be reached"):
        await room.leader.abandon(experiment, by="root")
    await worker.say("lost")
    await soon(lambda: not _ready(room))
    await room.leader.abandon(experiment, by="root")
    await room.until(experiment, State.CANCELLED)
    assert "given up by root" in (await get(room, experiment)).reason
    with pytest.raises(TransitionRefused):
        await room.leader.abandon(experiment, by="root")
    other = await room.submit(bindings={"v1": "bench"})
    await worker.say("ready")
    await soon(lambda: [o.wanted for o in worker.plans[-1].runs] == ["cancelled"])
    await room.reason(other, f"bench, which runs {experiment}")
    worker.report(run, "cancelled")
    await worker.say()
    await room.until(other, State.RUNNING)


def _ready(room: Room) -> bool:
    presence = room.leader._presences.get("bench")
    return presence is not None and presence.ready


async def test_submissions_of_one_moment_have_ids_of_their_own(room: Room) -> None:
    """An id that was free when it was chosen may be taken when it is kept."""
    made = await asyncio.gather(*(room.submit() for _ in range(12)))
    assert len(set(made)) == 12
    assert len((await room.store.experiments()).items) == 12
