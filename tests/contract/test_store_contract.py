"""What every store keeps, and how it answers."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestrator.messages.outbox import (
    Batch,
    EntryRecord,
    GapRecord,
    LogRecord,
    ReadingRecord,
    Record,
)
from orchestrator.messages.reports import Capabilities, RunReport, StateMessage
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.model.outcome import Outcome
from orchestrator.ports.records import Binding, Documents, Event, NewAlert, NewExperiment
from orchestrator.ports.store import NotFound, Store
from orchestrator.store.memory import MemoryStore
from orchestrator.store.sqlite import open_store

WALL = 1_800_000_000.0
RUN = "20270115-a.1:v1"
KEY = "20270115-a.1:v1:hold#1:daily sample@2027-01-15T08:00:00Z"


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "s")
    yield made
    await made.close()


def submitted(name: str = "20270115-a", **more: Any) -> NewExperiment:
    documents = Documents(
        revision=1,
        profile_text="axenic: profile/1\n",
        file_name="hold.yaml",
        profile_hash="p" * 64,
        plan_hash="q" * 64,
        plan_json="{}",
        git_commit="abc",
    )
    given: dict[str, Any] = {
        "id": name,
        "name": "Hold",
        "documents": documents,
        "inputs": {"target_od600": 0.8, "gentle": True},
        "vessels": ["v1", "v2"],
        "bindings": {"v1": Binding.parse("bench/r1")},
        "actor": "ada",
        "at_wall_s": WALL,
    }
    return NewExperiment(**{**given, **more})


BOTH = {"v1": Binding.parse("bench/r1"), "v2": Binding.parse("other")}


def reading(process_s: float, value: float, **more: Any) -> ReadingRecord:
    given: dict[str, Any] = {
        "run": RUN,
        "revision": 1,
        "signal": "od600",
        "wall_s": WALL + process_s,
        "boot": "b1",
        "monotonic_s": 77.0 + process_s,
    }
    return ReadingRecord(process_s=process_s, value=value, **{**given, **more})


def entry(kind: str, process_s: float = 0.0, key: str | None = None, /, **data: Any) -> EntryRecord:
    return EntryRecord(
        run=data.pop("run", RUN),
        revision=1,
        kind=kind,
        process_s=process_s,
        wall_s=WALL + process_s,
        key=key,
        data=data,
    )


def batch(first: int, records: Sequence[Record], outbox: str = "box") -> tuple[str, Batch]:
    made = Batch(outbox=outbox, first=first, last=first + len(records) - 1, records=list(records))
    return "bench", made


async def commit(store: Store, *records: Record, first: int = 1, outbox: str = "box") -> None:
    await store.commit([batch(first, records, outbox)], at_wall_s=WALL + 9999)


# Experiments


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


# Workers


async def test_rule_15_epochs_grow_above_what_a_worker_shows(store: Store) -> None:
    assert await store.next_epoch("bench") == 1
    assert await store.next_epoch("bench") == 2
    assert await store.next_epoch("bench", above=40) == 41
    assert await store.next_epoch("bench", above=7) == 42
    assert await store.next_epoch("other") == 1


async def test_workers_are_known_by_what_they_last_said(store: Store) -> None:
    state = StateMessage(worker="bench", session="s1", state="ready", at_wall_s=WALL)
    told: list[Event] = []
    store.on_events(told.extend)
    await store.keep_state(state, at_wall_s=WALL)
    await store.keep_state(
        StateMessage(worker="bench", session="s1", state="ready", at_wall_s=WALL + 5),
        at_wall_s=WALL + 5,
    )
    can = Capabilities(worker="bench", version="1", reactors={}, jobs=["stirring"])
    await store.keep_capabilities(can, at_wall_s=WALL + 6)
    await store.keep_capabilities(can, at_wall_s=WALL + 7)
    (worker,) = await store.workers()
    assert (worker.worker, worker.seen_wall_s) == ("bench", WALL + 7)
    assert worker.state is not None
    assert worker.state["at_wall_s"] == WALL + 5
    assert worker.capabilities is not None
    assert worker.capabilities["jobs"] == ["stirring"]
    report = RunReport(
        experiment="x",
        attempt="x.1",
        vessel="v",
        reactor="bench",
        revision=1,
        plan_hash="q",
        state="running",
        control_seq=0,
    )
    await store.keep_state(
        StateMessage(worker="bench", session="s1", state="ready", at_wall_s=WALL, runs=[report]),
        at_wall_s=WALL + 8,
    )
    assert [event.kind for event in told] == ["worker", "capabilities", "worker"]


# Recording


async def test_rule_16_doubled_and_reordered_batches_are_kept_once(store: Store) -> None:
    records: list[Record] = [reading(number * 5.0, number / 10) for number in range(400)]
    records[10:10] = [entry("alert", 50.0, text="warm", severity="warning")]
    records[200:200] = [entry("dose_began", 990, "d1", pump="feed_pump", volume_ml=1.0)]
    batches = []
    chance = random.Random(16)
    for _ in range(60):
        first = chance.randrange(len(records))
        last = min(len(records), first + chance.randrange(1, 40))
        batches.append(batch(first + 1, records[first:last]))
    batches += [batch(at + 1, records[at : at + 25]) for at in range(0, len(records), 25)]
    chance.shuffle(batches)
    for at in range(0, len(batches), 7):
        await store.commit(batches[at : at + 7], at_wall_s=WALL)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 402)]
    assert (held.readings, held.entries) == (400, 2)
    assert held.doubled == sum(len(one.records) for _, one in batches) - 402
    rows = [row async for rows in store.export_readings("20270115-a") for row in rows]
    assert [row.value for row in rows] == [number / 10 for number in range(400)]
    assert len((await store.alerts()).items) == 1
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=10)
    assert sum(curve.count) == 400


async def test_a_commit_answers_with_what_is_held(store: Store) -> None:
    answers = await store.commit(
        [batch(5, [reading(1, 1), reading(2, 2)]), batch(1, [reading(3, 3)], "second")],
        at_wall_s=WALL,
    )
    assert [(answer.outbox, answer.ranges) for answer in answers] == [
        ("box", [(5, 6)]),
        ("second", [(1, 1)]),
    ]
    assert [held.outbox for held in await store.outboxes()] == ["box", "second"]
    assert await store.outbox("nowhere") is None


async def test_holes_in_an_outbox_stay_visible_until_they_are_filled(store: Store) -> None:
    for first in (1, 7, 4, 10):
        await commit(store, reading(first, 1.0), reading(first + 1, 1.0), first=first)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 2), (4, 5), (7, 8), (10, 11)]
    await commit(store, *[reading(number, 1.0) for number in range(2, 9)], first=2)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 8), (10, 11)]
    assert (held.readings, held.doubled) == (10, 5)


async def test_a_batch_that_contradicts_itself_is_refused_whole(store: Store) -> None:
    wrong = Batch(outbox="box", first=1, last=3, records=[reading(1, 1.0)])
    with pytest.raises(ValueError, match="1 to 3"):
        await store.commit([batch(9, [reading(1, 1.0)]), ("bench", wrong)], at_wall_s=WALL)
    assert await store.signals("20270115-a") == []
    await commit(store, reading(1, 1.0), first=9)
    assert await store.signals("20270115-a") == [("v1", "od600")]


async def test_an_entry_that_makes_no_sense_is_kept_and_told_of(store: Store) -> None:
    await commit(
        store,
        entry("phase_entered", 1.0, visit="many"),
        entry("action_ended", 2.0, KEY, outcome="splendid"),
        entry("a kind of tomorrow", 3.0, anything=[1]),
        entry("dose_ended", 4.0, "d1", volume_ml=2.0, outcome="done", pump={"odd": 1}),
    )
    assert [line.kind for line in await store.ledger(RUN)] == [
        "phase_entered",
        "action_ended",
        "a kind of tomorrow",
        "dose_ended",
    ]
    logs = [event for event in await store.events_after(0) if event.kind == "log"]
    assert ["makes no sense" in event.data["text"] for event in logs] == [True, True]
    assert (await store.actions("20270115-a")).items == []
    assert len((await store.doses("20270115-a")).items) == 1


async def test_a_ledger_is_read_in_portions(store: Store) -> None:
    await commit(store, *[entry("tick", number) for number in range(5)], reading(3, 3.0))
    first = await store.ledger(RUN, limit=3)
    rest = await store.ledger(RUN, after=first[-1].number, limit=3)
    assert [line.process_s for line in [*first, *rest]] == [0, 1, 2, 3, 4]
    assert await store.ledger("elsewhere") == []


# Readings


async def test_curves_are_as_measured_where_points_are_few(store: Store) -> None:
    await commit(store, *[reading(number * 5.0, number * 1.5) for number in range(20)])
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=20)
    assert curve.resolution_s == 0
    assert curve.at_s == [number * 5.0 for number in range(20)]
    assert curve.mean == curve.maximum == [number * 1.5 for number in range(20)]
    (part,) = await store.curves("20270115-a", signals=["od600"], from_s=10, to_s=20)
    assert part.at_s == [10, 15, 20]
    (wall,) = await store.curves(
        "20270115-a", signals=["od600"], clock="wall", from_s=WALL + 10, to_s=WALL + 20
    )
    assert wall.at_s == [WALL + 10, WALL + 15, WALL + 20]
    assert await store.curves("20270115-a", signals=["od600"], from_s=1000) == []
    assert await store.curves("20270115-a", signals=[]) == []
    assert await store.curves("20270115-a", signals=["temperature.measured"]) == []


@pytest.mark.parametrize("points", [3, 37, 150, 1999])
@pytest.mark.parametrize(("from_s", "to_s"), [(None, None), (1234.5, 7777.7)])
async def test_curves_keep_every_spike_however_few_points_there_are(
    store: Store, points: int, from_s: float | None, to_s: float | None
) -> None:
    chance = random.Random(points)
    measured = [(number * 5.0, chance.gauss(0, 1)) for number in range(2000)]
    await commit(store, *[reading(at_s, value) for at_s, value in measured])
    (curve,) = await store.curves(
        "20270115-a", signals=["od600"], from_s=from_s, to_s=to_s, points=points
    )
    inside = [
        (at_s, value)
        for at_s, value in measured
        if (from_s or 0) <= at_s <= (to_s if to_s is not None else 1e9)
    ]
    assert len(curve.at_s) <= points
    assert sum(curve.count) == len(inside)
    assert (min(curve.minimum), max(curve.maximum)) == (
        min(value for _, value in inside),
        max(value for _, value in inside),
    )
    if curve.resolution_s:
        for at_s, mean, count in zip(curve.at_s, curve.mean, curve.count, strict=True):
            values = [v for t, v in inside if at_s <= t < at_s + curve.resolution_s - 1e-7]
            assert len(values) == count
            assert mean == pytest.approx(sum(values) / count)


async def test_late_readings_are_in_the_curve(store: Store) -> None:
    await commit(store, *[reading(number * 5.0, 1.0) for number in range(0, 2000, 2)])
    await commit(store, *[reading(number * 5.0, 5.0) for number in range(1999, 0, -2)], first=1001)
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=20)
    assert sum(curve.count) == 2000
    assert set(curve.minimum) == {1.0}
    assert set(curve.maximum) == {5.0}


async def test_one_curve_joins_boots_outboxes_and_revisions(store: Store) -> None:
    await commit(store, *[reading(number, 1.0) for number in range(300)])
    await commit(
        store,
        *[reading(number, 2.0, boot="b2", revision=2, wall_s=None) for number in range(300, 600)],
        outbox="after the fire",
    )
    (whole,) = await store.curves("20270115-a", signals=["od600"], points=1000)
    assert whole.at_s == list(range(600))
    (rough,) = await store.curves("20270115-a", signals=["od600"], points=5)
    assert sum(rough.count) == 600
    (wall,) = await store.curves("20270115-a", signals=["od600"], clock="wall")
    assert len(wall.at_s) == 300
    (newest,) = await store.latest("20270115-a")
    assert (newest.process_s, newest.value, newest.wall_s) == (599, 2.0, None)


async def test_a_wall_clock_that_was_set_moves_only_what_comes_after(store: Store) -> None:
    await commit(store, reading(10, 1.0), reading(20, 1.0))
    await commit(store, reading(30, 1.0, wall_s=WALL + 30.2), first=3)
    await commit(store, reading(40, 1.0, wall_s=WALL + 3640), first=4)
    await commit(store, reading(25, 1.0, wall_s=WALL + 25), first=5)
    (curve,) = await store.curves("20270115-a", signals=["od600"], clock="wall")
    assert curve.at_s == pytest.approx([WALL + s for s in (10, 20, 25, 30.2, 3640)], abs=1e-5)
    (later,) = await store.curves("20270115-a", signals=["od600"], clock="wall", from_s=WALL + 3000)
    assert later.at_s == pytest.approx([WALL + 3640])


async def test_several_signals_and_vessels_are_answered_at_once(store: Store) -> None:
    second = "20270115-a.1:v2"
    await commit(
        store,
        reading(1, 1.0),
        reading(2, 2.0),
        reading(1, 30.0, signal="temperature.measured"),
        reading(1, 3.0, run=second),
        reading(1, 4.0, run="20270115-b.1:v1"),
    )
    curves = await store.curves("20270115-a", signals=["od600", "temperature.measured"])
    assert [(curve.vessel, curve.signal, curve.mean) for curve in curves] == [
        ("v1", "od600", [1.0, 2.0]),
        ("v1", "temperature.measured", [30.0]),
        ("v2", "od600", [3.0]),
    ]
    (only,) = await store.curves("20270115-a", signals=["od600"], vessels=["v2"])
    assert only.vessel == "v2"
    assert await store.signals("20270115-a") == [
        ("v1", "od600"),
        ("v1", "temperature.measured"),
        ("v2", "od600"),
    ]
    latest = await store.latest("20270115-a", vessels=["v1"])
    assert [(one.signal, one.value, one.wall_s) for one in latest] == [
        ("od600", 2.0, WALL + 2),
        ("temperature.measured", 30.0, WALL + 1),
    ]


async def test_an_export_holds_every_reading_with_its_place(store: Store) -> None:
    for first in range(1, 12_001, 3000):
        numbers = range(first, first + 3000)
        await commit(
            store, *[reading(number / 10, float(number)) for number in numbers], first=first
        )
    await commit(
        store, reading(1, 30.0, signal="temperature.measured", calibration="c"), first=20_000
    )
    portions = [rows async for rows in store.export_readings("20270115-a")]
    rows = [row for portion in portions for row in portion]
    assert max(len(portion) for portion in portions) <= 5000
    assert [row.number for row in rows] == [*range(1, 12_001), 20_000]
    oldest, last = rows[0], rows[-1]
    assert (oldest.process_s, oldest.wall_s, oldest.vessel, oldest.signal, oldest.value) == (
        0.1,
        WALL + 0.1,
        "v1",
        "od600",
        1.0,
    )
    assert (last.worker, last.outbox, last.attempt, last.calibration) == (
        "bench",
        "box",
        "20270115-a.1",
        "c",
    )
    warm = [
        row
        async for rows in store.export_readings("20270115-a", signals=["temperature.measured"])
        for row in rows
    ]
    assert len(warm) == 1


# History


async def test_a_ledger_becomes_phases_actions_and_a_run(store: Store) -> None:
    lines = [
        entry("run_began", experiment="20270115-a"),
        entry("phase_entered", 1, phase="hold", visit=1),
        entry("item_began", 9, KEY, item="daily sample", nominal_s=9.0),
        entry("action_began", 10, f"{KEY}:0", action="dose", args={"ml": 1}, nominal_s=9.0),
        entry("action_ended", 12, f"{KEY}:0", action="dose", outcome="done", result={"ml": 0.9}),
        entry(
            "action_ended",
            13,
            f"{KEY}:1",
            action="set",
            detail="500 rpm",
            outcome="skipped",
            reason="paused",
        ),
        entry("item_ended", 13, KEY, outcome="done"),
        entry("paused", 14, by="ada", reason="lunch"),
        entry("phase_left", 20, phase="hold", visit=1, reason="duration"),
    ]
    order = list(range(len(lines)))
    random.Random(3).shuffle(order)
    for number in order:
        await commit(store, lines[number], first=number + 1)
    (visit,) = await store.phases("20270115-a")
    assert (visit.phase, visit.entered_process_s, visit.left_process_s, visit.reason) == (
        "hold",
        1,
        20,
        "duration",
    )
    actions = {a.action_id: a for a in (await store.actions("20270115-a")).items}
    assert set(actions) == {f"{KEY}:0", f"{KEY}:1"}
    done, skipped = actions[f"{KEY}:0"], actions[f"{KEY}:1"]
    assert (done.outcome, done.began_process_s, done.ended_process_s) == (Outcome.DONE, 10, 12)
    assert (done.phase, done.item, done.args, done.result) == (
        "hold",
        "daily sample",
        {"ml": 1},
        {"ml": 0.9},
    )
    assert (skipped.outcome, skipped.reason, skipped.detail) == ("skipped", "paused", "500 rpm")
    assert skipped.began_process_s is None
    items = (await store.actions("20270115-a", with_items=True)).items
    assert len(items) == 3
    assert [a.nominal_s for a in items if a.action == "item"] == [9.0]
    (run,) = await store.runs(experiment="20270115-a")
    assert (run.state, run.reason, run.phase, run.visit) == (State.PAUSED, "lunch", "hold", 1)
    assert (run.binding, run.process_s, run.began_wall_s) == (None, 20, WALL)
    await commit(store, entry("resumed", 21, by="ada"), first=10)
    assert (await store.runs())[0].state == State.RUNNING


async def test_actions_come_in_pages_either_way_round(store: Store) -> None:
    ended = [entry("action_ended", n, f"{KEY}:{n}", action="set", outcome="done") for n in range(5)]
    await commit(store, *ended)
    newest = await store.actions("20270115-a", limit=3)
    rest = await store.actions("20270115-a", limit=3, cursor=newest.next)
    assert [a.ended_process_s for a in [*newest.items, *rest.items]] == [4, 3, 2, 1, 0]
    oldest = await store.actions("20270115-a", limit=4, newest_first=False)
    rest = await store.actions("20270115-a", limit=4, newest_first=False, cursor=oldest.next)
    assert [a.ended_process_s for a in [*oldest.items, *rest.items]] == [0, 1, 2, 3, 4]
    assert rest.next is None
    assert (await store.actions("20270115-a", vessel="v2")).items == []


async def test_rule_3_unknown_doses_count_in_full(store: Store) -> None:
    def dose(kind: str, key: str, ml: float, **more: Any) -> EntryRecord:
        return entry(
            kind, 1, key, pump="feed_pump", medium="feed", direction="in", volume_ml=ml, **more
        )

    await commit(
        store,
        dose("dose_began", "d1", 1.0, cause="chemostat"),
        dose("dose_ended", "d1", 0.9, outcome="done"),
        dose("dose_began", "d2", 2.0),
        dose("dose_ended", "d2", 2.0, outcome="unknown", reason="power failed"),
        dose("dose_began", "d3", 4.0),
    )
    running, unknown, done = (await store.doses("20270115-a")).items
    assert (running.outcome, unknown.outcome, done.outcome) == (None, "unknown", "done")
    assert (done.volume_ml, done.cause, done.medium) == (0.9, "chemostat", "feed")
    assert await store.volumes("20270115-a") == {("v1", "feed"): pytest.approx(6.9)}
    page = await store.doses("20270115-a", limit=2)
    assert len((await store.doses("20270115-a", limit=2, cursor=page.next)).items) == 1


# What waits for people


async def test_a_question_is_open_until_it_is_answered_or_its_action_is_over(store: Store) -> None:
    await commit(
        store,
        entry("question", 1, "q1", text="Inoculate?", kind="ask", choices=["yes", "no"]),
        entry("question", 2, "q2", text="Tube number", kind="sample", deadline_s=60.0),
        entry("question", 3, "q3", text="Ready?", kind="ask"),
    )
    assert [one.key for one in await store.questions()] == ["q3", "q2", "q1"]
    await commit(
        store,
        entry("answer", 9, "q1", answer="yes", by="ada"),
        entry("action_ended", 60, "q2", action="sample", outcome="skipped", reason="unanswered"),
        first=4,
    )
    assert [one.key for one in await store.questions(experiment="20270115-a")] == ["q3"]
    assert await store.questions(experiment="elsewhere") == []
    q1, q2 = await store.question("q1"), await store.question("q2")
    assert q1 is not None
    assert q2 is not None
    assert (q1.state, q1.answer, q1.by, q1.choices) == ("answered", "yes", "ada", ("yes", "no"))
    assert q1.answered_wall_s == WALL + 9
    assert (q2.state, q2.kind, q2.deadline_s) == ("closed", "sample", 60.0)
    await commit(store, entry("run_ended", 99, state="cancelled"), first=6)
    assert await store.questions() == []
    assert [one.state for one in await store.questions(open_only=False)] == [
        "closed",
        "closed",
        "answered",
    ]
    assert await store.question("q9") is None


async def test_alerts_are_raised_acknowledged_and_resolved(store: Store) -> None:
    lost = NewAlert(
        text="bench is lost",
        severity="critical",
        source="leader",
        at_wall_s=WALL,
        identity="lost:bench",
        worker="bench",
    )
    first = await store.raise_alert(lost)
    assert await store.raise_alert(lost) == first
    await commit(store, entry("alert", 5, text="overgrown", severity="info", source="rule"))
    told, raised = (await store.alerts()).items
    assert (told.text, told.severity, told.vessel, told.experiment) == (
        "overgrown",
        "info",
        "v1",
        "20270115-a",
    )
    assert raised == first
    assert [a.id for a in (await store.alerts(experiment="20270115-a")).items] == [told.id]
    seen = await store.acknowledge_alert(told.id, by="ada", at_wall_s=WALL + 9)
    again = await store.acknowledge_alert(told.id, by="bob", at_wall_s=WALL + 10)
    assert seen == again
    assert (seen.acknowledged_by, seen.acknowledged_wall_s) == ("ada", WALL + 9)
    assert await store.resolve_alerts("lost:bench", at_wall_s=WALL + 9) == 1
    assert await store.resolve_alerts("lost:bench", at_wall_s=WALL + 9) == 0
    assert (await store.alerts(open_only=True)).items == []
    anew = await store.raise_alert(lost)
    assert anew.id != first.id
    assert len((await store.alerts(limit=2)).items) == 2
    assert (await store.alerts(limit=2)).next is not None
    with pytest.raises(NotFound):
        await store.acknowledge_alert(999, by="ada", at_wall_s=WALL)


async def test_notifications_are_due_until_they_are_settled(store: Store) -> None:
    await commit(store, *[entry("alert", n, text=f"a{n}") for n in range(3)])
    due = await store.undelivered_alerts()
    assert [alert.text for alert in due] == ["a0", "a1", "a2"]
    await store.settle_alerts(sent=[due[0].id], muted=[due[2].id])
    assert [alert.text for alert in await store.undelivered_alerts()] == ["a1"]
    assert [a.delivery for a in (await store.alerts()).items] == ["muted", "due", "sent"]


# Events


async def test_events_are_numbered_and_resumed_without_loss(store: Store) -> None:
    told: list[Event] = []
    store.on_events(told.extend)
    await store.create_experiment(submitted())
    await commit(
        store,
        entry("phase_entered", 1, phase="hold", visit=1),
        LogRecord(wall_s=WALL, level="warning", text="slow bus"),
        GapRecord(run=RUN, from_process_s=1, to_process_s=2, readings=7),
        entry("tick", 2),
        entry("job_memory", 2, job="growth_rate", memory={}),
    )
    await store.add_event("note", {"text": "hello"}, at_wall_s=WALL, experiment="other")
    kept = await store.events_after(0)
    assert kept == told
    assert [event.event_id for event in kept] == sorted({event.event_id for event in kept})
    assert [event.kind for event in kept] == ["experiment", "phase", "log", "gap", "note"]
    assert await store.events_after(kept[1].event_id, limit=2) == kept[2:4]
    mine = await store.events_after(0, experiment="20270115-a")
    assert [event.kind for event in mine] == ["experiment", "phase", "gap"]
    assert mine[1].data["phase"] == "hold"
    assert await store.newest_event_id() == kept[-1].event_id


async def test_what_is_told_is_there_to_be_read(store: Store) -> None:
    seen: list[int] = []
    store.on_events(lambda events: seen.extend(event.event_id for event in events))
    for number in range(5):
        await commit(store, entry("note", number, text="n"), first=number + 1)
        assert await store.newest_event_id() == seen[-1]
