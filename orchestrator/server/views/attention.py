"""What waits for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from orchestrator.ports import records
from orchestrator.ports import silence as ports
from orchestrator.ports.store import Store
from orchestrator.server.views.common import Cursor, Limit, view
from orchestrator.server.views.routes import Delivery


class QuestionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which questions, newest first."""

    experiment: str | None = None
    open: bool = True
    limit: Limit = 200
    cursor: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    """`next` of the page before."""


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


AlertState = Literal["raised", "acknowledged", "resolved", "silenced"]


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
    reactor: str | None
    count: int
    """How often it was raised since somebody last saw it."""
    last_wall_s: float | None
    """When it was raised again; null if it never was."""
    state: AlertState
    """`silenced` while a silence covers what would else be raised or acknowledged."""
    silenced_until_wall_s: float | None
    acknowledged_by: str
    acknowledged_wall_s: float | None
    acknowledged_note: str
    resolved_by: str
    """Empty where it resolved itself."""
    resolved_wall_s: float | None
    resolved_note: str
    delivery: Literal["due", "ended", "silenced", "waiting", "sent", "muted", "expired"]
    """Of its notifications together. `due` and `ended`: it is to be decided whom to tell that it is
    there, or over; `sent`: somebody has it; `expired`: nobody could be reached for a week; `muted`:
    nobody wants it, or it was seen or over before anybody had to be told."""
    deliveries: list[Delivery]
    """Whom it reached: by each route that it is for."""


async def alert_views(
    alerts: Sequence[records.Alert], store: Store, at_wall_s: float
) -> list[Alert]:
    """Alerts, with what silences make of them, and whom they reached."""
    silences = await store.silences(at_wall_s=at_wall_s)
    told: dict[int, list[Delivery]] = defaultdict(list)
    for each in await store.deliveries([alert.id for alert in alerts]):
        told[each.alert].append(view(each, Delivery))
    return [_alert_view(alert, silences, told[alert.id]) for alert in alerts]


def _alert_view(
    alert: records.Alert, silences: Sequence[ports.Silence], deliveries: list[Delivery]
) -> Alert:
    silence = ports.silence_of(alert, silences)
    told = {name: getattr(alert, name) for name in Alert.__struct_fields__ if hasattr(alert, name)}
    return Alert(
        **told,
        deliveries=deliveries,
        state=_state(alert, silence),
        silenced_until_wall_s=None if silence is None else silence.until_wall_s,
    )


def _state(alert: records.Alert, silence: ports.Silence | None) -> AlertState:
    if alert.resolved_wall_s is not None:
        return "resolved"
    if silence is not None:
        return "silenced"
    return "raised" if alert.acknowledged_wall_s is None else "acknowledged"


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody adds to what they say."""

    note: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Why; kept with the alert."""


Part = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NewSilence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom not to be told of, and for how long; at least one of the first three."""

    source: Part | None = None
    """The kind of alert, as alerts have it."""
    place: Part | None = None
    """A worker with all that it has, or worker/reactor."""
    experiment: Part | None = None
    for_s: Annotated[float, msgspec.Meta(ge=60.0, le=2_592_000.0)]
    """It ends by itself after so long: a minute to thirty days."""
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts that nobody is told of for a while."""

    id: int
    source: str | None
    place: str | None
    experiment: str | None
    reason: str
    actor: str
    began_wall_s: float
    until_wall_s: float
    lifted_by: str
    """Who ended it before its time."""
