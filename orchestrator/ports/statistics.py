"""How attempts fared: counted by profile, vessel and user, and one by one with their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome

if TYPE_CHECKING:
    from orchestrator.ports.records import Page

By = Literal["profile", "vessel", "user"]
"""`vessel`: the reactor that an attempt had, where each of its vessels counts for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How long something was expected to last when it began."""

    least_s: float | None = None
    most_s: float | None = None
    """None where nobody knew."""
    basis: str = ""
    profile: str = ""
    """Its own name, which an experiment need not bear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Attempts that began within it, in UTC seconds; the later end is not part of it."""

    since_wall_s: float = 0.0
    until_wall_s: float = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the attempts of one profile, vessel or user."""

    name: str
    attempts: int = 0
    under_way: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    last_began_wall_s: float | None = None
    last_success_wall_s: float | None = None
    """When the newest of the completed ended."""
    mean_duration_s: float | None = None
    """Of the completed."""
    mean_expected_s: float | None = None
    """The middle of the estimate, of the completed that had one."""
    mean_ratio: float | None = None
    """Their duration by the middle of the estimate."""
    estimated: int = 0
    """Of the completed those that had an estimate, and of these those that kept to it."""
    within: int = 0

    @property
    def success_rate(self) -> float | None:
        """Of those that came to an end of their own; who cancels one says nothing of it."""
        judged = self.completed + self.failed
        return self.completed / judged if judged else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One start of an experiment and what became of it."""

    attempt: str
    experiment: str
    name: str
    profile: str
    actor: str
    state: State
    reason: str
    vessels: Mapping[str, str]
    """vessel → its reactor."""
    began_wall_s: float
    ended_wall_s: float | None
    expected_least_s: float | None
    expected_most_s: float | None
    expected_basis: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """How its actions ended; those that go on are counted under `open`."""

    @property
    def duration_s(self) -> float | None:
        """None while it is under way."""
        return None if self.ended_wall_s is None else self.ended_wall_s - self.began_wall_s


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStep:
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
    """Of an action that ended."""
    reason: str
    action_id: str
    """Empty for phases."""


class Statistics(Protocol):
    """What is asked of a store about what became of all that was started."""

    async def expect(self, attempt: str, expected: Expected) -> None:
        """Say how long one that began without an estimate should last; one that it has stands."""
        ...

    async def tally(self, span: Span) -> Tally:
        """Over everything that began within it; its name is empty."""
        ...

    async def tallies(
        self, by: By, span: Span, *, limit: int = 50, cursor: str | None = None
    ) -> Page[Tally]:
        """Whoever began one last comes first."""
        ...

    async def attempts(
        self,
        span: Span,
        *,
        profile: str | None = None,
        vessel: str | None = None,
        user: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Attempt]:
        """Newest first; `vessel` is a reactor, as `worker` or `worker/reactor`."""
        ...

    async def attempt(self, attempt: str) -> Attempt | None: ...

    async def attempt_steps(
        self,
        attempt: str,
        *,
        vessel: str | None = None,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[AttemptStep]:
        """In the order in which they began; a phase comes before what is done in it."""
        ...
