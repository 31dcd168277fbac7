"""Questions, alerts and notifications."""

from __future__ import annotations

import pytest

from orchestrator.ports.records import NewAlert
from orchestrator.ports.store import NotFound, Store
from tests.support.stores import WALL, commit, entry


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


async def test_a_question_says_what_kind_of_answer_it_wants(store: Store) -> None:
    await commit(
        store,
        entry("question", 1, "q1", text="How much?", kind="ask", answer_type="volume", default=0.5),
        entry("question", 2, "q2", text="Which?", kind="ask", choices=["a", "b"], default="b"),
        entry("question", 3, "q3", text="Clear?", kind="ask", answer_type="boolean", default=False),
        entry("question", 4, "q4", text="Ready?", kind="ask"),
    )
    asked = reversed(await store.questions())
    assert [(q.answer_type, q.default, q.unit, tuple(q.choices)) for q in asked] == [
        ("volume", 0.5, "mL", ()),
        ("text", "b", "", ("a", "b")),
        ("boolean", False, "", ()),
        ("text", None, "", ()),
    ]


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
