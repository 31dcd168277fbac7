"""How long steps take, as far as a plan can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.execution.bindings import variable
from orchestrator.execution.triggers import put_in
from orchestrator.model.expression import Const, Expression
from orchestrator.model.plan import StepPlan

ANSWER_S = 600.0
"""A person is taken to answer within this, where lengths are assumed at all (SEMANTICS rule 20)."""
ROWS_MAX = 1000
"""Steps that one occurrence is unrolled into."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment after a beginning; None where nothing can be said."""

    after_s: float | None
    estimated: bool = False

    def later(self, by_s: float | None, *, estimated: bool = False) -> When:
        """The moment a step's length after this one."""
        guess = self.estimated or estimated
        if self.after_s is None or by_s is None:
            return When(None, guess)
        return When(self.after_s + by_s, guess)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A step with its path and its moment."""

    step: StepPlan
    path: str
    when: When


def foresee(
    steps: tuple[StepPlan, ...], begin: When, *, guess: bool, prefix: str = ""
) -> Iterator[Foreseen | When]:
    """Yield every step that will run for certain, and last of all the moment of the end.

    With `guess`, people answer in time; else nothing is known after a question.
    """
    when = begin
    for number, step in enumerate(steps):
        path = f"{prefix}{number}"
        yield Foreseen(step, path, when)
        for inner in _inside(step, path, when, guess):
            if isinstance(inner, When):
                when = inner
            else:
                yield inner
    yield when


def constant(expression: Expression | None) -> float | None:
    """A number that is known beforehand."""
    value = expression.value if isinstance(expression, Const) else None
    return value if type(value) is float else None


def _inside(step: StepPlan, path: str, when: When, guess: bool) -> Iterator[Foreseen | When]:
    """Yield what a step consists of, and the moment at which it is over."""
    if step.if_ is not None:
        at_once = _takes(step, guess) == (0.0, False)
        yield when if at_once else When(None, when.estimated)
    elif step.op == "repeat" and step.loop == "count" and constant(step.count) is not None:
        times = int(constant(step.count) or 0.0)
        yield from _repeated([step.steps] * times, path, when, guess)
    elif step.op == "repeat" and step.loop == "for_each":
        yield from _repeated([_with(step, each) for each in step.values], path, when, guess)
    elif step.op == "call":
        prefix = f"{path}.{step.sequence}."
        yield from foresee(step.steps, when, guess=guess, prefix=prefix)
    elif step.op == "parallel":
        yield from _beside(step, path, when, guess)
    else:
        took_s, estimated = _takes(step, guess)
        yield when.later(took_s, estimated=estimated)


def _with(step: StepPlan, value: Expression) -> tuple[StepPlan, ...]:
    """The steps of a `for_each` with one of its values, if that is known."""
    if not isinstance(value, Const):
        return step.steps
    return put_in(step.steps, {variable(step.variable or "").key: value.value})


def _repeated(
    lists: list[tuple[StepPlan, ...]], path: str, when: When, guess: bool
) -> Iterator[Foreseen | When]:
    rows = 0
    for number, steps in enumerate(lists, 1):
        for each in foresee(steps, when, guess=guess, prefix=f"{path}[{number}]."):
            if isinstance(each, When):
                when = each
            elif rows < ROWS_MAX:
                rows += 1
                yield each
    yield when


def _beside(step: StepPlan, path: str, when: When, guess: bool) -> Iterator[Foreseen | When]:
    ends: list[When] = []
    for number, branch in enumerate(step.branches):
        for each in foresee(branch.steps, when, guess=guess, prefix=f"{path}.{number}."):
            if isinstance(each, When):
                ends.append(each)
            else:
                yield each
    known = [end.after_s for end in ends if end.after_s is not None]
    last_s = max(known, default=when.after_s) if len(known) == len(ends) else None
    yield When(last_s, any(end.estimated for end in ends) or when.estimated)


def _takes(step: StepPlan, guess: bool) -> tuple[float | None, bool]:
    """A step's length, and whether that is a guess."""
    match step.op:
        case "wait" | "circulate":
            length_s = constant(step.duration_s)
            bounded = step.op == "wait" and step.timeout_s is not None and length_s is not None
            return min(length_s or 0.0, step.timeout_s or 0.0) if bounded else length_s, False
        case "ask" | "sample":
            return (ANSWER_S, True) if guess else (None, False)
        case "dose" | "dilute" | "blank" | "snapshot":
            return 0.0, True
        case "wait_until" | "repeat" | "if" | "choose":
            return None, False
        case _:
            return 0.0, False
