"""What happened, folded from ledgers."""

from __future__ import annotations

import random
from typing import Any

import pytest

from orchestrator.messages.outbox import (
    EntryRecord,
)
from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome
from orchestrator.ports.store import Store
from tests.support.stores import KEY, WALL, commit, entry


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
    assert await store.refills("20270115-a") == {}
    (left,) = (await store.doses("20270115-a", unresolved=True)).items
    assert (left.key, left.reason) == ("d2", "power failed")
    resolved = {"pump": "feed_pump", "volume_ml": 0.0, "by": "ada", "reason": "the tube is full"}
    await commit(store, entry("dose_resolved", 1, "d2", **resolved), first=6)
    assert (await store.doses("20270115-a", unresolved=True)).items == []
    bottle = {"bottle": "feed", "volume_ml": 500.0, "by": "ada", "command": "c"}
    await commit(store, entry("account", 2, **bottle, more_ml=6.5), first=7)
    await commit(store, entry("account", 3, **bottle, more_ml=0.4), first=8)
    await commit(store, entry("account", 4, volume_ml=1.0, by="ada", command="c"), first=9)
    assert await store.refills("20270115-a") == {("v1", "feed"): pytest.approx(6.9)}
    page = await store.doses("20270115-a", limit=2)
    assert len((await store.doses("20270115-a", limit=2, cursor=page.next)).items) == 1
