"""Questions, alerts and notifications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.ports.records import NewAlert
from orchestrator.ports.routes import Sorted
from orchestrator.ports.silence import NewSilence
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
    assert [one.key for one in await store.questions(before="q3")] == ["q2", "q1"]
    await commit(
        store,
        entry("answer", 9, "q1", answer="yes", by="ada"),
        entry("action_ended", 60, "q2", action="sample", outcome="skipped", reason="unanswered"),
        first=4,
    )
    assert [one.key for one in await store.questions(experiment="20270115-a")] == ["q3"]
    assert await store.questions(experiment="elsewhere") == []
    behind = await store.questions(open_only=False, before="q3", limit=1)
    assert [one.key for one in behind] == ["q2"]
    assert await store.questions(before="nobody's") == []
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


async def test_a_reminder_is_counted_at_its_question_and_is_one_alert(store: Store) -> None:
    await commit(
        store,
        entry("question", 1, "q1", text="Ready?", kind="ask", remind_s=1200.0),
        entry("question", 2, "q2", text="Done?", kind="ask"),
    )
    first = await store.question("q1")
    assert first is not None
    assert (first.remind_s, first.reminded, first.reminded_wall_s) == (1200.0, 0, None)
    new = NewAlert(
        text="waits",
        severity="warning",
        source="question",
        at_wall_s=WALL + 1200.0,
        identity="question:q1",
        again=True,
    )
    assert await store.remind(first, new)
    assert not await store.remind(first, new), "as it was read, it was not reminded of yet"
    second = await store.question("q1")
    assert second is not None
    assert (second.reminded, second.reminded_wall_s) == (1, WALL + 1200.0)
    assert await store.remind(second, replace(new, at_wall_s=WALL + 2400.0))
    [alert] = (await store.alerts()).items
    assert (alert.count, alert.last_wall_s, alert.delivery) == (2, WALL + 2400.0, "due")
    other = await store.question("q2")
    assert other is not None
    assert (other.remind_s, other.reminded) == (None, 0)
    await commit(store, entry("answer", 3, "q2", answer="yes", by="ada"), first=3)
    assert not await store.remind(other, replace(new, identity="question:q2"))
    await store.resolve_alerts("question:q1", at_wall_s=WALL + 3000.0)
    third = await store.question("q1")
    assert third is not None
    assert await store.remind(third, replace(new, at_wall_s=WALL + 3600.0))
    assert [each.count for each in (await store.alerts()).items] == [1, 2]


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


async def test_the_same_again_is_counted_until_somebody_has_seen_it(store: Store) -> None:
    """It is due again, and it knows the reactor that plays its vessel."""
    await commit(store, entry("alert", 5, text="hot", source="rule"))
    [raised] = (await store.alerts()).items
    await store.sort_alerts([Sorted(alert=raised, routes=["phone"])], at_wall_s=WALL)
    await commit(store, entry("alert", 6, text="hot", source="rule"), first=2)
    [again] = (await store.alerts()).items
    assert (again.id, again.count, again.raised_wall_s) == (raised.id, 2, raised.raised_wall_s)
    assert again.last_wall_s == WALL + 6
    assert (raised.delivery, again.delivery) == ("due", "due")
    await store.acknowledge_alert(raised.id, by="ada", note="looking", at_wall_s=WALL + 7)
    await commit(store, entry("alert", 8, text="hot", source="rule"), first=3)
    anew, seen = (await store.alerts()).items
    assert (anew.count, seen.count, seen.acknowledged_note) == (1, 2, "looking")


async def test_a_person_says_that_it_is_over_and_why(store: Store) -> None:
    lost = NewAlert(
        text="lost", severity="critical", source="offline", at_wall_s=WALL, identity="lost:bench"
    )
    raised = await store.raise_alert(lost)
    assert [one.id for one in await store.standing_alerts("lost:")] == [raised.id]
    assert await store.standing_alerts("lose") == []
    over = await store.resolve_alert(raised.id, by="ada", note="sold", at_wall_s=WALL + 9)
    again = await store.resolve_alert(raised.id, by="bob", note="", at_wall_s=WALL + 10)
    assert over == again
    assert (over.resolved_by, over.resolved_note, over.resolved_wall_s) == ("ada", "sold", WALL + 9)
    assert await store.standing_alerts("lost:") == []
    with pytest.raises(NotFound):
        await store.resolve_alert(999, by="ada", note="", at_wall_s=WALL)


async def test_a_silence_ends_by_itself_or_is_lifted(store: Store) -> None:
    first = await store.silence(
        NewSilence(
            place="bench/left",
            reason="mending",
            actor="ada",
            began_wall_s=WALL,
            until_wall_s=WALL + 60,
        )
    )
    second = await store.silence(
        NewSilence(experiment="20270115-a", actor="bob", began_wall_s=WALL, until_wall_s=WALL + 90)
    )
    assert await store.silences(at_wall_s=WALL + 59.9) == [second, first]
    assert await store.silences(at_wall_s=WALL + 60) == [second]
    lifted = await store.lift_silence(second.id, by="ada", at_wall_s=WALL + 70)
    assert (lifted.until_wall_s, lifted.lifted_by) == (WALL + 70, "ada")
    assert await store.silences(at_wall_s=WALL + 70) == []
    assert await store.lift_silence(first.id, by="bob", at_wall_s=WALL + 71) == first
    assert await store.one_silence(first.id) == first
    assert await store.one_silence(999) is None
    with pytest.raises(NotFound):
        await store.lift_silence(999, by="ada", at_wall_s=WALL)
    told = [each.data["id"] for each in await store.events_after(0) if each.kind == "silence"]
    assert told == [first.id, second.id, second.id]


async def test_an_alert_about_a_bottle_is_over_once_it_was_changed(store: Store) -> None:
    low = {"text": "will be empty", "severity": "warning", "source": "bottle.feed"}
    await commit(store, entry("alert", 5, **low), entry("alert", 6, **low))
    (standing,) = (await store.alerts(open_only=True)).items
    assert (standing.source, standing.count, standing.resolved_wall_s) == ("bottle.feed", 1, None)
    changed = {"volume_ml": 10.0, "more_ml": 8.0, "by": "ada", "reason": ""}
    await commit(store, entry("account", 7, bottle="waste", **changed), first=3)
    assert len((await store.alerts(open_only=True)).items) == 1
    await commit(store, entry("account", 8, bottle="feed", **changed), first=4)
    assert (await store.alerts(open_only=True)).items == []
    await commit(store, entry("alert", 9, **low), first=5)
    assert len((await store.alerts(open_only=True)).items) == 1, "and it may come again"
