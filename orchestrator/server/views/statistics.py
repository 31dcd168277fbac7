"""What became of all that was started, as `/api` shows it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

import msgspec

from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome
from orchestrator.ports import statistics as ports
from orchestrator.server.views.common import Cursor, Limit, view

Moment = Annotated[float, msgspec.Meta(ge=0, le=1e12, description="UTC seconds.")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class SpanQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which attempts: those that began within a span of time."""

    since_wall_s: Moment = 0.0
    until_wall_s: Moment = 1e12
    """Itself not part of it."""

    @property
    def span(self) -> ports.Span:
        return ports.Span(since_wall_s=self.since_wall_s, until_wall_s=self.until_wall_s)


class StatisticsQuery(SpanQuery, frozen=True, kw_only=True):
    """What is counted together."""

    by: ports.By = "profile"
    """`vessel` is the reactor that an attempt had, where each of its vessels counts for itself."""
    limit: Limit = 50
    cursor: Cursor | None = None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What became of attempts."""

    name: str
    """Of the profile, vessel or user; empty over all."""
    attempts: int
    under_way: int
    completed: int
    failed: int
    cancelled: int
    success_rate: float | None
    """Completed by completed and failed, from 0 to 1: who cancels one says nothing of it."""
    last_began_wall_s: float | None
    last_success_wall_s: float | None
    """When the newest of the completed ended."""
    mean_duration_s: float | None
    """Of the completed."""
    mean_expected_s: float | None
    """The middle of the estimate with which they began, of the completed that had one."""
    mean_ratio: float | None
    """Their duration by the middle of that estimate."""
    estimated: int
    """Of the completed those that began with an estimate."""
    within: int
    """Of these those that ended within its bounds."""


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all that was started, and of each part of it."""

    by: ports.By
    total: Tally
    items: list[Tally]
    """Whoever began one last comes first."""
    next: str | None = None
    """Hand it back as `cursor` to go on; null at the end."""


class AttemptsQuery(SpanQuery, frozen=True, kw_only=True):
    """Which ones, newest first."""

    profile: Name | None = None
    vessel: Name | None = None
    """A reactor, as `worker` or `worker/reactor`."""
    user: Name | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200, description="At most so many items.")] = 50
    cursor: Cursor | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One start of an experiment and what became of it."""

    attempt: str
    experiment: str
    name: str
    profile: str
    actor: str
    state: State
    reason: str
    vessels: dict[str, str]
    """vessel → its reactor."""
    began_wall_s: float
    ended_wall_s: float | None
    duration_s: float | None
    expected_least_s: float | None
    """How long it was expected to last when it began; null where nobody knew."""
    expected_most_s: float | None
    expected_basis: str
    """What that rested on."""
    outcomes: dict[str, int]
    """How its actions ended: outcome → how many; those that go on are `open`."""


class StepsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which steps."""

    vessel: str | None = None
    limit: Limit = 200
    cursor: Cursor | None = None


class AttemptStep(msgspec.Struct, frozen=True, kw_only=True):
    """A stay in a phase, or an action."""

    kind: str
    """`phase`, or the action's: set, dose, ask, …"""
    vessel: str
    phase: str | None
    name: str
    """Of the phase, or of the item that the action belongs to."""
    detail: str
    began_process_s: float | None
    began_wall_s: float | None
    ended_process_s: float | None
    ended_wall_s: float | None
    outcome: Outcome | None
    """Null for phases, and while an action goes on."""
    reason: str
    action_id: str
    trace: str
    """Where the API tells why it came about."""


def tally_view(tally: ports.Tally) -> Tally:
    """With its success rate."""
    return view(tally, Tally)


def step_view(experiment: str, step: ports.AttemptStep) -> AttemptStep:
    """With the way to its reasons."""
    asked = {"vessel": step.vessel, **({"action": step.action_id} if step.action_id else {})}
    return AttemptStep(
        kind=step.kind,
        vessel=step.vessel,
        phase=step.phase,
        name=step.name,
        detail=step.detail,
        began_process_s=step.began_process_s,
        began_wall_s=step.began_wall_s,
        ended_process_s=step.ended_process_s,
        ended_wall_s=step.ended_wall_s,
        outcome=step.outcome,
        reason=step.reason,
        action_id=step.action_id,
        trace=f"/api/experiments/{quote(experiment, safe='')}/trace?{urlencode(asked)}",
    )
