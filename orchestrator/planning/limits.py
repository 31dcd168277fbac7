"""Limits of a vessel, and whether its values keep them with the inputs chosen."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.catalogue import SettingDeclaration
from orchestrator.model.expression import Const, Expression
from orchestrator.model.profile import Source
from orchestrator.model.units import DIMENSIONS, format_quantity
from orchestrator.planning.scope import Scope


def plan_limits(scope: Scope, limits: Mapping[str, Expression], source: Source) -> dict[str, float]:
    """Give every limit its number, the catalogue's own where the profile is silent."""
    found = {
        f"{job}.{name}": declared.default
        for job, offer in scope.catalogue.jobs.items()
        for name, declared in offer.limits.items()
        if declared.default is not None
    }
    for name, value in limits.items():
        found[name] = scope.number(value, source, f"the limit {name}")
    return dict(sorted(found.items()))


def check_settings(scope: Scope, limits: Mapping[str, float]) -> None:
    """Judge every value that is known by its declaration and by the limits."""
    for name, value, source in scope.assigned:
        declared = scope.catalogue.setting(name)
        number = value.value if isinstance(value, Const) else None
        if declared is None or type(number) is not float:
            continue
        for bound, word in _bounds(scope, name, declared, limits):
            if (number > bound) if word == "above" else (number < bound):
                shown, allowed = _shown(number, declared), _shown(bound, declared)
                message = f"{name}: {shown} is {word} the {allowed} that is allowed"
                scope.complain(source, "out-of-range", message)


def _bounds(
    scope: Scope, name: str, declared: SettingDeclaration, limits: Mapping[str, float]
) -> list[tuple[float, str]]:
    job, _, short = name.partition(".")
    found: list[tuple[float, str]] = []
    if declared.minimum is not None:
        found.append((declared.minimum, "below"))
    if declared.maximum is not None:
        found.append((declared.maximum, "above"))
    for limit in scope.catalogue.jobs[job].limits.values():
        bound = limits.get(f"{job}.{limit.name}")
        if limit.bounds == short and bound is not None:
            found.append((bound, "above" if limit.side == "maximum" else "below"))
    return found


def _shown(value: float, declared: SettingDeclaration) -> str:
    return format_quantity(value, declared.type if declared.type in DIMENSIONS else "number")
