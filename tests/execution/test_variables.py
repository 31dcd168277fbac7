"""SEMANTICS rules 1, 12 and 14: calls, values of loops and answers, as later steps know them."""

from __future__ import annotations

import pytest

from orchestrator.execution.answers import AnswerRefused
from orchestrator.model.expression import Compare, Const, Expression, Signal, Variable
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import StepPlan
from orchestrator.model.text import Text
from tests.support.plans import (
    HOUR_S,
    Run,
    choice,
    const,
    phase,
    put,
    repeat,
    say,
    step,
    wait,
    wait_until,
)


def var(name: str) -> Variable:
    return Variable(f"vars.{name}")


def show(name: str) -> StepPlan:
    return step("log", text=Text((var(name),)))


def ask(text: str = "Tube?", variable: str = "tube", **fields: object) -> StepPlan:
    return say("ask", text, variable=variable, **fields)


def call(sequence: str, *steps: StepPlan, **variables: Expression) -> StepPlan:
    return step("call", sequence=sequence, variables=variables, steps=steps)


def each(name: str, values: list[Expression], *steps: StepPlan) -> StepPlan:
    return step("repeat", loop="for_each", values=tuple(values), variable=name, steps=steps)


def hold(*steps: StepPlan) -> Run:
    return Run(phase("hold", do=steps, duration_s=HOUR_S), phase("rescue", duration_s=HOUR_S))


def texts(run: Run) -> list[str]:
    return [entry.data["text"] for entry in run.of(Kind.NOTE)]


def test_later_steps_know_an_answer_also_after_a_restart() -> None:
    run = hold(ask(), wait(60.0), show("tube"))
    run.answer("T-7")
    run.crash(30.0)
    run.to(100.0)
    assert texts(run) == ["T-7"]


def test_an_answer_is_kept_beyond_the_time_of_the_loop_in_which_it_was_given() -> None:
    run = hold(repeat(2, choice("if", (var_is_new(), [ask()])), wait(10.0), show("tube")))
    run.answer("T-1")
    run.to(15.0)
    run.crash(16.0)
    run.to(30.0)
    assert texts(run) == ["T-1", "T-1"]


def var_is_new() -> Compare:
    return Compare(Signal("elapsed"), (("<", Const(5.0)),))


def test_without_an_answer_a_variable_is_unknown_and_takes_no_branch() -> None:
    run = hold(
        ask(timeout_s=10.0),
        choice("if", (is_(var("tube"), "a"), [say("log", "a")]), otherwise=(say("log", "b"),)),
    )
    run.to(60.0)
    assert texts(run) == []
    assert run.outcomes("if") == [(10.0, "skipped", "unknown: vars.tube, no answer yet")]


def is_(expression: Expression, value: float | str) -> Compare:
    return Compare(expression, (("==", const(value)),))


def test_a_call_gives_values_that_are_worked_out_once_and_knows_nothing_of_its_caller() -> None:
    run = hold(
        wait(1.0),
        ask(variable="secret"),
        call("report", show("od"), wait(60.0), show("od"), show("secret"), od=Signal("od600")),
    )
    run.to(2.0)
    run.answer("T-1")
    run.see(od600=0.5, max_age_s=1e9)
    assert run.outcomes("call") == [(2.0, "skipped", "unknown: od600, no value yet")]
    run = hold(
        wait(1.0),
        ask(variable="secret"),
        call("report", show("od"), wait(60.0), show("od"), show("secret"), od=Signal("od600")),
    )
    run.see(od600=0.5, max_age_s=1e9)
    run.to(2.0)
    run.answer("T-1")
    run.see(od600=0.9, max_age_s=1e9)
    run.crash(30.0)
    run.to(100.0)
    assert texts(run)[:2] == ["0.5", "0.5"]
    assert "T-1" not in texts(run)[2]


def test_answers_within_a_sequence_stay_there() -> None:
    run = hold(call("report", ask(), show("tube")), show("tube"))
    run.answer("T-1")
    assert texts(run)[0] == "T-1"
    assert "T-1" not in texts(run)[1]


def test_paths_of_a_call_name_its_sequence() -> None:
    run = hold(call("wash", put(a__b=1), call("rinse", put(a__b=2))))
    paths = [str(e.key).rpartition("@0:")[2] for e in run.of(Kind.ACTION_ENDED)]
    assert paths == ["0.wash.0", "0.wash.1.rinse.0", "0.wash.1", "0"]


def test_for_each_goes_through_its_values_in_their_order_also_over_a_restart() -> None:
    values = [const(30.0), const(34.0), Signal("od600")]
    run = Run(
        phase(
            "hold",
            do=(wait(1.0), each("t", values, step("set", settings={"a.t": var("t")}), wait(10.0))),
            duration_s=HOUR_S,
        )
    )
    run.see(od600=38.0)
    run.to(15.0)
    run.crash(16.0)
    run.see(od600=0.0)
    run.to(60.0)
    given = [
        e.data["args"]["settings"] for e in run.of(Kind.ACTION_ENDED) if e.data["action"] == "set"
    ]
    assert given == [{"a.t": 30.0}, {"a.t": 34.0}, {"a.t": 38.0}]
    assert [time for time, _, _ in run.outcomes("repeat")] == [31.0]


