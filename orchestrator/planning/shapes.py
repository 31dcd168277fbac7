"""Shapes of one vessel: every point and every wave in numbers, so that time alone is left."""

from __future__ import annotations

from math import inf

from orchestrator.execution.setpoints import sampled
from orchestrator.model.expression import Const, signals_of
from orchestrator.model.plan import PointPlan, ShapePlan
from orchestrator.model.profile import FormulaShape, Move, SineShape, Source, TableShape
from orchestrator.planning.place import place
from orchestrator.planning.scope import Scope

LENGTH_S = 30 * 86_400.0
"""For how long a formula is tried beforehand where the phase has no duration."""
_CLOCKS = frozenset({"elapsed", "phase_time"})


def plan_move(scope: Scope, item: Move, length_s: float | None) -> ShapePlan:
    """Plan a setting that follows a shape, and note what it reaches, to be judged.

    `length_s` is the duration of its phase, if that has one.
    """
    match item.shape:
        case TableShape():
            planned = _table(scope, item, item.shape)
        case SineShape():
            planned = _sine(scope, item, item.shape)
        case FormulaShape():
            length_s = LENGTH_S if length_s is None else length_s
            planned = _formula(scope, item, item.shape, length_s)
    return planned


def _table(scope: Scope, item: Move, shape: TableShape) -> ShapePlan:
    points: list[PointPlan] = []
    for each in shape.points:
        time_s = scope.number(each.time_s, each.source, "the time of a point")
        value = scope.number(each.value, each.source, "the value of a point", least=-inf)
        if points and time_s <= points[-1].time_s:
            scope.complain(each.source, "shape-order", "the points do not follow each other")
        _assign(scope, item, value, each.source)
        points.append(PointPlan(time_s=time_s, value=value))
    period_s = None
    if shape.repeat and not shape.by_day:
        period_s = scope.maybe_number(shape.length_s, item.source, "the length", least=1.0)
    return ShapePlan(
        item="",
        setting=item.setting,
        form="points",
        source=place(item.source),
        at_s=_at(scope, item),
        points=tuple(points),
        interpolation=shape.interpolation,
        period_s=period_s,
        timezone=(shape.timezone or scope.timezone) if shape.by_day else None,
    )


def _sine(scope: Scope, item: Move, shape: SineShape) -> ShapePlan:
    mean = scope.number(shape.mean, item.source, "the mean", least=-inf)
    amplitude = scope.number(shape.amplitude, item.source, "the amplitude")
    for extreme in (mean - amplitude, mean + amplitude):
        _assign(scope, item, extreme, item.source)
    phase_s = scope.maybe_number(shape.phase_s, item.source, "phase")
    return ShapePlan(
        item="",
        setting=item.setting,
        form="sine",
        source=place(item.source),
        at_s=_at(scope, item),
        mean=mean,
        amplitude=amplitude,
        period_s=scope.number(shape.period_s, item.source, "the period", least=1.0),
        phase_s=phase_s or 0.0,
    )


def _formula(scope: Scope, item: Move, shape: FormulaShape, length_s: float) -> ShapePlan:
    value = scope.fold(shape.value)
    foreign = sorted(signals_of(value) - _CLOCKS)
    if foreign:
        message = f"a shape goes by elapsed and phase_time, not by {', '.join(foreign)}"
        scope.complain(shape.source, "shape-reads", message)
    else:
        found = [each for each in sampled(value, length_s) if each is not None]
        for extreme in (min(found), max(found)) if found else ():
            _assign(scope, item, extreme, shape.source)
    return ShapePlan(
        item="",
        setting=item.setting,
        form="formula",
        source=place(item.source),
        at_s=_at(scope, item),
        value=value,
    )


def _at(scope: Scope, item: Move) -> float:
    return 0.0 if item.at_s is None else scope.number(item.at_s, item.source, "at")


def _assign(scope: Scope, item: Move, value: float, source: Source) -> None:
    scope.assign(item.setting, Const(value), source)
