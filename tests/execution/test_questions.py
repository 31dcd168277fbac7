"""Questions to people: ask, sample, and how long they wait."""

from __future__ import annotations

from orchestrator.model.ledger import Kind
from tests.support.plans import DAY_S, HOUR_S, Run, phase, put, sample, say


def do(*steps: object) -> Run:
    return Run(phase("first", do=steps), phase("rest", duration_s=1e6))  # type: ignore[arg-type]


def test_ask_waits_until_it_is_answered() -> None:
    run = do(say("ask", "Inoculate, then confirm"), put(a__b=1))
    run.to(DAY_S)
    question = run.of(Kind.QUESTION)[0]
    assert question.data == {
        "text": "Inoculate, then confirm",
        "kind": "ask",
        "deadline_s": None,
        "choices": [],
    }
    assert run.answer("done")
    ended = run.of(Kind.ACTION_ENDED)[0]
    assert ended.data["result"] == {"answer": "done", "by": "ada"}
    assert run.outcomes("ask") == [(DAY_S, "done", "")]
    assert len(run.outcomes("set")) == 1


def test_a_question_can_be_answered_once() -> None:
    run = do(say("ask", "Ready?"))
    key = next(iter(run.view.questions))
    assert run.answer("yes", key)
    assert not run.answer("no", key)
    assert not run.answer("yes", "x1.1:control:first#1:do@0:7")
    assert len(run.of(Kind.ANSWER)) == 1


def test_rule_14_ask_without_an_answer_is_skipped_then_the_next_step() -> None:
    run = do(say("ask", "Ready?", timeout_s=8 * HOUR_S), put(a__b=1))
    assert run.of(Kind.QUESTION)[0].data["deadline_s"] == 8 * HOUR_S
    run.to(9 * HOUR_S)
    assert run.outcomes("ask") == [(8 * HOUR_S, "skipped", "unanswered after 8 h")]
    assert [time for time, _, _ in run.outcomes("set")] == [8 * HOUR_S]
    assert not run.view.questions


def test_a_question_tells_how_soon_somebody_is_to_be_reminded() -> None:
    """Who reminds is the leader; the worker has nothing else to do for it."""
    run = do(say("ask", "Ready?", remind_s=1200.0))
    run.to(DAY_S)
    [question] = run.of(Kind.QUESTION)
    assert question.data["remind_s"] == 1200.0


def test_a_sample_asks_for_its_label_and_counts_the_volume() -> None:
    run = do(sample(1.5))
    assert run.of(Kind.QUESTION)[0].data["kind"] == "sample"
    assert run.of(Kind.QUESTION)[0].data["text"] == "Tube number"
    run.to(60.0)
    run.answer("tube 7")
    assert run.outcomes("sample") == [(60.0, "done", "")]
    account = run.of(Kind.ACCOUNT)
    assert [(e.data["volume_ml"], e.data["by"], e.data["reason"]) for e in account] == [
        (1.5, "ada", "sample tube 7")
    ]


def test_a_sample_may_be_declined_and_then_nothing_is_counted() -> None:
    run = do(sample())
    run.answer(False)
    assert run.outcomes("sample") == [(0.0, "skipped", "declined by ada")]
    assert run.of(Kind.ACCOUNT) == []


def test_an_open_question_outlives_restarts_and_is_asked_once() -> None:
    run = do(sample(), say("ask", "Stored?"))
    run.crash(HOUR_S)
    run.crash(2 * DAY_S)
    assert len(run.of(Kind.QUESTION)) == 1
    assert run.answer("tube 7")
    assert [e.data["kind"] for e in run.of(Kind.QUESTION)] == ["sample", "ask"]


def test_a_question_closes_with_its_procedure() -> None:
    run = Run(phase("first", do=(say("ask", "Ready?"),), duration_s=60.0))
    key = next(iter(run.view.questions))
    run.to(100.0)
    assert run.outcomes("ask") == [(60.0, "skipped", "the run ended")]
    assert not run.answer("yes", key)
