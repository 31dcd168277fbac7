"""The queue's entries: changed, arranged, held, and started once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.model.arrangement import ArrangementRefused
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.entries import (
    ChangedMeanwhile,
    EntryChange,
    QueueHold,
    ReactorTaken,
    Terms,
    TooManyOpen,
    Words,
)
from orchestrator.ports.records import Binding, Experiment
from orchestrator.ports.store import NotFound, Store
from tests.support.stores import BOTH, WALL, submitted

WORDS = Words(description="The warm one", tags=("ecoli",), labels={"v1": "MG1655"})
TERMS = Terms(asked={"v1": "tag:ph", "v2": "other"}, not_before_wall_s=WALL + 60, every="0 9 * * *")


async def submit(store: Store, *names: str, **more: object) -> list[Experiment]:
    return [await store.create_experiment(submitted(name, **more)) for name in names]


async def order(store: Store) -> list[str]:
    waiting = (await store.experiments(states=[State.QUEUED])).items
    return [each.id for each in sorted(waiting, key=lambda each: each.place)]


def changed(one: Experiment, **more: object) -> EntryChange:
    given = EntryChange(name=one.name, words=one.words, terms=one.terms)
    return replace(given, **more)  # type: ignore[arg-type]


async def test_words_and_terms_are_kept_as_they_were_given(store: Store) -> None:
    made = await store.create_experiment(submitted(words=WORDS, terms=TERMS))
    assert (made.words, made.terms, made.version) == (WORDS, TERMS, 1)
    assert made == await store.experiment("20270115-a")


async def test_a_change_needs_the_version_that_was_read(store: Store) -> None:
    (made,) = await submit(store, "a")
    once = await store.change_entry(
        "a", changed(made, name="Warm", words=WORDS), version=1, at_wall_s=WALL
    )
    assert (once.name, once.words, once.version) == ("Warm", WORDS, 2)
    with pytest.raises(ChangedMeanwhile, match="version 2, not 1"):
        await store.change_entry("a", changed(made, name="Cold"), version=1, at_wall_s=WALL)
    again = await store.change_entry("a", changed(once, terms=TERMS), version=None, at_wall_s=WALL)
    assert (again.name, again.terms) == ("Warm", TERMS)
    assert again.bindings == {"v2": Binding.parse("other")}
    with pytest.raises(NotFound):
        await store.change_entry("nowhere", changed(made), version=None, at_wall_s=WALL)


async def test_another_profile_is_the_next_revision(store: Store) -> None:
    (made,) = await submit(store, "a")
    documents = replace(submitted().documents, revision=2, plan_hash="other", inputs={"x": 2.0})
    change = changed(made, documents=documents, vessels=["v3"])
    now = await store.change_entry("a", change, version=1, at_wall_s=WALL)
    assert (now.revision, now.plan_hash, now.inputs, now.vessels) == (
        2,
        "other",
        {"x": 2.0},
        ("v3",),
    )
    with pytest.raises(ChangedMeanwhile, match="is at revision 2"):
        await store.change_entry("a", change, version=2, at_wall_s=WALL)


async def test_once_started_only_words_can_be_changed(store: Store) -> None:
    (made,) = await submit(store, "a")
    started = await store.begin_attempt("a", BOTH, at_wall_s=WALL)
    assert started.version > made.version
    with pytest.raises(ChangedMeanwhile):
        await store.change_entry("a", changed(made, words=WORDS), version=1, at_wall_s=WALL)
    with pytest.raises(TransitionRefused, match="only name, description, tags and labels"):
        await store.change_entry("a", changed(made, terms=TERMS), version=None, at_wall_s=WALL)
    told = await store.change_entry(
        "a", changed(made, words=WORDS), version=started.version, at_wall_s=WALL
    )
    assert (told.words, told.bindings) == (WORDS, BOTH)


async def test_entries_are_arranged_by_their_owner_and_by_administrators(store: Store) -> None:
    await submit(store, "a1", "a2", "a3")
    await submit(store, "b1", actor="bob")
    await submit(store, "a4")
    await store.arrange("a4", "first", owner="ada", at_wall_s=WALL)
    assert await order(store) == ["a4", "a1", "a2", "b1", "a3"], "bob's keeps its place"
    await store.arrange("b1", "a1", owner=None, at_wall_s=WALL)
    assert await order(store) == ["a4", "b1", "a1", "a2", "a3"]
    moved = await store.experiment("a4")
    await store.arrange("a4", "last", owner=None, at_wall_s=WALL)
    assert await order(store) == ["b1", "a1", "a2", "a3", "a4"]
    again = await store.experiment("a4")
    assert moved is not None
    assert again is not None
    assert again.version > moved.version
    with pytest.raises(ArrangementRefused, match="belongs to bob"):
        await store.arrange("b1", "first", owner="ada", at_wall_s=WALL)
    await store.change_state("a1", "cancel", at_wall_s=WALL)
    with pytest.raises(ArrangementRefused, match="a1 does not wait"):
        await store.arrange("a1", "first", owner=None, at_wall_s=WALL)
    with pytest.raises(NotFound):
        await store.arrange("nowhere", "first", owner=None, at_wall_s=WALL)


async def test_what_comes_later_stands_last(store: Store) -> None:
    await submit(store, "a", "b")
    await store.arrange("b", "first", owner=None, at_wall_s=WALL)
    await submit(store, "c")
    assert await order(store) == ["b", "a", "c"]


async def test_open_ones_are_limited_and_a_paused_one_is_open(store: Store) -> None:
    await submit(store, "a", "b")
    await store.begin_attempt("a", BOTH, at_wall_s=WALL)
    await store.change_state("a", "pause", at_wall_s=WALL)
    with pytest.raises(TooManyOpen, match="ada has 2 experiments that wait, run or are paused"):
        await store.create_experiment(submitted("c"), open_max=2)
    await store.create_experiment(submitted("d", actor="bob"), open_max=2)
    await store.change_state("b", "cancel", at_wall_s=WALL)
    made = await store.create_experiment(submitted("c", idempotency_key="k"), open_max=2)
    again = await store.create_experiment(submitted("e", idempotency_key="k"), open_max=2)
    assert made.id == again.id == "c"


async def test_a_reactor_takes_one_run_at_a_time(store: Store) -> None:
    await submit(store, "a", "b")
    await store.begin_attempt("a", BOTH, at_wall_s=WALL)
    with pytest.raises(ReactorTaken, match=r"bench/r1 is taken by a\.1:v1"):
        await store.begin_attempt("b", {"v1": Binding.parse("bench/r1")}, at_wall_s=WALL)
    waiting = await store.experiment("b")
    assert waiting is not None
    assert (waiting.state, waiting.attempt) == (State.QUEUED, None)
    await store.end_run("a.1:v1", State.FAILED, "", at_wall_s=WALL)
    await store.begin_attempt("b", {"v1": Binding.parse("bench/r1")}, at_wall_s=WALL)


async def test_nothing_starts_that_somebody_moved_after_it_was_decided_upon(store: Store) -> None:
    seen, _ = await submit(store, "a", "b")
    moved = await store.arrange("b", "first", owner=None, at_wall_s=WALL)
    with pytest.raises(ChangedMeanwhile, match="a does not start as it was decided"):
        await store.begin_attempt("a", BOTH, at_wall_s=WALL, version=seen.version)
    assert not await store.runs()
    started = await store.begin_attempt("b", BOTH, at_wall_s=WALL, version=moved.version)
    assert started.state is State.RUNNING


async def test_nothing_starts_after_the_queue_was_held(store: Store) -> None:
    [seen] = await submit(store, "a")
    await store.hold_queue(QueueHold(note="cleaning", by="root", since_wall_s=WALL))
    with pytest.raises(ChangedMeanwhile, match="the queue is held"):
        await store.begin_attempt("a", BOTH, at_wall_s=WALL, version=seen.version)
    await store.release_queue(by="root", at_wall_s=WALL)
    await store.begin_attempt("a", BOTH, at_wall_s=WALL, version=seen.version)


async def test_each_attempt_has_a_token_above_all_that_its_worker_saw(store: Store) -> None:
    await submit(store, "a", "b")
    await store.begin_attempt("a", BOTH, at_wall_s=WALL, above={"bench": 7})
    assert {run.vessel: run.fence for run in await store.runs()} == {"v1": 8, "v2": 1}
    for run in await store.runs():
        await store.end_run(run.run, State.COMPLETED, "", at_wall_s=WALL)
    await store.begin_attempt("b", BOTH, at_wall_s=WALL)
    runs = await store.runs(experiment="b")
    assert {run.vessel: run.fence for run in runs} == {"v1": 9, "v2": 2}
    assert {worker.worker: worker.epoch for worker in await store.workers()} == {
        "bench": 9,
        "other": 2,
    }


async def test_what_starts_again_and_again_leaves_its_successor_behind(store: Store) -> None:
    await submit(store, "a", "b")
    follows = submitted("a2", terms=TERMS)
    await store.begin_attempt("a", BOTH, at_wall_s=WALL, successor=follows)
    assert await order(store) == ["b", "a2"]
    with pytest.raises(TransitionRefused):
        await store.begin_attempt("a", BOTH, at_wall_s=WALL, successor=submitted("a3"))
    assert await store.experiment("a3") is None


async def test_a_cancelled_one_never_completes(store: Store) -> None:
    await submit(store, "a")
    await store.begin_attempt("a", BOTH, at_wall_s=WALL)
    await store.wish("a", "cancelled", by="ada", at_wall_s=WALL)
    with pytest.raises(TransitionRefused, match="a is cancelled"):
        await store.change_state("a", "complete", at_wall_s=WALL)
    await store.change_state("a", "cancel", at_wall_s=WALL)
    with pytest.raises(TransitionRefused):
        await store.change_state("a", "complete", at_wall_s=WALL)
    with pytest.raises(TransitionRefused, match="cancelled already"):
        await store.wish("a", "running", by="ada", at_wall_s=WALL)


async def test_a_state_can_be_left_only_while_it_lasts(store: Store) -> None:
    await submit(store, "a")
    await store.begin_attempt("a", BOTH, at_wall_s=WALL)
    with pytest.raises(TransitionRefused, match="a is running by now"):
        await store.change_state("a", "cancel", while_in=State.QUEUED, at_wall_s=WALL)


async def test_the_queue_is_held_with_a_note_until_it_is_released(store: Store) -> None:
    assert await store.queue_hold() is None
    hold = QueueHold(note="new pumps", by="ada", since_wall_s=WALL)
    await store.hold_queue(hold)
    await store.hold_queue(replace(hold, note="new tubing"))
    assert await store.queue_hold() == replace(hold, note="new tubing")
    await store.release_queue(by="bob", at_wall_s=WALL)
    await store.release_queue(by="bob", at_wall_s=WALL)
    assert await store.queue_hold() is None
    told = [event.data for event in await store.events_after(0) if event.kind == "queue"]
    assert [(each["held"], each["note"], each["by"]) for each in told] == [
        (True, "new pumps", "ada"),
        (True, "new tubing", "ada"),
        (False, "", "bob"),
    ]
