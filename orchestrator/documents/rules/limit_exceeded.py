"""A setpoint that the profile's own limits forbid.

`limits:` are kept by the worker below every job, rule and manual command: a setpoint beyond them is
refused when it comes, perhaps in the tenth night. That can be told beforehand for every value that
is written out or comes from an input. Where only an input's `maximum` would go beyond, it is a
warning.

Lower the setpoint or the input's range, or raise the limit if the culture and the hardware allow
it.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Assignment, Draft
from orchestrator.documents.reach import reaches
from orchestrator.model.catalogue import LimitDeclaration
from orchestrator.model.expression import Const, Expression
from orchestrator.model.profile import Profile
from orchestrator.model.units import format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report settings beyond their limit, and vessels that hold more than theirs."""
    if draft.profile is None:
        return
    for assignment in draft.assignments:
        for name, declared in _limits_on(draft, assignment):
            limit = _strictest(draft.profile, name, declared)
            if limit is not None:
                yield from _judge(draft, assignment, declared, limit)
    yield from _volumes(draft, draft.profile)


def _limits_on(draft: Draft, assignment: Assignment) -> Iterator[tuple[str, LimitDeclaration]]:
    job, _, short = assignment.setting.partition(".")
    for declared in draft.catalogue.jobs[job].limits.values():
        if declared.bounds == short:
            yield f"{job}.{declared.name}", declared


def _strictest(profile: Profile, name: str, declared: LimitDeclaration) -> float | None:
    """Find the limit of the whole profile; a vessel's own may only be known when it is bound."""
    value = profile.limits.get(name)
    if isinstance(value, Const) and isinstance(value.value, float):
        return value.value
    return declared.default


def _judge(
    draft: Draft, assignment: Assignment, declared: LimitDeclaration, limit: float
) -> Iterator[Diagnostic]:
    above = declared.side == "maximum"
    for reach in reaches(assignment.value, draft.profile):
        if (reach.value <= limit) if above else (reach.value >= limit):
            continue
        found, allowed = (format_quantity(each, declared.type) for each in (reach.value, limit))
        word = "above" if above else "below"
        message = f"{found}{reach.how} is {word} the {allowed} that this profile's limits allow"
        report = draft.warning if reach.only_possible else draft.error
        yield report(assignment.span, "limit-exceeded", message)


def _volumes(draft: Draft, profile: Profile) -> Iterator[Diagnostic]:
    for vessel in profile.vessels.values():
        limit = vessel.limits.get("dosing.vessel_maximum") or profile.limits.get(
            "dosing.vessel_maximum"
        )
        held, most = _number(vessel.volume_ml), _number(limit)
        if held is not None and most is not None and held > most:
            span = draft.document.places.of_value(("vessels", vessel.written, "volume"))
            message = (
                f"{format_quantity(held, 'volume')} is above the "
                f"{format_quantity(most, 'volume')} that the limits allow in this vessel"
            )
            yield draft.error(span, "limit-exceeded", message)


def _number(value: Expression | None) -> float | None:
    found = value.value if isinstance(value, Const) else None
    return found if isinstance(found, float) else None
