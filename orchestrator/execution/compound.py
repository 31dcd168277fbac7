"""Steps made of steps. Which branch was taken and how often is recorded, never evaluated again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.execution.conditions import WORDS, ask
from orchestrator.execution.procedure import StepRecord
from orchestrator.execution.walk import Begin, GoOn, Walk
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import StepPlan

Args = dict[str, Any]
Steps = tuple[StepPlan, ...]


def entered(step: StepPlan, path: str, record: StepRecord) -> Iterator[tuple[Steps, str]]:
    """Yield the lists of steps, each with its paths' beginning, that a begun step has entered."""
    if step.op == "parallel":
        for number, branch in enumerate(step.branches):
            yield branch.steps, f"{path}.{number}."
    elif step.op == "repeat":
        if record.iteration > 0:
            yield step.steps, f"{path}[{record.iteration}]."
    elif step.op in ("if", "choose"):
        label = record.args["branch"]
        yield _branch(step, label), f"{path}.{label}."


def _begin_choice(walk: Walk, step: StepPlan, path: str, _args: Args) -> bool:
    """`if`, `choose`: the first branch that is true; on unknown none, `else` neither."""
    why = "nothing to choose from"
    for label, branch in zip(_labels(step), step.branches, strict=True):
        if branch.when is None:
            continue
        takes, why = ask(walk.turn, branch.when)
        if takes:
            return _take(walk, step, path, label)
        if why.startswith("unknown"):
            return walk.ended(step, path, Outcome.SKIPPED, why)
    if step.otherwise:
        return _take(walk, step, path, "else")
    return walk.ended(step, path, Outcome.SKIPPED, why)


def _take(walk: Walk, step: StepPlan, path: str, label: str) -> bool:
    return _go_on_lists(walk, step, path, walk.began(step, path, {"branch": label}))


def _begin_parallel(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    return _go_on_lists(walk, step, path, walk.began(step, path, args))


def _go_on_lists(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    """Go on in every list that was entered; through when all are."""
    through, last_due_s = True, record.due_s
    for steps, prefix in entered(step, path, record):
        walk.due_s = record.due_s
        through &= walk.sequence(steps, prefix)
        last_due_s = max(last_due_s, walk.due_s)
    return through and walk.done(step, path, record.args, next_due_s=last_due_s)


def _begin_repeat(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    if "count" in args:
        args["count"] = max(0, round(float(args["count"])))
    return _go_on_repeat(walk, step, path, walk.began(step, path, args))


def _go_on_repeat(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    walk.due_s = record.due_s
    number, reason = _iteration(step, record), ""
    while True:
        goes_on, reason = _goes_on(walk, step, path, record, number)
        if not goes_on:
            return walk.done(step, path, record.args, next_due_s=walk.due_s, reason=reason)
        if not walk.sequence(step.steps, f"{path}[{number}]."):
            return False
        if step.loop == "until" and _check(walk, step, path, record, number)[0]:
            return walk.done(step, path, record.args, next_due_s=walk.due_s)
        number += 1


def _iteration(step: StepPlan, record: StepRecord) -> int:
    """The iteration to go on with; the first is 1."""
    number = max(1, record.iteration)
    for checked, held in record.checked.items():
        number = max(number, checked + 1 if step.loop == "until" and not held else checked)
    return number


def _goes_on(
    walk: Walk, step: StepPlan, path: str, record: StepRecord, number: int
) -> tuple[bool, str]:
    if "count" in record.args:
        return number <= record.args["count"], ""
    return _check(walk, step, path, record, number) if step.loop == "while" else (True, "")


def _check(
    walk: Walk, step: StepPlan, path: str, record: StepRecord, number: int
) -> tuple[bool, str]:
    """Ask a repeat's condition about an iteration, once."""
    if number in record.checked:
        return record.checked[number], ""
    assert step.condition is not None
    held, why = ask(walk.turn, step.condition.when)
    unknown = why.startswith("unknown")
    walk.turn.write(
        Kind.CONDITION,
        walk.key(f"{path}[{number}]"),
        value=WORDS[None if unknown else held],
        since_s=walk.turn.now_s,
        reason=why if unknown else "",
        saw={},
    )
    return held, why if unknown else ""


def _labels(step: StepPlan) -> list[str]:
    return ["then"] if step.op == "if" else [str(each) for each in range(len(step.branches))]


def _branch(step: StepPlan, label: str) -> Steps:
    if label == "else":
        return step.otherwise
    return step.branches[0 if label == "then" else int(label)].steps


BEGIN: Final[Mapping[str, Begin]] = {
    "if": _begin_choice,
    "choose": _begin_choice,
    "parallel": _begin_parallel,
    "repeat": _begin_repeat,
}
GO_ON: Final[Mapping[str, GoOn]] = {
    "if": _go_on_lists,
    "choose": _go_on_lists,
    "parallel": _go_on_lists,
    "repeat": _go_on_repeat,
}
