"""Loops of phases, as one vessel goes through them."""

from __future__ import annotations

from orchestrator.model.plan import LoopPlan
from orchestrator.model.profile import PhaseLoop, Profile
from orchestrator.planning.place import place
from orchestrator.planning.scope import Scope


def plan_loops(scope: Scope, profile: Profile) -> tuple[LoopPlan, ...]:
    """Plan the loops that hold a phase of this vessel, inner ones first."""
    planned: list[LoopPlan] = []
    for loop in profile.loops:
        names = [
            phase.name
            for phase in profile.phases[loop.first : loop.last + 1]
            if scope.concerns(phase.vessels)
        ]
        if names:
            known = {each.loop for each in planned}
            planned.append(_loop(scope, loop, names[0], names[-1], known))
    return tuple(planned)


def _loop(scope: Scope, loop: PhaseLoop, first: str, last: str, known: set[str]) -> LoopPlan:
    return LoopPlan(
        loop=loop.name or _name(first, last, known),
        first=first,
        last=last,
        count=int(scope.number(loop.count, loop.source, "count", least=1.0)),
        source=place(loop.source),
        until=scope.maybe(loop.until),
    )


def _name(first: str, last: str, known: set[str]) -> str:
    """What a loop without a name is known by: where it goes, and an ordinal among such."""
    name = first if first == last else f"{first} to {last}"
    same = sum(each == name or each.startswith(f"{name}.") for each in known)
    return f"{name}.{same}" if same else name
