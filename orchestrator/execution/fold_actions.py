"""What entries about actions change: how far procedures got, and what their steps left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from orchestrator.control.curves import Shape
from orchestrator.control.shapes import LinearRamp
from orchestrator.execution.fold_items import take_up
from orchestrator.execution.layers import Ramp, Run
from orchestrator.execution.procedure import Procedure, StepRecord
from orchestrator.execution.run_state import RunState
from orchestrator.execution.setpoints import shape_of
from orchestrator.execution.standing import PERFORMED, Intent, OpenAction
from orchestrator.model.experiment import State
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import ShapePlan

MOVES: Final = frozenset({"ramp", "shape"})
"""Actions that move a setting for as long as they go on."""


def _action_began(view: RunState, entry: Entry) -> None:
    text, data = entry.key or "", entry.data
    key = ActionKey.parse(text)
    if data["action"] in MOVES:
        take_up(view, key, entry)
        _move_began(view, key, data)
        return
    if data["action"] in PERFORMED:
        view.actions[text] = OpenAction(key=key, action=data["action"], data=data)
        view.interrupted.discard(text)
    procedure = view.procedures.get(str(key.whole))
    if procedure is not None and key.path not in procedure.records:
        procedure.note_iteration(key.path)
        procedure.records[key.path] = _record(view, entry)


def _action_ended(view: RunState, entry: Entry) -> None:
    text, data = entry.key or "", entry.data
    key = ActionKey.parse(text)
    view.actions.pop(text, None)
    view.interrupted.discard(text)
    view.questions.pop(text, None)
    view.conditions.pop(text, None)
    if data["action"] in MOVES:
        take_up(view, key, entry)
        view.ramps.pop(text, None)
        return
    procedure = view.procedures.get(str(key.whole))
    if procedure is not None:
        procedure.note_iteration(key.path)
        record = procedure.records.setdefault(key.path, _record(view, entry))
        record.ended = True
        record.next_due_s = data.get("next_due_s", view.elapsed_s(entry.process_s))
        if "variable" in data:
            kept = data["variable"]
            procedure.variables.setdefault(kept["scope"], {})[kept["name"]] = kept["value"]
        if "then" in data:
            _instead(view, procedure, data["then"], data["reason"])
    if data["outcome"] in ("done", "late"):
        _carried_out(view, key, data)


def _instead(view: RunState, procedure: Procedure, then: str, reason: str) -> None:
    """What a question that nobody answered leads to instead of the next step."""
    if then == "stop":
        procedure.stopped = reason
    elif then == "fail":
        view.ending = Intent(State.FAILED.value, reason)
    elif then == "pause":
        view.pausing = Intent("pause", reason)
    else:
        view.move = Intent(then, "go_to")


def _record(view: RunState, entry: Entry) -> StepRecord:
    elapsed_s = view.elapsed_s(entry.process_s)
    return StepRecord(
        action=entry.data["action"],
        args=entry.data.get("args", {}),
        due_s=entry.data.get("due_s", elapsed_s),
        began_s=elapsed_s,
        deadline_s=entry.data.get("deadline_s"),
        late_s=entry.data.get("late_s", 0.0),
    )


def _move_began(view: RunState, key: ActionKey, data: Mapping[str, Any]) -> None:
    """A ramp's ends are on record, a shape is what the plan says."""
    args, timezone = data["args"], None
    if data["action"] == "ramp":
        shape: Shape = LinearRamp(
            from_value=args["from"], to_value=args["to"], over_s=args["over_s"]
        )
    else:
        item = view.program.phases[key.visit.rpartition("#")[0]].items[key.item]
        if not isinstance(item, ShapePlan):
            return
        shape, timezone = shape_of(item, view.clocks.entered_s or 0.0), item.timezone
    ramp = Ramp(
        key=str(key),
        at_s=args["at_s"],
        shape=shape,
        detail=data["detail"],
        nominal_s=data["nominal_s"],
        timezone=timezone,
        action=data["action"],
    )
    view.ramps[ramp.key] = ramp
    view.layers.write(args["setting"], ramp, owner=ramp.key, visit=key.visit)


def _carried_out(view: RunState, key: ActionKey, data: Mapping[str, Any]) -> None:
    """What a step that begins and ends at once leaves behind."""
    action, args = data["action"], data.get("args", {})
    if action in ("set", "start", "stop"):
        _wrote(view, key, action, args)
    elif action == "go_to":
        view.move = Intent(args["phase"], "go_to")
    elif action in ("pause", "resume"):
        view.pausing = Intent(action, args.get("reason", ""))
    elif action in ("finish", "fail"):
        state = State.COMPLETED if action == "finish" else State.FAILED
        view.ending = Intent(state.value, args.get("reason", ""))


def _wrote(view: RunState, key: ActionKey, action: str, args: Mapping[str, Any]) -> None:
    owner, settings = str(key.whole), args.get("settings", {})
    if action == "set":
        written = settings
    elif args.get("automation") is not None:
        run = Run(on=True, automation=args["automation"], settings=settings)
        written = {args["job"]: run}
    else:
        written = {f"{args['job']}.{name}": value for name, value in settings.items()}
        written[args["job"]] = Run(on=action == "start")
    if action == "start":
        view.kept_off.discard(args["job"])
    for name, value in written.items():
        view.layers.write(name, value, owner=owner, visit=key.visit)


CHANGES: Final[Mapping[Kind, Callable[[RunState, Entry], None]]] = {
    Kind.ACTION_BEGAN: _action_began,
    Kind.ACTION_ENDED: _action_ended,
}