def test_wait_until_knows_variables() -> None:
    bound = Compare(Signal("od600"), ((">", var("bound")),))
    run = hold(ask(variable="bound", answer_type="od"), wait_until(bound), say("log", "dense"))
    run.answer("0.8")
    run.see(od600=0.7)
    assert texts(run) == []
    run.crash(5.0)
    run.see(od600=0.9)
    assert texts(run) == ["dense"]


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [
        ("volume", "200 µL", 0.2),
        ("volume", 2, 2.0),
        ("temperature", "37 °C", 37.0),
        ("integer", "3", 3.0),
        ("number", "0.5", 0.5),
        ("boolean", "no", False),
        ("boolean", True, True),
        ("text", "T-7", "T-7"),
        ("od", 0.4, 0.4),
    ],
)
def test_an_answer_becomes_a_value_of_its_type(kind: str, said: object, meant: object) -> None:
    run = hold(ask(answer_type=kind))
    assert run.answer(said)
    (ended,) = [e for e in run.of(Kind.ACTION_ENDED) if e.data["action"] == "ask"]
    assert ended.data["outcome"] == "done"
    assert ended.data["result"]["answer"] == meant


@pytest.mark.parametrize(
    ("fields", "said", "why"),
    [
        ({"answer_type": "volume"}, "37 °C", "°C"),
        ({"answer_type": "integer"}, "2.5", "whole number"),
        ({"answer_type": "boolean"}, "maybe", "yes or no"),
        ({"answer_type": "choice", "choices": ("go", "stay")}, "gone", "go, stay"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_question_stays_open(
    fields: dict[str, object], said: str, why: str
) -> None:
    run = hold(ask(**fields))
    with pytest.raises(AnswerRefused, match=why):
        run.answer(said)
    assert run.view.questions


def test_a_question_tells_its_choices_its_type_and_its_default() -> None:
    run = hold(ask(answer_type="volume", default=const(2.0), timeout_s=60.0))
    (asked,) = run.of(Kind.QUESTION)
    assert (asked.data["answer_type"], asked.data["default"]) == ("volume", 2.0)
    run = hold(ask(answer_type="choice", choices=("go", "stay")))
    assert run.of(Kind.QUESTION)[0].data["choices"] == ["go", "stay"]


def test_a_default_stands_for_the_answer_once_the_timeout_is_over() -> None:
    run = hold(ask(default=const("T-0"), timeout_s=60.0), show("tube"))
    run.to(100.0)
    assert run.outcomes("ask") == [(60.0, "done", "unanswered after 1 min, taken as T-0")]
    assert texts(run) == ["T-0"]


def test_a_default_that_is_true_or_false_is_told_as_profiles_write_it() -> None:
    run = hold(ask(answer_type="boolean", default=const(False), timeout_s=60.0))
    run.to(100.0)
    assert run.outcomes("ask") == [(60.0, "done", "unanswered after 1 min, taken as false")]


@pytest.mark.parametrize("then", ["stop", "fail", "pause", "rescue"])
@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_no_answer_leads_to_what_then_says_wherever_it_is_cut(then: str, cut: int) -> None:
    run = hold(ask(then=then, timeout_s=60.0), say("log", "after"))
    run.to(60.0)
    if cut:
        run.ledger = run.ledger[: len(run.ledger) - cut + 1]
        run.crash(61.0)
    run.to(100.0)
    (ended,) = run.outcomes("ask")
    assert ended[1:] == ("skipped", "unanswered after 1 min")
    assert texts(run) == []
    if then == "stop":
        (log,) = run.outcomes("log")
        assert log[1:] == ("skipped", "unanswered after 1 min")
        assert run.view.state.value == "running"
    elif then == "rescue":
        assert run.view.phase == "rescue"
    else:
        assert run.view.state.value == {"fail": "failed", "pause": "paused"}[then]


def test_just_after_an_outage_a_condition_is_given_time_to_become_known() -> None:
    grown = Compare(Signal("od600"), ((">", Const(1.0)),))
    run = hold(wait(10.0), choice("if", (grown, [say("log", "grown")])))
    run.to(5.0)
    run.crash(20.0)
    run.to(25.0)
    assert run.outcomes("if") == []
    run.see(od600=2.0)
    run.to(27.0)
    assert texts(run) == ["grown"]


def test_what_stays_unknown_after_an_outage_takes_no_branch_after_half_a_minute() -> None:
    grown = Compare(Signal("od600"), ((">", Const(1.0)),))
    run = hold(wait(10.0), choice("if", (grown, [say("log", "grown")])))
    run.to(5.0)
    run.crash(20.0)
    run.to(100.0)
    assert run.outcomes("if") == [(50.0, "skipped", "unknown: od600, no value yet")]
