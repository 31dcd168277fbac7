"""The ways by which people are told of alerts, as `/api` shows them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from orchestrator.ports import routes as ports

Severity = Literal["info", "warning", "critical"]


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of telling an alert by one route."""

    route: str
    news: Literal["raised", "over"]
    outcome: Literal["waiting", "sent", "muted", "expired"]
    tries: int
    """That failed."""
    at_wall_s: float
    """Of the last change."""
    told_wall_s: float | None
    """When it was last told; null if it never was."""
    reason: str


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the day in which messages wait."""

    from_: str = msgspec.field(name="from")
    until: str
    timezone: str
    loud: list[Severity]
    """What is told nevertheless."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One way to tell people, and how it does."""

    name: str
    to: list[str]
    """Where it leads, without what is secret."""
    severities: list[Severity]
    users: list[str]
    """Owners of the experiments of which it tells; all if there are none."""
    quiet: Quiet | None
    quiet_until_wall_s: float | None
    """While it is quiet."""
    every_s: float
    """It rests so long between two messages at the least."""
    resolved: bool
    """It tells as well that something is over."""
    waiting: int
    """Messages about so many alerts wait for it."""
    told_wall_s: float | None
    """When its last message went out."""
    tries: int
    """That failed since."""
    problem: str
    """Why the last one of these failed."""


class TestQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which routes."""

    route: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None
    """This one only."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a test message."""

    route: str
    problem: str
    """Empty where it went out."""
    took_s: float


def route_view(shown: ports.RouteShown) -> Route:
    """A route with how it does."""
    route, standing = shown.route, shown.standing
    return Route(
        name=route.name,
        to=list(route.to),
        severities=_ranked(route.severities),
        users=sorted(route.users),
        quiet=_quiet(route.quiet) if route.quiet else None,
        quiet_until_wall_s=shown.quiet_until_wall_s,
        every_s=route.every_s,
        resolved=route.resolved,
        waiting=standing.waiting,
        told_wall_s=standing.told_wall_s,
        tries=standing.tries,
        problem=standing.problem,
    )


def _quiet(quiet: ports.Quiet) -> Quiet:
    return Quiet(
        from_=_clock(quiet.from_s),
        until=_clock(quiet.until_s),
        timezone=quiet.timezone,
        loud=_ranked(quiet.loud),
    )


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"


def _ranked(severities: frozenset[Severity]) -> list[Severity]:
    return [each for each in ports.SEVERITIES if each in severities]
