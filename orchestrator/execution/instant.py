"""Steps that begin and end at once. What they decide stands in their ACTION_ENDED entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestrator.execution.allowed import why_not_set
from orchestrator.execution.decision import Announce
from orchestrator.execution.state_entry import name_in
from orchestrator.execution.walk import Begin, Walk
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import StepPlan

Args = dict[str, Any]
_PAST: Final = {"pause": "paused", "resume": "resumed"}


def _write_settings(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    """`set`, `start`, `stop`: a hand's override of what they name ends here.

    One value that a limit forbids refuses the whole step, and a person is told.
    """
    reason = _refusal(walk, step, args)
    if reason:
        text = f"refused: {reason}"
        walk.turn.write(Kind.ALERT, walk.key(path), text=text, severity="warning", source="guard")
        return walk.ended(step, path, Outcome.REFUSED, reason, args=args)
    for name in sorted(name_in(step) & walk.turn.view.layers.overrides.keys()):
        walk.turn.write(
            Kind.RELEASED, setting=name, by=walk.procedure.key.item, reason="an item started on it"
        )
    return walk.done(step, path, args)


def _refusal(walk: Walk, step: StepPlan, args: Args) -> str:
    prefix = "" if step.job is None else f"{step.job}."
    limits = walk.turn.program.slice.limits
    settings = args.get("settings", {})
    reasons = (why_not_set(limits, prefix + name, value) for name, value in settings.items())
    return "; ".join(filter(None, reasons))


def _note(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    walk.turn.write(Kind.NOTE, walk.key(path), text=args["text"], by="", kind=step.op)
    return walk.done(step, path, args)


def _alert(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    walk.turn.write(
        Kind.ALERT,
        walk.key(path),
        text=args["text"],
        severity=args["severity"],
        source=walk.procedure.key.item,
    )
    return walk.done(step, path, args)


def _pause(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    args["reason"] = f"{_PAST[step.op]} by {walk.procedure.key.item}"
    if step.all_vessels:
        walk.turn.announces.append(Announce(what=step.op, data={"reason": args["reason"]}))
    return walk.done(step, path, args)


def _leave(walk: Walk, step: StepPlan, path: str, args: Args) -> bool:
    """`go_to`, `finish`, `fail`: the entry is the intent, carried out by the next pass."""
    return walk.done(step, path, args)


BEGIN: Final[Mapping[str, Begin]] = {
    "set": _write_settings,
    "start": _write_settings,
    "stop": _write_settings,
    "log": _note,
    "note": _note,
    "alert": _alert,
    "pause": _pause,
    "resume": _pause,
    "go_to": _leave,
    "finish": _leave,
    "fail": _leave,
}
