"""Steps that take time: a clock, a condition, a person or the shell ends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestrator.execution.conditions import holds
from orchestrator.execution.decision import Perform
from orchestrator.execution.describe import duration
from orchestrator.execution.procedure import StepRecord
from orchestrator.execution.standing import PERFORMED, REPEATABLE
from orchestrator.execution.walk import Begin, GoOn, Walk
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import StepPlan

Args = dict[str, Any]
PATIENCE_S: Final = 60.0
"""How long an action that was told to end may still take."""


def _begin_wait(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    length_s = max(0.0, float(args["duration_s"]))
    if step.timeout_s is not None:
        length_s = min(length_s, step.timeout_s)
    deadline_s = walk.turn.elapsed_s + length_s
    return _go_on_wait(walk, step, path, walk.began(step, path, args, deadline_s=deadline_s))


def _go_on_wait(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    deadline_s = record.deadline_s or 0.0
    if not walk.turn.is_past(deadline_s):
        return False
    if step.timeout_s is not None and step.timeout_s < record.args["duration_s"]:
        return _timed_out(walk, step, path, record, "not over")
    return walk.done(step, path, record.args, next_due_s=deadline_s)


def _begin_wait_until(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    return _go_on_wait_until(walk, step, path, walk.began(step, path, args))


def _go_on_wait_until(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    turn = walk.turn
    assert step.condition is not None
    if holds(turn, str(walk.key(path)), walk.held(step.condition)):
        return walk.done(step, path, record.args, next_due_s=turn.elapsed_s)
    return _timed_out(walk, step, path, record, "not true")


def _begin_question(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    return _go_on_question(walk, step, path, walk.began(step, path, args))


def _go_on_question(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    """`ask` and `sample`. An open question outlives a restart: nothing moves but by the person."""
    answer = walk.procedure.answers.get(path)
    if answer is None:
        if record.deadline_s is not None and walk.turn.is_past(record.deadline_s):
            return _unanswered(walk, step, path, record)
        text = record.args.get("text") or "Take a sample"
        more: Args = {} if step.name is None else {"name": step.name}
        if step.answer_type != "text":
            more["answer_type"] = step.answer_type
        if "default" in record.args:
            more["default"] = record.args["default"]
        if step.remind_s is not None:
            more["remind_s"] = step.remind_s
        walk.question(path, step.op, text, record.deadline_s, step.choices, **more)
        return False
    now_s, (value, by) = walk.turn.elapsed_s, answer
    if value is False and step.answer_type != "boolean":
        return walk.ended(step, path, Outcome.SKIPPED, f"declined by {by}", next_due_s=now_s)
    if step.op == "sample" and not record.accounted:
        walk.turn.write(
            Kind.ACCOUNT,
            walk.key(path),
            volume_ml=record.args["volume_ml"],
            by=by,
            reason=f"sample {value}",
        )
    result = {"answer": value, "by": by}
    kept = _kept(walk, step, value)
    return walk.done(step, path, record.args, next_due_s=now_s, result=result, **kept)


def _unanswered(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    """The default stands for the answer; else it is skipped, and `then:` says what follows."""
    reason, over_s = f"unanswered after {duration(step.timeout_s)}", record.deadline_s
    if "default" in record.args:
        value = record.args["default"]
        shown = str(value).lower() if isinstance(value, bool) else value
        reason += f", taken as {shown}"
        result, kept = {"answer": value, "by": "default"}, _kept(walk, step, value)
        return walk.done(
            step, path, record.args, next_due_s=over_s, reason=reason, result=result, **kept
        )
    more: Args = {} if step.then is None else {"then": step.then}
    return walk.ended(step, path, Outcome.SKIPPED, reason, next_due_s=over_s, **more)


def _kept(walk: Walk, step: StepPlan, value: Any) -> Args:
    """Under which name, and for which steps, an answer is kept."""
    if step.variable is None:
        return {}
    return {"variable": {"scope": walk.bindings.scope, "name": step.variable, "value": value}}


def _begin_perform(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    record = walk.began(step, path, args)
    _hand_out(walk, step, path, args)
    return _go_on_perform(walk, step, path, record)


def _go_on_perform(walk: Walk, step: StepPlan, path: str, record: StepRecord) -> bool:
    """The shell reports the end; a timeout only tells it to hurry."""
    turn, text = walk.turn, str(walk.key(path))
    if text in turn.view.interrupted:
        walk.began(step, path, record.args, again=True, deadline_s=record.deadline_s)
        _hand_out(walk, step, path, record.args)
    if record.deadline_s is None or not turn.is_past(record.deadline_s):
        return False
    if turn.is_past(record.deadline_s + PATIENCE_S):
        outcome = Outcome.FAILED if step.op in REPEATABLE else Outcome.UNKNOWN
        reason = f"not ended after {duration(step.timeout_s)}"
        return walk.ended(step, path, outcome, reason, next_due_s=turn.elapsed_s)
    if text not in turn.view.cache.told_to_end:
        turn.view.cache.told_to_end.add(text)
        turn.cancels.append(walk.key(path))
    return False


def _hand_out(walk: Walk, step: StepPlan, path: str, args: Mapping[str, Any]) -> None:
    walk.turn.performs.append(
        Perform(key=walk.key(path), action=step.op, args=args, repeatable=step.op in REPEATABLE)
    )


def _timed_out(walk: Walk, step: StepPlan, path: str, record: StepRecord, why: str) -> bool:
    if record.deadline_s is None or not walk.turn.is_past(record.deadline_s):
        return False
    reason = f"{why} after {duration(step.timeout_s)}"
    return walk.ended(step, path, Outcome.SKIPPED, reason, next_due_s=record.deadline_s)


BEGIN: Final[Mapping[str, Begin]] = {
    "wait": _begin_wait,
    "wait_until": _begin_wait_until,
    "ask": _begin_question,
    "sample": _begin_question,
    **dict.fromkeys(PERFORMED, _begin_perform),
}
GO_ON: Final[Mapping[str, GoOn]] = {
    "wait": _go_on_wait,
    "wait_until": _go_on_wait_until,
    "ask": _go_on_question,
    "sample": _go_on_question,
    **dict.fromkeys(PERFORMED, _go_on_perform),
}
