"""Where single things of a run stand: conditions, rules, actions, questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

from orchestrator.model.event import Happening
from orchestrator.model.expression import Value
from orchestrator.model.key import ActionKey

PERFORMED: Final = frozenset({"dose", "dilute", "circulate", "blank", "snapshot"})
"""Actions that the shell carries out."""
REPEATABLE: Final = frozenset({"blank", "snapshot"})
"""Those of them that may be begun again after a crash (SEMANTICS rule 3)."""
UNKNOWN: Final = "unknown: "
"""Begins every reason that is one of not knowing."""


@dataclass(slots=True)
class ConditionState:
    """What a condition was when it was last looked at."""

    truth: bool | None = None
    since_s: float = 0.0
    """Process seconds since when."""
    max_age_s: float | None = None
    grace_until_s: float = -inf
    """After an outage shorter than its signals' age, unknown says nothing before this."""


@dataclass(slots=True)
class RuleState:
    """A rule's history."""

    count: int = 0
    """Firings by conditions and events, those that were skipped included."""
    fired: dict[str, float] = field(default_factory=dict)
    """start → process seconds at which it fired for the truth that holds now; it does not again
    before that was false, unless it is to."""
    elapsed_s: float | None = None
    """The newest moment of the experiment's clock that was taken up or skipped,"""
    wall_s: float | None = None
    """and the newest on the wall, UTC."""


@dataclass(slots=True, kw_only=True)
class Occasion:
    """Something that happened and that a rule has still to act upon."""

    rule: str
    start: str
    happening: Happening
    value: Value
    """As the rule reads it."""
    since_s: float
    """Process seconds."""
    for_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class OpenAction:
    """An action that the shell is carrying out."""

    key: ActionKey
    action: str
    data: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Question:
    """Something that a person was asked and has not answered."""

    kind: str
    text: str
    name: str = ""
    """Of the step that asks."""
    answer_type: str = "text"
    """As of an input: what an answer has to be."""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A vessel stands before a phase that all enter together."""

    phase: str
    arrival: int
    deadline_s: float | None
    """Elapsed seconds; None once the time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A phase is about to be left, as soon as its `on_leave` is through."""

    reason: str
    next: str | None
    next_elapsed_s: float | None
    """Where the next phase would begin by right, if leaving took no time."""
    rounds: Mapping[str, int]
    began_s: float
    """Elapsed seconds."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Something that a step decided and that is still to be carried out."""

    what: str
    """A phase to enter, an end state, `pause` or `resume`."""
    reason: str
