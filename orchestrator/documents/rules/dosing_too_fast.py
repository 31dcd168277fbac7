"""Doses that add up to more in an hour or a day than the limits allow.

`dosing.per_hour` counts the liquid of the last sixty minutes, from every source, `dosing.per_day`
that of the last 24 hours. A schedule or a rule that repeats a dose too often, or a dilution rate
that is too high for the vessel's volume, runs into them: the first doses are given and later ones
refused, so the culture is not diluted as the profile says.

Dose less or less often, lower the dilution rate (it is a share of the volume per hour: 2 /h of
15 mL are 30 mL/h), or raise the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.intervals import timed_items, timed_start
from orchestrator.documents.reach import known
from orchestrator.documents.rooms import Room, rooms_of
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import (
    CallStep,
    Every,
    EveryStart,
    ParallelStep,
    Profile,
    RepeatStep,
    Source,
    Step,
    VolumeStep,
)
from orchestrator.model.units import format_quantity

_WINDOWS_S: Final = {"h": 3600.0, "d": 86_400.0}


@dataclass(frozen=True, slots=True)
class _Pace:
    """Steps that are done again and again, for some length of time."""

    every: Every | EveryStart
    length_s: float
    do: tuple[Step, ...]
    vessels: tuple[str, ...] | None
    source: Source


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of schedules, rules and dilution rates that these limits will hold up."""
    if draft.profile is None:
        return
    for pace in _paces(draft.profile):
        message = _of_pace(pace, draft.profile)
        if message is not None:
            yield draft.warning(draft.span_of(pace.source), "dosing-too-fast", message)
    for assignment in draft.assignments:
        if assignment.setting.startswith("dosing.") and assignment.declaration.type == "rate":
            message = _of_rate(known(assignment.value, draft.profile), rooms_of(draft.profile))
            if message is not None:
                yield draft.warning(assignment.span, "dosing-too-fast", message)


def _paces(profile: Profile) -> Iterator[_Pace]:
    for phase in profile.phases:
        length_s = known(phase.duration_s, profile) or inf
        for item in timed_items(phase.schedule, profile):
            if isinstance(item, Every):
                yield _Pace(item, length_s, item.do, item.vessels, item.source)
    for rule in profile.rules:  # those of phases have no times
        for written in rule.starts:
            start = timed_start(written, profile)
            if isinstance(start, EveryStart) and rule.condition is None:
                yield _Pace(start, inf, rule.do, rule.vessels, start.source)


def _of_pace(pace: _Pace, profile: Profile) -> str | None:
    every_s, poured_ml = known(pace.every.every_s, profile), _poured(pace.do, profile)
    if every_s is None or every_s <= 0.0:
        return None
    rooms = rooms_of(profile, pace.vessels)
    count = known(pace.every.count, profile) or inf
    for word, window_s in _WINDOWS_S.items():
        times = min(window_s, pace.length_s) / every_s
        if times >= 1.0:
            message = _too_much(poured_ml * min(times, count), word, rooms)
            if message is not None:
                return message
    return None


def _of_rate(rate_per_h: float | None, rooms: list[Room]) -> str | None:
    for room in rooms:
        if rate_per_h is not None and room.volume_ml is not None:
            hourly_ml = rate_per_h * room.volume_ml
            for word, window_s in _WINDOWS_S.items():
                message = _too_much(hourly_ml * window_s / _WINDOWS_S["h"], word, [room])
                if message is not None:
                    return message
    return None


def _too_much(poured_ml: float, word: str, rooms: list[Room]) -> str | None:
    for room in rooms:
        allowed_ml = room.paces_ml.get(word)
        if allowed_ml is not None and poured_ml > allowed_ml * (1 + 1e-9):
            found, allowed = (format_quantity(each, "volume") for each in (poured_ml, allowed_ml))
            return (
                f"this makes {found}/{word} in '{room.vessel}', above the {allowed}/{word} that "
                "the limits allow"
            )
    return None


def _poured(steps: tuple[Step, ...], profile: Profile) -> float:
    """Add up what steps pour in for sure."""
    total_ml = 0.0
    for step in steps:
        if step.condition is not None or step.vessels is not None:
            continue
        if isinstance(step.args, VolumeStep):
            total_ml += max(0.0, known(step.args.volume_ml, profile) or 0.0)
        elif isinstance(step.args, CallStep):
            total_ml += _poured(step.args.do, profile)
        elif isinstance(step.args, ParallelStep):
            total_ml += sum(_poured(steps, profile) for steps in step.args.branches)
        elif isinstance(step.args, RepeatStep) and step.args.count is not None:
            times = max(0.0, known(step.args.count, profile) or 0.0)
            total_ml += times * _poured(step.args.do, profile)
    return total_ml
