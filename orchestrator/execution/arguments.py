"""What a step is given: evaluated once, when it runs, or told beforehand as far as it is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from orchestrator.execution.phrase import phrase
from orchestrator.execution.standing import UNKNOWN
from orchestrator.model.expression import Const, Expression, Lookup, Unknown, Value, evaluate
from orchestrator.model.plan import Moving, RampPlan, ShapePlan, StepPlan
from orchestrator.model.text import Text, render

Give = Callable[[Expression], Any]
Tell = Callable[[Text | None], str]
COMPOUND: Final = frozenset({"if", "choose", "parallel"})


class ValueUnknown(Exception):
    """A value that a step needs cannot be told."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(f"{UNKNOWN}{unknown}")


def evaluated(step: StepPlan, look: Lookup) -> dict[str, Any]:
    """Work out a step's values now.

    Raises:
        ValueUnknown: where one of them needs what is not known.
    """
    return _arguments(step, lambda each: known(each, look), lambda text: told(text, look))


def planned(step: StepPlan) -> dict[str, Any]:
    """Give a step's values as far as the plan knows them; the others as they are written."""
    args = _arguments(step, _foreseen, _foretold)
    if step.op in ("if", "choose"):
        args["conditions"] = [phrase(each.when) for each in step.branches if each.when is not None]
    return args


def planned_move(move: Moving) -> dict[str, Any]:
    """Give the values of a ramp or a shape as far as the plan knows them."""
    return _planned_shape(move) if isinstance(move, ShapePlan) else _planned_ramp(move)


def _planned_shape(shape: ShapePlan) -> dict[str, Any]:
    told: dict[str, Any] = {"setting": shape.setting, "at_s": shape.at_s, "form": shape.form}
    if shape.form == "formula":
        return {**told, "formula": "" if shape.value is None else phrase(shape.value)}
    told["period_s"] = shape.period_s
    if shape.form == "sine":
        wave = {"mean": shape.mean, "amplitude": shape.amplitude, "phase_s": shape.phase_s}
        return told | wave
    points = [[each.time_s, each.value] for each in shape.points]
    return told | {
        "points": points,
        "interpolation": shape.interpolation,
        "timezone": shape.timezone,
    }


def _planned_ramp(ramp: RampPlan) -> dict[str, Any]:
    return {
        "setting": ramp.setting,
        "from": None if ramp.from_ is None else _foreseen(ramp.from_),
        "to": _foreseen(ramp.to),
        "over_s": ramp.over_s,
    }


def known(expression: Expression, look: Lookup) -> Value:
    """Evaluate an expression that has to have a value."""
    found = evaluate(expression, look)
    if isinstance(found, Unknown):
        raise ValueUnknown(found)
    return found


def told(text: Text | None, look: Lookup) -> str:
    """Fill a text in; there may be none."""
    return "" if text is None else render(text, look)


def _foreseen(expression: Expression) -> Any:
    if isinstance(expression, Const):
        return expression.value
    return phrase(expression)


def _foretold(text: Text | None) -> str:
    parts = () if text is None else text.parts
    return "".join(part if isinstance(part, str) else phrase(part) for part in parts)


def _arguments(step: StepPlan, give: Give, tell: Tell) -> dict[str, Any]:
    op = step.op
    args: dict[str, Any] = {}
    if op in ("set", "start"):
        args["settings"] = {name: give(value) for name, value in step.settings.items()}
    if op in ("start", "stop"):
        args["job"] = step.job
    if op == "start" and step.automation is not None:
        args["automation"] = step.automation
    if step.volume_ml is not None:
        args["volume_ml"] = give(step.volume_ml)
    if op in ("dose", "dilute", "circulate"):
        args["medium"] = step.medium or "feed"
    if step.duration_s is not None:
        args["duration_s"] = give(step.duration_s)
    if op in ("finish", "fail"):
        args["reason"] = tell(step.text)
    elif step.text is not None:
        args["text"] = tell(step.text)
    if op == "alert":
        args["severity"] = step.severity
    if op == "wait_until" and step.condition is not None:
        args["condition"] = phrase(step.condition.when)
    if op == "repeat":
        args |= _times(step, give)
    if op == "call":
        args["sequence"] = step.sequence
        args["variables"] = {name: give(value) for name, value in step.variables.items()}
    if op == "ask" and step.default is not None:
        args["default"] = give(step.default)
    if op == "snapshot":
        args["job"] = step.job
        if step.camera is not None:
            args["camera"] = step.camera
    if op == "go_to":
        args["phase"] = step.phase
    if op in ("pause", "resume") and step.all_vessels:
        args["all_vessels"] = True
    return args


def _times(step: StepPlan, give: Give) -> dict[str, Any]:
    """How often a repeat goes round, as far as that is known when it begins."""
    if step.loop == "for_each":
        values = [give(each) for each in step.values]
        return {"values": values, "variable": step.variable, "count": len(values)}
    if step.condition is not None:
        return {"loop": step.loop, "condition": phrase(step.condition.when)}
    return {} if step.count is None else {"count": give(step.count)}
