"""The page that shows an experiment's course and charts offline, as the shells are given it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.model.ledger import Entry
from orchestrator.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """One signal of one vessel: columns of equal length, by process seconds."""

    at_s: Sequence[float]
    mean: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What an attempt left behind."""

    plan: Plan
    plan_hash: str
    experiment: str
    start_wall_s: float
    passed_s: float
    ledgers: Mapping[str, Sequence[Entry]]
    """By vessel."""
    series: Mapping[tuple[str, str], Columns]
    """By vessel and signal."""


Report: TypeAlias = Callable[[Lived], str]
"""It blocks while it draws: call it in a thread."""
