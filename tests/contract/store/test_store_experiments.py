"""Experiments, attempts, wishes and runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.entries import IdTaken
from orchestrator.ports.records import Binding, Imported, Run
from orchestrator.ports.remarks import NewNote
from orchestrator.ports.store import NotFound, Store
from tests.support.stores import BOTH, RUN, WALL, commit, entry, submitted


async def test_an_experiment_is_kept_as_it_was_submitted(store: Store) -> None:
    made = await store.create_experiment(submitted())
    assert made == await store.experiment("20270115-a")
    assert (made.state, made.vessels, made.attempt) == (State.QUEUED, ("v1", "v2"), None)
    assert made.inputs == {"target_od600": 0.8, "gentle": True}
    assert made.bindings == {"v1": Binding(worker="bench", reactor="r1")}
    documents = await store.documents("20270115-a")
    assert documents == submitted().documents
    assert documents == await store.documents("20270115-a", 1)
    assert await store.documents("20270115-a", 2) is None
    assert await store.experiment("nowhere") is None
    assert await store.documents("nowhere") is None


async def test_the_same_idempotency_key_makes_one_experiment(store: Store) -> None:
    first = await store.create_experiment(submitted(idempotency_key="k"))
    again = await store.create_experiment(submitted("20270115-b", idempotency_key="k"))
    other = await store.create_experiment(submitted("20270115-c", idempotency_key="k", actor="bob"))
    assert (first.id, again.id, other.id) == ("20270115-a", "20270115-a", "20270115-c")
    await store.create_experiment(submitted("20270115-d"))
    await store.create_experiment(submitted("20270115-e"))
    assert len((await store.experiments()).items) == 4


async def test_an_id_is_given_once(store: Store) -> None:
    await store.create_experiment(submitted())
    with pytest.raises(ValueError, match="20270115-a"):
        await store.create_experiment(submitted(actor="bob"))
    found = await store.experiment("20270115-a")
    assert found is not None
    assert found.actor == "ada"


async def test_experiments_are_listed_newest_first_in_pages(store: Store) -> None:
    for number in range(5):
        await store.create_experiment(submitted(f"e{number}"))
    first = await store.experiments(limit=2)
    second = await store.experiments(limit=2, cursor=first.next)
    third = await store.experiments(limit=2, cursor=second.next)
    ids = [[experiment.id for experiment in page.items] for page in (first, second, third)]
    assert ids == [["e4", "e3"], ["e2", "e1"], ["e0"]]
    assert third.next is None
    await store.change_state("e1", "cancel", at_wall_s=WALL)
    cancelled = await store.experiments(states=[State.CANCELLED])
    assert [experiment.id for experiment in cancelled.items] == ["e1"]


async def test_states_follow_the_table_and_nothing_else(store: Store) -> None:
    await store.create_experiment(submitted())
    with pytest.raises(TransitionRefused, match=r"queued.*pause"):
        await store.change_state("20270115-a", "pause", at_wall_s=WALL)
    with pytest.raises(NotFound):
        await store.change_state("nowhere", "pause", at_wall_s=WALL)
    await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL + 1)
    await store.change_state("20270115-a", "pause", at_wall_s=WALL + 2)
    await store.change_state("20270115-a", "resume", at_wall_s=WALL + 3)
    ended = await store.change_state("20270115-a", "fail", at_wall_s=WALL + 4, reason="leak")
    assert (ended.state, ended.reason) == (State.FAILED, "leak")
    assert (ended.started_wall_s, ended.ended_wall_s) == (WALL + 1, WALL + 4)
    with pytest.raises(TransitionRefused):
        await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL)


async def test_an_attempt_begins_with_a_pending_run_for_each_vessel(store: Store) -> None:
    await store.create_experiment(submitted())
    await store.explain("20270115-a", "waits for bench", at_wall_s=WALL)
    waiting = await store.experiment("20270115-a")
    assert waiting is not None
    assert waiting.reason == "waits for bench"
    started = await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL)
    assert (started.attempt, started.state, started.reason) == ("20270115-a.1", "running", "")
    runs = await store.runs(experiment="20270115-a")
    assert [(run.run, str(run.binding), run.answer, run.state) for run in runs] == [
        ("20270115-a.1:v1", "bench/r1", "pending", State.QUEUED),
        ("20270115-a.1:v2", "other", "pending", State.QUEUED),
    ]
    assert [run.vessel for run in await store.runs(worker="other")] == ["v2"]
    with pytest.raises(NotFound):
        await store.begin_attempt("nowhere", BOTH, at_wall_s=WALL)


async def test_each_wish_has_the_next_control_seq(store: Store) -> None:
    await store.create_experiment(submitted())
    await store.wish("20270115-a", "paused", by="ada", at_wall_s=WALL)
    wished = await store.wish("20270115-a", "running", by="bob", at_wall_s=WALL)
    assert (wished.wanted, wished.control_seq, wished.wanted_by) == ("running", 2, "bob")
    with pytest.raises(NotFound):
        await store.wish("nowhere", "paused", by="ada", at_wall_s=WALL)


async def test_a_refused_run_is_over(store: Store) -> None:
    await store.create_experiment(submitted())
    await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL)
    await store.answer_run("20270115-a.1:v1", False, "no feed pump", at_wall_s=WALL + 1)
    await store.answer_run("20270115-a.1:v2", True, "", at_wall_s=WALL + 1)
    await store.answer_run("20270115-a.1:v3", True, "", at_wall_s=WALL + 1)
    refused, accepted = await store.runs(experiment="20270115-a")
    assert (refused.answer, refused.state) == ("refused", State.FAILED)
    assert (refused.reason, refused.ended_wall_s) == ("no feed pump", WALL + 1)
    assert (accepted.answer, accepted.state) == ("accepted", State.QUEUED)
    assert [run.vessel for run in await store.runs(open_only=True)] == ["v2"]


async def test_a_run_ends_once_whoever_says_so_first(store: Store) -> None:
    await store.create_experiment(submitted())
    await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL)
    await commit(store, entry("run_began"))
    await store.end_run(RUN, State.FAILED, "as the worker reports", at_wall_s=WALL + 5)
    await store.end_run(RUN, State.COMPLETED, "again", at_wall_s=WALL + 6)
    await commit(store, entry("paused", 2), first=2)
    run = (await store.runs(experiment="20270115-a"))[0]
    assert (run.state, run.reason, run.ended_wall_s) == (
        State.FAILED,
        "as the worker reports",
        WALL + 5,
    )
    await commit(store, entry("run_ended", 4, state="failed", reason="leak"), first=3)
    run = (await store.runs(experiment="20270115-a"))[0]
    assert (run.state, run.reason, run.ended_wall_s) == (State.FAILED, "leak", WALL + 4)


async def test_revisions_follow_each_other_and_the_last_is_in_force(store: Store) -> None:
    await store.create_experiment(submitted())
    first = await store.documents("20270115-a")
    assert first is not None
    second = replace(
        first,
        revision=2,
        plan_hash="other",
        inputs={"speed": 2.0},
        actor="bob",
        at_wall_s=WALL + 5,
        accept_jumps=True,
        move_to="rest",
    )
    revised = await store.add_revision("20270115-a", second, at_wall_s=WALL + 5)
    assert (revised.revision, revised.plan_hash, revised.inputs) == (2, "other", {"speed": 2.0})
    assert revised.actor == "ada", "whoever submitted it"
    assert await store.revisions("20270115-a") == [first, second]
    assert await store.documents("20270115-a") == second
    assert await store.documents("20270115-a", 1) == first
    for wrong in (1, 2, 4):
        with pytest.raises(ValueError, match="is at revision 2"):
            await store.add_revision("20270115-a", replace(second, revision=wrong), at_wall_s=WALL)
    with pytest.raises(NotFound):
        await store.add_revision("nowhere", second, at_wall_s=WALL)


async def test_with_what_each_attempt_began_is_kept(store: Store) -> None:
    await store.create_experiment(submitted())
    assert await store.provenance("20270115-a") == {}
    made = {"leader": {"version": "1"}, "workers": {"bench": {"plugins": {"µ": "2"}}}}
    await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL, made_with=made)
    assert await store.provenance("20270115-a") == {"20270115-a.1": made}
    assert await store.provenance("another") == {}


async def test_what_another_leader_had_comes_as_it_ended(store: Store) -> None:
    run = Run(
        run="20270115-a.2:v1",
        experiment="20270115-a",
        attempt="20270115-a.2",
        vessel="v1",
        binding=Binding.parse("bench/r1"),
        revision=2,
        answer="accepted",
        state=State.COMPLETED,
        ended_wall_s=WALL + 5.0,
    )
    new = submitted()
    imported = Imported(
        experiment=new,
        later=[replace(new.documents, revision=2, actor="bob", at_wall_s=WALL)],
        state=State.COMPLETED,
        reason="imported by ada from a bundle",
        attempt="20270115-a.2",
        started_wall_s=WALL,
        ended_wall_s=WALL + 5.0,
        runs=[run],
        provenance={"20270115-a.2": {"leader": {"version": "1"}}},
        notes=[NewNote(experiment="20270115-a", text="foam", actor="ada", at_wall_s=WALL)],
    )
    kept = await store.import_experiment(imported)
    assert (kept.state, kept.revision, kept.attempt) == (State.COMPLETED, 2, "20270115-a.2")
    assert await store.runs(open_only=True) in ([], ())
    assert [each.state for each in await store.runs(experiment=kept.id)] == [State.COMPLETED]
    assert (await store.provenance(kept.id))["20270115-a.2"] == {"leader": {"version": "1"}}
    assert [each.text for each in await store.notes(kept.id)] == ["foam"]
    assert [each.actor for each in await store.revisions(kept.id)] == ["", "bob"]
    with pytest.raises(IdTaken):
        await store.import_experiment(imported)


async def test_alerts_of_what_is_imported_are_old(store: Store) -> None:
    await store.create_experiment(submitted())
    said = entry("alert", 1.0, text="dense", severity="critical")
    for outbox, known in (("import:20270115-a:ledger:bench", 0), ("box", 1)):
        await commit(store, said, outbox=outbox)
        assert len((await store.alerts()).items) == known
