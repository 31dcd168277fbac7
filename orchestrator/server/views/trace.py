"""Why things happened, and why they did not."""

from __future__ import annotations

from typing import Any

import msgspec

from orchestrator.server.views.common import Cursor, Limit


class TraceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked."""

    vessel: str | None = None
    rule: str = ""
    """A rule's name, with its phase before it where two have the same: `hold/overgrown`."""
    action: str = ""
    """An action's id, with what it belongs to and what belongs to it."""
    at: str | None = None
    """`10:32`, an ISO 8601 time, or the time since the beginning: `2h30min`."""
    why_not: bool = False
    """Only what did not happen, or not as it was meant to."""
    limit: Limit = 500
    cursor: Cursor | None = None


class TraceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, or did not."""

    process_s: float
    wall_s: float | None
    vessel: str
    kind: str
    """As in the ledger."""
    text: str
    """A sentence."""
    rule: str
    key: str
    saw: dict[str, Any]
    """Values that it went by; null where there was none."""
    negative: bool


class RuleVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rule fired at the moment that was asked for, and why."""

    process_s: float
    vessel: str
    rule: str
    fired: bool
    text: str
    saw: dict[str, Any]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a trace; `verdicts` answer `at`."""

    verdicts: list[RuleVerdict]
    items: list[TraceLine]
    next: str | None = None
    """Hand it back as `cursor` to go on; null at the end."""
