"""SEMANTICS rules 1 to 3: cut after any entry of its ledger, a procedure comes to the same end."""

from __future__ import annotations

import pytest

from orchestrator.model.expression import Compare, Const, Variable
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import StepPlan
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    below,
    blank,
    choice,
    const,
    dilute,
    dose,
    phase,
    put,
    repeat,
    say,
    step,
    wait,
    wait_until,
    when,
)

IRREVERSIBLE = {"dose", "dilute", "circulate", "sample"}


def var(name: str) -> Variable:
    return Variable(f"vars.{name}")


def is_(name: str, value: str) -> Compare:
    return Compare(var(name), (("==", Const(value)),))


def call(sequence: str, *steps: StepPlan, **variables: float) -> StepPlan:
    given = {name: const(value) for name, value in variables.items()}
    return step("call", sequence=sequence, variables=given, steps=steps)


def each(name: str, values: list[float], *steps: StepPlan) -> StepPlan:
    listed = tuple(const(value) for value in values)
    return step("repeat", loop="for_each", values=listed, variable=name, steps=steps)


def loop(kind: str, expression: Compare, *steps: StepPlan, most: int = 9) -> StepPlan:
    return step("repeat", loop=kind, condition=when(expression), max=most, steps=steps)


def question(text: str, **fields: object) -> StepPlan:
    return say("ask", text, **fields)


NESTED = {
    "loops in branches side by side": (
        wait(1.0),
        choice(
            "parallel",
            (None, [repeat(2, wait(10.0), dose(0.1)), put(stirring__target=600)]),
            (None, [loop("until", above("od600", 1.0), wait(15.0), blank()), say("log", "grown")]),
            (None, [loop("while", below("od600", 1.0), wait(20.0)), dilute(0.2)]),
        ),
        say("log", "after"),
    ),
    "choices within calls within loops": (
        wait(1.0),
        each(
            "volume",
            [0.1, 0.2],
            call(
                "wash",
                choice(
                    "choose",
                    (above("od600", 2.0), [say("log", "never")]),
                    (above("od600", 0.1), [step("dose", volume_ml=var("amount"), medium="feed")]),
                    otherwise=(say("log", "else"),),
                ),
                wait(12.0),
                amount=0.5,
            ),
            step("dilute", volume_ml=var("volume"), medium="feed"),
        ),
        put(stirring__target=700),
    ),
    "answers in variables": (
        wait(1.0),
        loop(
            "until",
            is_("go", "yes"),
            question("Go?", variable="go", choices=("no", "yes"), timeout_s=100.0),
            wait(5.0),
        ),
        choice("if", (is_("go", "yes"), [dose(0.3)]), otherwise=(say("fail", "no"),)),
        question("How much?", variable="amount", answer_type="volume", default=const(0.4),
                 timeout_s=30.0),
        step("dose", volume_ml=var("amount"), medium="feed"),
        question("Still there?", timeout_s=30.0, then="stop"),
        say("log", "never"),
    ),
}  # fmt: skip
"""Each begins with a moment in which the culture is measured."""
RACING = {
    "timeouts around all of it": (
        wait(1.0),
        step(
            "parallel",
            timeout_s=35.0,
            branches=choice(
                "parallel",
                (None, [repeat(9, wait(10.0), dose(0.1))]),
                (None, [wait_until(above("od600", 9.0), timeout_s=20.0), wait(1000.0)]),
            ).branches,
        ),
        call("report", say("log", "after"), blank()),
    ),
}  # fmt: skip
"""What comes first hangs on how long the shell takes, which a cut changes."""


def live(run: Run, until_s: float) -> None:
    """Let the culture grow, and a person say no and then yes; both by the clock alone."""
    while run.now_s < until_s and not run.view.ended:
        answer_at(run)
        run.see(od600=0.5 + run.now_s / 60.0)
        run.to(run.now_s + 5.0)


def answer_at(run: Run) -> None:
    for key, asked in list(run.view.questions.items()):
        if asked.text == "Go?" and run.now_s >= 10.0:
            run.answer("no" if "[1]" in key else "yes", key)


def start(steps: tuple[StepPlan, ...]) -> Run:
    run = Run(phase("hold", do=steps, duration_s=HOUR_S / 4))
    run.performing_s = 4.0
    return run


def outcomes(run: Run) -> dict[str, tuple[str, str]]:
    """What became of each action, by its path."""
    return {
        str(entry.key): (entry.data["action"], entry.data["outcome"])
        for entry in run.of(Kind.ACTION_ENDED)
    }


def texts(run: Run) -> list[str]:
    """What was logged; a text may stand twice, since `log` can be repeated (rule 3)."""
    return list(dict.fromkeys(entry.data["text"] for entry in run.of(Kind.NOTE)))


@pytest.mark.parametrize("name", NESTED)
def test_cut_after_any_entry_it_comes_to_the_same_end(name: str) -> None:
    whole = start(NESTED[name])
    live(whole, 400.0)
    expected = outcomes(whole)
    for kept in range(1, len(whole.ledger)):
        run = cut(whole, NESTED[name], kept)
        live(run, 800.0)
        found = outcomes(run)
        assert texts(run) == texts(whole), kept
        assert found.keys() == expected.keys(), kept
        for key, (action, outcome) in found.items():
            cut_short = action in IRREVERSIBLE and outcome == "unknown"
            assert cut_short or (action, outcome) == expected[key], (kept, key)
        check_once(run)
        assert run.target() == whole.target(), kept


def cut(whole: Run, steps: tuple[StepPlan, ...], kept: int) -> Run:
    """A run of which only the first entries became durable, taken up again at once."""
    run = start(steps)
    run.ledger = list(whole.ledger[:kept])
    run.performs = []
    run.crash(run.ledger[-1].process_s)
    return run


def check_once(run: Run) -> None:
    """Nothing that cannot be undone is begun twice, nothing ends twice, nobody is asked twice."""
    for kind in (Kind.ACTION_ENDED, Kind.QUESTION, Kind.ITEM_ENDED):
        keys = [entry.key for entry in run.of(kind)]
        assert len(keys) == len(set(keys)), kind
    begun = [e.key for e in run.of(Kind.ACTION_BEGAN) if not e.data.get("again")]
    assert len(begun) == len(set(begun))
    durable = {e.key for e in run.of(Kind.ACTION_ENDED) if e.data["outcome"] == "unknown"}
    assert not durable & {str(each.key) for each in run.performs}


@pytest.mark.parametrize("name", NESTED | RACING)
def test_cut_before_a_silence_of_ten_minutes_everything_has_one_outcome(name: str) -> None:
    steps = (NESTED | RACING)[name]
    whole = start(steps)
    live(whole, 400.0)
    for kept in range(1, len(whole.ledger), 3):
        run = start(steps)
        run.ledger = list(whole.ledger[:kept])
        run.performs = []
        run.crash(run.ledger[-1].process_s + 600.0)
        live(run, 2000.0)
        check_once(run)
        begun = {e.key for e in run.of(Kind.ACTION_BEGAN)}
        assert begun <= {e.key for e in run.of(Kind.ACTION_ENDED)}, kept
