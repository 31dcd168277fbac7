"""Shapes of a plan as functions of time, and the time that they go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import floor, inf, isfinite
from typing import Final
from zoneinfo import ZoneInfo

from orchestrator.control.curves import Shape, Sine, Table
from orchestrator.model.expression import Condition, Expression, compile_node
from orchestrator.model.plan import ShapePlan

DAY_S: Final = 86_400.0
FORMULA_STEP_S: Final = 10.0
"""How often a formula is worked out anew."""
LOOK_S: Final = 600.0
"""How soon a shape of the wall clock is looked at again: days have 23 or 25 hours at times."""
SAMPLES: Final = 500
_WRAPPED: Final = 2
"""Points of the day before and of the day after that a smooth curve looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An expression of the clocks, worked out on a grid."""

    value: Condition
    at_s: float
    entered_s: float
    over_s: float = inf

    def stepped(self, time_s: float) -> tuple[float | None, float]:
        """The value at a time since the start; None where it has none."""
        number = floor(time_s / FORMULA_STEP_S)
        phase_s = self.at_s + number * FORMULA_STEP_S
        found = self.value({"phase_time": phase_s, "elapsed": self.entered_s + phase_s}.get)
        known = type(found) is float and isfinite(found)
        return (found if known else None), (number + 1) * FORMULA_STEP_S  # type: ignore[return-value]


def shape_of(plan: ShapePlan, entered_s: float) -> Shape:
    """Give the function of time that a plan describes; `entered_s` is when its phase began."""
    if plan.form == "sine":
        return Sine(
            mean=plan.mean,
            amplitude=plan.amplitude,
            period_s=plan.period_s or DAY_S,
            phase_s=plan.phase_s,
        )
    if plan.form == "formula" and plan.value is not None:
        return Formula(value=compile_node(plan.value), at_s=plan.at_s, entered_s=entered_s)
    times_s = tuple(each.time_s for each in plan.points)
    values = tuple(each.value for each in plan.points)
    if plan.timezone is not None:
        times_s, values = _around_the_clock(times_s, values)
    return Table(
        times_s=times_s,
        values=values,
        interpolation=plan.interpolation,
        period_s=DAY_S if plan.timezone is not None else plan.period_s,
    )


def time_of_day_s(wall_s: float, timezone: str) -> float:
    """Seconds since midnight, as a clock on the wall there shows them."""
    local = datetime.fromtimestamp(wall_s, ZoneInfo(timezone))
    return local.hour * 3600.0 + local.minute * 60.0 + local.second + local.microsecond / 1e6


def sampled(value: Expression, length_s: float) -> Iterator[float | None]:
    """Try a formula at moments of a phase that is entered at once."""
    formula = Formula(value=compile_node(value), at_s=0.0, entered_s=0.0)
    for number in range(SAMPLES + 1):
        yield formula.stepped(length_s * number / SAMPLES)[0]


def _around_the_clock(
    times_s: tuple[float, ...], values: tuple[float, ...]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Put the last points of the day before and the first of the day after beside the day's own."""
    some = min(_WRAPPED, len(times_s))
    before = tuple(each - DAY_S for each in times_s[-some:])
    after = tuple(each + DAY_S for each in times_s[:some])
    return (*before, *times_s, *after), (*values[-some:], *values, *values[:some])
