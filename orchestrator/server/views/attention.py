"""What waits for people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from orchestrator.server.views.common import Cursor, Limit


class QuestionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which questions, newest first."""

    experiment: str | None = None
    open: bool = True
    limit: Limit = 200


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for a person, or waited."""

    key: str
    experiment: str
    attempt: str
    vessel: str
    kind: str
    """ask or sample."""
    text: str
    choices: list[str]
    answer_type: str
    """As of an input: text, boolean, integer, number, volume, …"""
    default: str | float | bool | None
    """What stands for an answer that nobody gives."""
    unit: str
    """Of a number without one, as an answer and as the default."""
    asked_process_s: float
    asked_wall_s: float | None
    deadline_s: float | None
    """Process seconds."""
    state: Literal["open", "answered", "closed"]
    """`closed`: went by without an answer."""
    answer: Any
    by: str
    answered_wall_s: float | None


class NewAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's answer."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    answer: str | float | bool


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker said to it."""

    outcome: str
    reason: str


class AlertsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which alerts, newest first."""

    experiment: str | None = None
    open: bool = False
    limit: Limit = 200
    cursor: Cursor | None = None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something people should know."""

    id: int
    text: str
    severity: Literal["info", "warning", "critical"]
    source: str
    raised_wall_s: float
    experiment: str | None
    vessel: str | None
    worker: str | None
    acknowledged_by: str
    acknowledged_wall_s: float | None
    resolved_wall_s: float | None
