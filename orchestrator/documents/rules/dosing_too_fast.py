"""Doses that add up to more in an hour than the limits allow.

`dosing.per_hour` counts the liquid of the last sixty minutes, from every source. A schedule that
repeats a dose too often, or a dilution rate that is too high for the vessel's volume, runs into it:
the first doses are given and later ones refused, so the culture is not diluted as the profile says.

Dose less or less often, lower the dilution rate (it is a share of the volume per hour: 2 /h of
15 mL are 30 mL/h), or raise the limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.reach import known
from orchestrator.documents.rooms import Room, rooms_of
from orchestrator.model.profile import (
    CallStep,
    Every,
    ParallelStep,
    Profile,
    RepeatStep,
    Step,
    VolumeStep,
)
from orchestrator.model.units import format_quantity

_HOUR_S = 3600.0


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of schedules and of dilution rates that the hourly limit will hold up."""
    if draft.profile is None:
        return
    for phase in draft.profile.phases:
        for item in phase.schedule:
            message = _of_item(item, draft.profile) if isinstance(item, Every) else None
            if message is not None:
                yield draft.warning(draft.span_of(item.source), "dosing-too-fast", message)
    for assignment in draft.assignments:
        if assignment.setting.startswith("dosing.") and assignment.declaration.type == "rate":
            message = _of_rate(known(assignment.value, draft.profile), rooms_of(draft.profile))
            if message is not None:
                yield draft.warning(assignment.span, "dosing-too-fast", message)


def _of_item(item: Every, profile: Profile) -> str | None:
    every_s, poured_ml = known(item.every_s, profile), _poured(item.do, profile)
    if every_s is None or not 0.0 < every_s <= _HOUR_S:
        return None
    hourly_ml = poured_ml * _HOUR_S / every_s
    return _too_much(hourly_ml, rooms_of(profile, item.vessels))


def _of_rate(rate_per_h: float | None, rooms: list[Room]) -> str | None:
    for room in rooms:
        if rate_per_h is not None and room.volume_ml is not None:
            message = _too_much(rate_per_h * room.volume_ml, [room])
            if message is not None:
                return message
    return None


def _too_much(hourly_ml: float, rooms: list[Room]) -> str | None:
    for room in rooms:
        if room.per_hour_ml is not None and hourly_ml > room.per_hour_ml * (1 + 1e-9):
            found, allowed = (
                format_quantity(each, "volume_per_hour") for each in (hourly_ml, room.per_hour_ml)
            )
            return (
                f"this makes {found} in '{room.vessel}', above the {allowed} that the limits allow"
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
