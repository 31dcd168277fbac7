"""What of all that waits for a route is told now, what later, and what never; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.leader.quiet import quiet_until_s
from orchestrator.ports.clock import Instant
from orchestrator.ports.routes import Route, Settled, Telling
from orchestrator.ports.silence import Silence, silence_of

OLD_S = 7 * 86_400.0
"""What could not be told for a week is not told any more; the dashboard says so at the alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides about all that waits for a route alike."""

    route: Route
    now: Instant
    speed: float
    """Clock seconds in one second of the room: a demo's people live in the room."""
    told_wall_s: float | None
    """When its last message went out."""
    repeat_s: float
    """The same is not told twice within so long, in seconds of the room."""
    silences: Sequence[Silence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The verdict on each."""

    now: Sequence[Telling]
    never: Sequence[Settled]
    next_wall_s: float | None
    """When to look again at what has to wait; None where nothing waits."""


def rests_until_s(situation: Situation) -> float | None:
    """Until when nothing at all is sent, since something was a moment ago."""
    told_s = situation.told_wall_s
    if told_s is None:
        return None
    now_s = situation.now.wall_s
    # A clock that was set back does not hold messages back for long.
    until_s = min(told_s, now_s) + situation.route.every_s * situation.speed
    return until_s if until_s > now_s else None


def worth_telling(situation: Situation, waiting: Sequence[Telling]) -> Worth:
    """Judge all that waits."""
    now: list[Telling] = []
    never: list[Settled] = []
    later: list[float] = []
    for one in waiting:
        ended = _never(situation, one)
        if ended is not None:
            never.append(ended)
            continue
        until_s = _not_before_s(situation, one)
        if until_s is None:
            now.append(one)
        else:
            later.append(until_s)
    return Worth(now=now, never=never, next_wall_s=min(later, default=None))


def _never(situation: Situation, one: Telling) -> Settled | None:
    """How it ends where nobody has to be told any more."""
    alert, delivery = one.alert, one.delivery
    if situation.now.trusted and situation.now.wall_s - _since_s(one) > OLD_S * situation.speed:
        reason = f"nobody took it for a week: {delivery.reason}" if delivery.reason else "too old"
        return Settled(delivery=delivery, outcome="expired", reason=reason)
    if delivery.news == "over":
        return None
    if alert.acknowledged_wall_s is not None:
        reason = f"seen by {alert.acknowledged_by}"
        return Settled(delivery=delivery, outcome="muted", reason=reason)
    if one.told_wall_s is not None and alert.resolved_wall_s is not None:
        reason = "over before it was to be told again"
        return Settled(delivery=delivery, outcome="muted", reason=reason)
    return None


def _since_s(one: Telling) -> float:
    alert = one.alert
    if one.delivery.news == "over" and alert.resolved_wall_s is not None:
        return alert.resolved_wall_s
    return alert.last_wall_s or alert.raised_wall_s


def _not_before_s(situation: Situation, one: Telling) -> float | None:
    """Until when it has to wait; None: it need not."""
    now_s, quiet = situation.now.wall_s, situation.route.quiet
    holds: list[float | None] = []
    silence = silence_of(one.alert, situation.silences)
    if silence is not None:
        holds.append(silence.until_wall_s)
    if one.told_wall_s is not None and one.delivery.news == "raised":
        holds.append(min(one.told_wall_s, now_s) + situation.repeat_s * situation.speed)
    # By a clock that is not right nobody knows whether it is night: better woken than not told.
    if quiet is not None and situation.now.trusted and one.alert.severity not in quiet.loud:
        holds.append(quiet_until_s(quiet, now_s))
    return max((each for each in holds if each is not None and each > now_s), default=None)
