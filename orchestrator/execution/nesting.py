"""Steps within steps: which lists a begun one has entered, and how they are closed early."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.execution.procedure import StepRecord
from orchestrator.execution.standing import PERFORMED
from orchestrator.execution.walk import Walk
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import StepPlan

Steps = tuple[StepPlan, ...]


def entered(step: StepPlan, path: str, record: StepRecord) -> Iterator[tuple[Steps, str]]:
    """Yield the lists of steps, each with its paths' beginning, that a begun step has entered."""
    if step.op == "parallel":
        for number, branch in enumerate(step.branches):
            yield branch.steps, f"{path}.{number}."
    elif step.op == "repeat":
        if record.iteration > 0:
            yield step.steps, f"{path}[{record.iteration}]."
    elif step.op == "call":
        yield step.steps, f"{path}.{step.sequence}."
    elif step.op in ("if", "choose"):
        label = record.args["branch"]
        yield _branch(step, label), f"{path}.{label}."


def close(walk: Walk, steps: Steps, prefix: str, reason: str) -> bool:
    """Give every step of an entered list its outcome; whether any had none.

    What the shell carries out is told to end, and has its outcome from there.
    """
    left = False
    for number, step in enumerate(steps):
        path = f"{prefix}{number}"
        record = walk.procedure.records.get(path)
        if record is not None and record.ended:
            continue
        left = True
        if record is not None and step.op in PERFORMED and not _is_interrupted(walk, path):
            _tell_to_end(walk, path)
            continue
        if record is not None:
            close_within(walk, step, path, record, reason)
        walk.ended(step, path, Outcome.SKIPPED, reason)
    return left


def close_within(walk: Walk, step: StepPlan, path: str, record: StepRecord, reason: str) -> None:
    """Close everything that a begun step has entered."""
    for inner, prefix in entered(step, path, record):
        close(walk, inner, prefix, reason)


def _is_interrupted(walk: Walk, path: str) -> bool:
    """Whether a crash cut it short, so that nobody carries it out."""
    return str(walk.key(path)) in walk.turn.view.interrupted


def _tell_to_end(walk: Walk, path: str) -> None:
    """The shell ends it as soon as it safely can, and reports how."""
    turn, key = walk.turn, walk.key(path)
    if str(key) not in turn.view.cache.told_to_end and turn.view.is_performing(str(key)):
        turn.view.cache.told_to_end.add(str(key))
        turn.cancels.append(key)


def _branch(step: StepPlan, label: str) -> Steps:
    if label == "else":
        return step.otherwise
    return step.branches[0 if label == "then" else int(label)].steps
