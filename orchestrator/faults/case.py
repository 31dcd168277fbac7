"""What is to be rehearsed under faults, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.faults.storm import Trouble
from orchestrator.model.interlock import Interlock
from orchestrator.model.plan import Plan
from orchestrator.ports.check import Check
from orchestrator.sim.organism import E_COLI, Organism


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of many; the same case gives the same bytes."""

    plan: Plan
    check: Check
    """What the leader has profiles checked by."""
    text: str
    file_name: str
    inputs: Mapping[str, float | bool | str]
    level: str
    """none, light or heavy."""
    seed: int
    start_wall_s: float
    calm_s: float
    """When the troubles are over; soon after, everything has to come right again."""
    organism: Organism = E_COLI
    interlocks: Mapping[str, tuple[Interlock, ...]] = field(default_factory=dict)
    """By vessel."""
    troubles: Sequence[Trouble] | None = None
    """What goes wrong, where chance is not to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one run showed."""

    seed: int
    violations: Sequence[str]
    """Each in plain words, with the invariant's name before it; none is good."""
    passed_s: float
    troubles: Sequence[Trouble]
    counts: Mapping[str, int]
    """Readings, actions, doses and so on, for the summary."""
    artifacts: Mapping[str, str] = field(default_factory=dict)
    """File name → text: ledgers, messages, log, storm."""
