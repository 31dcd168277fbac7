"""A dose, an exchange or a sample that is too large for the limits, the vessel or the bottle.

The worker keeps `limits:` below everything else. A dose of more than `dosing.per_hour` is refused
whenever it comes, one that would fill the vessel beyond `dosing.vessel_maximum` is refused unless
something was taken out before. A bottle gives no more than it holds, and a vessel no more than is
in it.

Ask for less at a time, repeat it with a `wait:` between, or raise the limit if the vessel and its
waste tube allow it.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import all_steps, steps_of_phase
from orchestrator.documents.reach import known
from orchestrator.documents.rooms import Room, rooms_of
from orchestrator.model.profile import Profile, SampleStep, Step, VolumeStep
from orchestrator.model.units import format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report what can never be given, and warn of what needs room that is hardly there."""
    if draft.profile is None:
        return
    for step in _steps(draft.profile):
        if not isinstance(step.args, (VolumeStep, SampleStep)):
            continue
        volume_ml = known(step.args.volume_ml, draft.profile)
        if volume_ml is None:
            continue
        rooms = rooms_of(draft.profile, step.vessels)
        never = _forbidden(draft.profile, step, volume_ml, rooms)
        hardly = _tight(step, volume_ml, rooms)
        if never is not None:
            yield draft.error(draft.span_of(step.source), "dose-too-large", never)
        elif hardly is not None:
            yield draft.warning(draft.span_of(step.source), "dose-too-large", hardly)


def _steps(profile: Profile) -> Iterator[Step]:
    for phase in profile.phases:
        yield from steps_of_phase(phase)
    for rule in profile.rules:
        yield from all_steps(rule.do)


def _forbidden(profile: Profile, step: Step, volume_ml: float, rooms: list[Room]) -> str | None:
    """Say why a volume can never be poured in."""
    if not isinstance(step.args, VolumeStep):
        return None
    for room in rooms:
        holds_ml = room.bottles_ml.get(step.args.medium)
        if holds_ml is not None and volume_ml > holds_ml:
            own = step.args.medium in profile.vessels[room.vessel].media
            whose = f" of '{room.vessel}'" if own else ""
            return (
                f"{_volume(volume_ml)} is more than the {_volume(holds_ml)} that the bottle "
                f"{step.args.medium}{whose} holds"
            )
        for word, allowed_ml in room.paces_ml.items():
            if volume_ml > allowed_ml:
                return (
                    f"{_volume(volume_ml)} at once is above the {_volume(allowed_ml)}/{word} that "
                    f"the limits allow in '{room.vessel}'"
                )
    return None


def _tight(step: Step, volume_ml: float, rooms: list[Room]) -> str | None:
    """Say what speaks against a volume as the vessel is at the beginning."""
    for room in rooms:
        if room.volume_ml is None:
            continue
        if step.op != "dose" and volume_ml >= room.volume_ml:
            return (
                f"{_volume(volume_ml)} is all that there is in '{room.vessel}', which holds "
                f"{_volume(room.volume_ml)}"
            )
        full_ml = room.volume_ml + volume_ml
        if step.op == "dose" and room.most_ml is not None and full_ml > room.most_ml:
            return (
                f"with the {_volume(room.volume_ml)} in '{room.vessel}' this makes "
                f"{_volume(full_ml)}, above the {_volume(room.most_ml)} that the limits allow"
            )
    return None


def _volume(volume_ml: float) -> str:
    return format_quantity(volume_ml, "volume")
