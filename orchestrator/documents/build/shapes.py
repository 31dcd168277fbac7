"""`move:` a setting that follows a shape: `steps`, `points`, `sine` or a formula of the clocks."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from orchestrator.documents.build.jobs import assign, declaration_of
from orchestrator.documents.draft import Cursor, Misfit
from orchestrator.documents.values import NOTHING, optional_amount, read_amount, read_value
from orchestrator.model.catalogue import SettingDeclaration
from orchestrator.model.expression import Binary, Const, Expression, fold
from orchestrator.model.profile import FormulaShape, Move, Point, SineShape, TableShape
from orchestrator.model.units import UnitError

_TIME_OF_DAY: Final = r"([01]?\d|2[0-3]):([0-5]\d)"
_DIFFERENCES: Final = {"temperature": "temperature_difference"}
"""What the height of a wave is a quantity of, where the mean has a zero of its own."""


def build_move(cursor: Cursor, common: dict[str, Any]) -> Move:
    """Read a setting that moves, with its shape."""
    setting = cursor.text("move") or ""
    place = cursor.get("move")
    if place is not None and isinstance(place.data, str):
        place.mention("setting", setting)
    declaration = declaration_of(cursor, setting)
    if declaration is not None and not declaration.is_number and place is not None:
        place.complain("wrong-kind", f"{setting} is no number, so it cannot follow a shape")
        declaration = None
    return Move(
        setting=setting,
        shape=_shape(cursor, setting, declaration),
        at_s=optional_amount(cursor.get("at"), "time", least=0.0),
        **common,
    )


def _shape(
    cursor: Cursor, setting: str, declared: SettingDeclaration | None
) -> TableShape | SineShape | FormulaShape:
    sine, formula, steps = cursor.get("sine"), cursor.get("shape"), cursor.get("steps")
    if sine is not None:
        return _sine(sine, setting, declared)
    if formula is not None:
        kind = "any" if declared is None else declared.type
        return FormulaShape(value=read_value(formula, kind), source=formula.source)
    if steps is not None:
        return _steps(cursor, steps, setting, declared)
    return _points(cursor, setting, declared)


def _steps(
    cursor: Cursor, listed: Cursor, setting: str, declared: SettingDeclaration | None
) -> TableShape:
    """A staircase: each step begins where the one before it ends."""
    points: list[Point] = []
    time_s: Expression | None = Const(0.0)
    for each in listed.elements():
        value = _value(each.get("value"), setting, declared)
        points.append(Point(time_s=time_s or NOTHING, value=value, source=each.source))
        lasts_s = optional_amount(each.get("for"), "time")
        time_s = _sum(time_s, lasts_s)
    return TableShape(
        points=tuple(points), interpolation="step", length_s=time_s, repeat=_is_true(cursor)
    )


def _points(cursor: Cursor, setting: str, declared: SettingDeclaration | None) -> TableShape:
    listed, timezone = cursor.get("points"), cursor.text("timezone")
    by_day = cursor.text("clock") == "wall"
    place = cursor.get("timezone")
    if timezone is not None and place is not None:
        place.mention("timezone", timezone)
    points = tuple(
        Point(
            time_s=_time_of_day(each.get("at")) if by_day else _time(each.get("at")),
            value=_value(each.get("value"), setting, declared),
            source=each.source,
        )
        for each in (() if listed is None else listed.elements())
    )
    return TableShape(
        points=points,
        interpolation=_interpolation(cursor),
        length_s=points[-1].time_s if points else None,
        repeat=_is_true(cursor),
        by_day=by_day,
        timezone=timezone,
    )


def _sine(cursor: Cursor, setting: str, declared: SettingDeclaration | None) -> SineShape:
    if declared is None:
        mean: Expression = NOTHING
        amplitude: Expression = NOTHING
    else:
        kind = _DIFFERENCES.get(declared.type, declared.type)
        mean = read_value(cursor.get("mean"), declared.type)
        amplitude = read_amount(cursor.get("amplitude"), kind)
        if NOTHING not in (mean, amplitude):
            for operator in ("+", "-"):
                extreme = fold(Binary(operator, mean, amplitude))
                assign(cursor, setting, declared, extreme, moves=True)
    return SineShape(
        mean=mean,
        amplitude=amplitude,
        period_s=read_amount(cursor.get("period"), "time", least=1.0),
        phase_s=optional_amount(cursor.get("phase"), "time", least=0.0),
    )


def _value(cursor: Cursor | None, setting: str, declared: SettingDeclaration | None) -> Expression:
    if cursor is None or declared is None:
        return NOTHING
    value = read_value(cursor, declared.type)
    if value is not NOTHING:
        assign(cursor, setting, declared, value, moves=True)
    return value


def _time(cursor: Cursor | None) -> Expression:
    if cursor is not None and re.fullmatch(_TIME_OF_DAY, str(cursor.data)):
        message = f"'{cursor.data}' is a time of day, which needs clock: wall beside the points"
        cursor.draft.misfits.append(Misfit(span=cursor.span, error=UnitError(message)))
        return NOTHING
    return read_amount(cursor, "time", least=0.0)


def _time_of_day(cursor: Cursor | None) -> Expression:
    """Read `06:30`, which a plain YAML 1.2 scalar leaves as text."""
    if cursor is None:
        return NOTHING
    found = re.fullmatch(_TIME_OF_DAY, str(cursor.data))
    if found is None:
        error = UnitError(f"'{cursor.data}' is not a time of day", "06:00")
        cursor.draft.misfits.append(Misfit(span=cursor.span, error=error))
        return NOTHING
    return Const(3600.0 * int(found[1]) + 60.0 * int(found[2]))


def _sum(begin_s: Expression | None, lasts_s: Expression | None) -> Expression | None:
    if begin_s is None or lasts_s is None:
        return None
    return fold(Binary("+", begin_s, lasts_s))


def _interpolation(cursor: Cursor) -> Literal["linear", "step", "smooth"]:
    match cursor.text("interpolation"):
        case "step":
            return "step"
        case "smooth":
            return "smooth"
        case _:
            return "linear"


def _is_true(cursor: Cursor) -> bool:
    repeat = cursor.get("repeat")
    return repeat is not None and repeat.data is True
