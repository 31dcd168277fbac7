"""The ways by which people are told of alerts, and what became of each message."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from orchestrator.ports.notifier import Notifier
    from orchestrator.ports.records import Alert, Severity

SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "critical")
"""From the least to the greatest."""
News = Literal["raised", "over"]
"""What a message tells of an alert; `over` only where a route asks for it."""
Outcome = Literal["waiting", "sent", "muted", "expired"]
"""`muted`: it was seen or over before anybody had to be told; `expired`: nobody took it for days.
"""


def at_least(least: Severity) -> frozenset[Severity]:
    """That severity and what is worse."""
    return frozenset(SEVERITIES[SEVERITIES.index(least) :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours of the day in which messages wait."""

    from_s: int
    """Seconds since midnight, by the clocks of the timezone."""
    until_s: int
    """Of the same day, or of the next one where it is before `from_s`."""
    timezone: str
    loud: frozenset[Severity] = frozenset()
    """What is sent nevertheless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Whom to tell of what, and when."""

    name: str
    """Deliveries are known by it."""
    to: Sequence[str]
    """Where it leads, for eyes: without what is secret."""
    severities: frozenset[Severity] = frozenset(SEVERITIES)
    users: frozenset[str] = frozenset()
    """Owners of the experiments that it is about; all if none is named."""
    quiet: Quiet | None = None
    every_s: float = 0.0
    """Between two messages at the least; what is raised meanwhile is told in one."""
    resolved: bool = False
    """Tell as well that something is over of which was told."""
    timezone: str = "UTC"
    """Of the times in messages."""

    def wants(self, alert: Alert, owners: Collection[str]) -> bool:
        """Whether an alert that concerns experiments of these people is for it."""
        return alert.severity in self.severities and (
            not self.users or not self.users.isdisjoint(owners)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A route, and what takes messages along it."""

    route: Route
    notifier: Notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of telling one alert by one route."""

    alert: int
    route: str
    news: News
    outcome: Outcome
    count: int
    """How often the alert had been raised when this was asked for."""
    at_wall_s: float
    """Of the last change."""
    tries: int = 0
    """That failed."""
    told_wall_s: float | None = None
    """When it was last told; None if it never was."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """An alert of which is decided whom to tell."""

    alert: Alert
    """As it was when that was decided; where it has changed since, it is decided anew."""
    news: News = "raised"
    routes: Sequence[str] = ()
    is_silenced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something that waits to be told by a route."""

    alert: Alert
    delivery: Delivery
    told_wall_s: float | None = None
    """When the same (experiment, vessel, text) was last told by this route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStanding:
    """How a route does, as far as the store knows."""

    waiting: int = 0
    told_wall_s: float | None = None
    """When its last message went out."""
    tries: int = 0
    """That failed, of what waits."""
    problem: str = ""
    """Why the last one of these failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteShown:
    """A route with how it does."""

    route: Route
    standing: RouteStanding
    quiet_until_wall_s: float | None = None
    """While it is quiet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a test message."""

    route: str
    problem: str
    """Empty where it went out."""
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of something that waited."""

    delivery: Delivery
    """As it was when it was read."""
    outcome: Outcome
    reason: str = ""
    as_over: bool = False
    """The message said that it is over already."""


class Deliveries(Protocol):
    """What is asked of a store about whom alerts reach."""

    async def unsorted_alerts(
        self, *, silenced: bool = False, after: int = 0, limit: int = 500
    ) -> Sequence[Alert]:
        """Those of which is to be decided whom to tell, or those that a silence holds.

        Oldest first. Of `ended` ones only whom to tell that they are over.
        """
        ...

    async def sort_alerts(self, sorted_: Sequence[Sorted], *, at_wall_s: float) -> None:
        """Keep whom to tell, in one transaction; nothing that was told already is told anew."""
        ...

    async def deliveries(self, alerts: Collection[int]) -> Sequence[Delivery]:
        """By alert and route."""
        ...

    async def to_tell(
        self, route: str, *, since_wall_s: float, after: int = 0, limit: int = 500
    ) -> Sequence[Telling]:
        """What waits of the alerts after `after`, oldest first.

        When the same was told is said only of what was told since.
        """
        ...

    async def settle(self, settled: Sequence[Settled], *, at_wall_s: float) -> None:
        """Keep what became of them, in one transaction; of what expired all who listen hear."""
        ...

    async def route_standing(self, route: str) -> RouteStanding: ...

    async def give_back(self, routes: Collection[str]) -> int:
        """Let what waits for other routes than these, which are gone, be sorted anew; how much."""
        ...
