"""How long an experiment lasts, as far as anybody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from orchestrator.ports.statistics import Expected

TURNS = frozenset({"go_to", "finish", "fail", "pause"})
ASKS = frozenset({"ask", "sample"})
MARGIN = 0.25
"""A rehearsal, or a single run, tells the length to a quarter either way: cells are no machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A length with its bounds, and what it is known from."""

    least_s: float = 0.0
    most_s: float | None = None
    """None where nobody knows."""
    basis: str = "nobody knows how long it lasts"

    def after(self, elapsed_s: float) -> Lasting:
        """What is left of it; one that is late may last for as long as it likes."""
        late = self.most_s is not None and elapsed_s > self.most_s
        most_s = None if self.most_s is None or late else self.most_s - elapsed_s
        basis = f"it has lasted longer than {self.basis} told" if late else self.basis
        return Lasting(least_s=max(0.0, self.least_s - elapsed_s), most_s=most_s, basis=basis)


UNKNOWN = Lasting()


def lasting(
    plan: Mapping[str, Any], *, completed_s: Sequence[float] = (), rehearsed_s: float | None = None
) -> Lasting:
    """From runs of the same plan that completed, a rehearsal of it, or its own fixed times."""
    if len(completed_s) > 1:
        words = f"{len(completed_s)} earlier runs"
        return Lasting(least_s=min(completed_s), most_s=max(completed_s), basis=words)
    if completed_s:
        return _about(median(completed_s), "an earlier run")
    fixed_s = _fixed_s(plan)
    if fixed_s is not None:
        return Lasting(least_s=fixed_s, most_s=fixed_s, basis="the profile's own times")
    if rehearsed_s is not None:
        return _about(rehearsed_s, "a rehearsal")
    return UNKNOWN


def expected(plan: Mapping[str, Any], whole: Lasting) -> Expected:
    """What is kept with an attempt, to be held against how long it lasts."""
    return Expected(
        profile=plan.get("name", ""), least_s=whole.least_s, most_s=whole.most_s, basis=whole.basis
    )


def _about(length_s: float, basis: str) -> Lasting:
    return Lasting(least_s=length_s * (1 - MARGIN), most_s=length_s * (1 + MARGIN), basis=basis)


def _fixed_s(plan: Mapping[str, Any]) -> float | None:
    """The sum of the phases, where each ends by its duration alone."""
    longest_s = 0.0
    for vessel in plan["vessels"]:
        phases = vessel.get("phases", ())
        if vessel.get("loops") or not all(_is_fixed(phase) for phase in phases):
            return None
        if _may_change_its_way(vessel):
            return None
        longest_s = max(longest_s, sum(phase["duration_s"] for phase in phases))
    return longest_s or None


def _is_fixed(phase: Mapping[str, Any]) -> bool:
    return phase.get("duration_s") is not None and not any(
        phase.get(part) for part in ("until", "hold", "together", "timeout", "on_leave")
    )


def _may_change_its_way(part: Any) -> bool:
    """Whether some step of a plan, wherever it stands, ends a phase or the run, or stops its clock;
    one that nobody answers may too."""
    if isinstance(part, Mapping):
        if part.get("op") in TURNS or (part.get("op") in ASKS and part.get("then")):
            return True
        return any(_may_change_its_way(each) for each in part.values())
    return isinstance(part, list) and any(_may_change_its_way(each) for each in part)
