"""Steps made of steps. Which branch was taken and how often is recorded, never evaluated again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.execution.conditions import WORDS, ask
from orchestrator.execution.describe import duration
from orchestrator.execution.nesting import close_within, entered
from orchestrator.execution.procedure import StepRecord
from orchestrator.execution.standing import UNKNOWN
from orchestrator.execution.walk import Begin, GoOn, Walk
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import StepPlan

Args = dict[str, Any]
PATIENCE_S: Final = 60.0
"""How long what was told to end may still take before its list is given up."""


def _begin_choice(walk: Walk, step: StepPlan, path: str, _args: Args) -> bool:
    """`if`, `choose`: the first branch that is true; on unknown none, `else` neither."""
    why = "nothing to choose from"
    for label, branch in zip(_labels(step), step.branches, strict=True):
        if branch.when is None:
            continue
        takes, why = ask(walk.look, branch.when)
        if takes:
            return _take(walk, step, path, label)
        if why.startswith(UNKNOWN):
            if walk.turn.settles():
                return False
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
    if _is_overdue(walk, record):
        return _cut_short(walk, step, path, record)
    through, last_due_s = True, record.due_s
    for steps, prefix in entered(step, path, record):
        walk.due_s = record.due_s
        through &= walk.sequence(steps, prefix)
        last_due_s = max(last_due_s, walk.due_s)
    return through and walk.done(step, path, record.args, next_due_s=last_due_s)


def _begin_call(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    return _go_on_call(walk, step, path, walk.began(step, path, args))


def _go_on_call(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    """Go on in a sequence, which knows what the call gave it and nothing of its caller."""
    outer = walk.bindings
    walk.bindings = outer.called(f"{path}.{step.sequence}.", record.args["variables"])
    try:
        return _go_on_lists(walk, step, path, record)
    finally:
        walk.bindings = outer


def _begin_repeat(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    if "count" in args:
        args["count"] = max(0, round(float(args["count"])))
    return _go_on_repeat(walk, step, path, walk.began(step, path, args))


def _go_on_repeat(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    if _is_overdue(walk, record):
        return _cut_short(walk, step, path, record)
    walk.due_s = max(record.due_s, *_ends_s(walk, path), 0.0)
    number, reason = _iteration(step, record), ""
    while True:
        goes_on, reason = _goes_on(walk, step, path, record, number)
        if goes_on is None:
            return False
        if not goes_on:
            return walk.done(step, path, record.args, next_due_s=walk.due_s, reason=reason)
        if step.max is not None and number > step.max:
            return _give_up(walk, step, path)
        if not _once(walk, step, path, record, number):
            return False
        if step.loop == "until":
            is_over, _ = _check(walk, step, path, record, number)
            if is_over is None:
                return False
            if is_over:
                return walk.done(step, path, record.args, next_due_s=walk.due_s)
        number += 1


def _once(walk: Walk, step: StepPlan, path: str, record: StepRecord, number: int) -> bool:
    """Go on in one of its times, which knows its own value of a `for_each`."""
    outer = walk.bindings
    if step.loop == "for_each":
        value = record.args["values"][number - 1]
        walk.bindings = outer.with_value(step.variable or "", value)
    try:
        return walk.sequence(step.steps, f"{path}[{number}].")
    finally:
        walk.bindings = outer


def _give_up(walk: Walk, step: StepPlan, path: str) -> bool:
    """A `while` or `until` that went round as often as it may."""
    reason = f"given up after {step.max} times"
    return walk.ended(step, path, Outcome.FAILED, reason, next_due_s=walk.due_s)


def _is_overdue(walk: Walk, record: StepRecord) -> bool:
    return record.deadline_s is not None and walk.turn.is_past(record.deadline_s)


def _cut_short(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    """Its time is over: nothing within begins any more, and what moves is waited for a while."""
    reason = f"not through after {duration(step.timeout_s)}"
    close_within(walk, step, path, record, reason)
    given_up_s = (record.deadline_s or 0.0) + PATIENCE_S
    if _is_moving(walk, path):
        if not walk.turn.is_past(given_up_s):
            return False
        next_due_s = given_up_s
    else:
        next_due_s = max(record.deadline_s or 0.0, *_ends_s(walk, path), 0.0)
    return walk.ended(step, path, Outcome.FAILED, reason, next_due_s=next_due_s)


def _ends_s(walk: Walk, path: str) -> Iterator[float]:
    """Yield when what follows was due, of every step that ended within another."""
    for inner, record in walk.procedure.records.items():
        if record.ended and _is_in(inner, path):
            yield record.next_due_s


def _is_moving(walk: Walk, path: str) -> bool:
    """Whether the shell still carries something out within a step."""
    whole = walk.procedure.key
    return any(
        each.key.whole == whole and _is_in(each.key.path, path)
        for each in walk.turn.view.actions.values()
    )


def _is_in(inner: str, path: str) -> bool:
    return inner.startswith((f"{path}.", f"{path}["))


def _iteration(step: StepPlan, record: StepRecord) -> int:
    """The iteration to go on with; the first is 1."""
    number = max(1, record.iteration)
    for checked, held in record.checked.items():
        number = max(number, checked + 1 if step.loop == "until" and not held else checked)
    return number


def _goes_on(
    walk: Walk, step: StepPlan, path: str, record: StepRecord, number: int
) -> tuple[bool | None, str]:
    if "count" in record.args:
        return number <= record.args["count"], ""
    return _check(walk, step, path, record, number) if step.loop == "while" else (True, "")


def _check(
    walk: Walk, step: StepPlan, path: str, record: StepRecord, number: int
) -> tuple[bool | None, str]:
    """Ask a repeat's condition about an iteration, once; None while it is too early to ask."""
    if number in record.checked:
        return record.checked[number], ""
    assert step.condition is not None
    held, why = ask(walk.look, step.condition.when)
    unknown = why.startswith(UNKNOWN)
    if unknown and walk.turn.settles():
        return None, ""
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


BEGIN: Final[Mapping[str, Begin]] = {
    "if": _begin_choice,
    "choose": _begin_choice,
    "parallel": _begin_parallel,
    "call": _begin_call,
    "repeat": _begin_repeat,
}
GO_ON: Final[Mapping[str, GoOn]] = {
    "if": _go_on_lists,
    "choose": _go_on_lists,
    "parallel": _go_on_lists,
    "call": _go_on_call,
    "repeat": _go_on_repeat,
}
