"""When a phase's schedule sets what, on the phase's clock, as far as that is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, takewhile
from typing import Final

from orchestrator.documents.intervals import timed_items
from orchestrator.documents.reach import known
from orchestrator.documents.values import NOTHING
from orchestrator.model.expression import Expression
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import (
    AnyScheduleItem,
    At,
    Every,
    FormulaShape,
    Move,
    Operation,
    Phase,
    Profile,
    Ramp,
    SetStep,
    SineShape,
    Step,
    TableShape,
    WaitStep,
)

OCCURRENCES_MAX: Final = 1000
"""Of one item: two that never meet in so many times hardly ever do."""
_INSTANT: Final[frozenset[Operation]] = frozenset({"start", "stop", "log", "note", "alert"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A setting that gets a value at a moment of the phase."""

    moment_s: float
    setting: str
    value: Expression
    item: AnyScheduleItem


def writes_of(phase: Phase, profile: Profile) -> Iterator[Write]:
    """Yield what the items of a schedule set, item by item."""
    for item in timed_items(phase.schedule, profile):
        if isinstance(item, Ramp):
            moment_s = 0.0 if item.at_s is None else known(item.at_s, profile)
            if moment_s is not None and item.setting:
                yield Write(moment_s=moment_s, setting=item.setting, value=item.to, item=item)
        elif isinstance(item, Move):
            moment_s = 0.0 if item.at_s is None else known(item.at_s, profile)
            if moment_s is not None and item.setting:
                first = first_value(item)
                yield Write(moment_s=moment_s, setting=item.setting, value=first, item=item)
        elif isinstance(item, (At, Every)):
            offsets = list(sets(item.do, profile))
            for begin_s in occurrences(item, phase, profile) if offsets else ():
                for offset_s, setting, value in offsets:
                    moment_s = begin_s + offset_s
                    yield Write(moment_s=moment_s, setting=setting, value=value, item=item)


def first_value(item: Move) -> Expression:
    """Give what a shape begins with, as far as it is written down."""
    match item.shape:
        case TableShape(points=points):
            return points[0].value if points else NOTHING
        case SineShape(mean=mean):
            return mean
        case FormulaShape(value=value):
            return value


def occurrences(item: At | Every, phase: Phase, profile: Profile) -> Iterator[float]:
    """Yield when an item falls due, as far as that is known; what never ends is cut."""
    if isinstance(item, At):
        at_s = known(item.at_s, profile)
        return iter(() if at_s is None else (at_s,))
    every_s = known(item.every_s, profile)
    first_s = every_s if item.from_s is None else known(item.from_s, profile)
    if every_s is None or first_s is None or every_s <= 0:
        return iter(())
    ends = (known(item.until_s, profile), known(phase.duration_s, profile))
    end_s = min((each for each in ends if each is not None), default=float("inf"))
    times = known(item.count, profile)
    most = OCCURRENCES_MAX if times is None else min(OCCURRENCES_MAX, int(times))
    moments = (first_s + number * every_s for number in count())
    return takewhile(
        lambda moment_s: moment_s < end_s,
        (moment_s for moment_s, _ in zip(moments, range(most), strict=False)),
    )


def sets(steps: tuple[Step, ...], profile: Profile) -> Iterator[tuple[float, str, Expression]]:
    """Yield what steps set, and how long after their begin, up to the first of unknown length."""
    offset_s = 0.0
    for step in steps:
        plain = step.condition is None and step.vessels is None
        if isinstance(step.args, SetStep):
            if plain:
                yield from ((offset_s, name, value) for name, value in step.args.settings.items())
        elif isinstance(step.args, WaitStep) and plain:
            wait_s = known(step.args.duration_s, profile)
            if wait_s is None:
                return
            offset_s += wait_s
        elif step.op not in _INSTANT:
            return
