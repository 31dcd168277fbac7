"""What people read: one alert, or many folded into one message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from orchestrator.ports.notifier import Notification
from orchestrator.ports.records import Alert, Severity
from orchestrator.ports.routes import SEVERITIES

LINES_MAX = 20
LATE_S = 600.0
"""What was raised longer ago says when."""


def notification(alerts: Sequence[Alert], *, now_wall_s: float, timezone: str) -> Notification:
    """One message about all of them, the gravest first."""
    zone = ZoneInfo(timezone)
    if len(alerts) == 1:
        (alert,) = alerts
        body = alert.text + _besides(alert, now_wall_s, zone)
        return Notification(severity=_severity(alert), title=_title(alert), body=body)
    ranked = sorted(alerts, key=lambda each: (-SEVERITIES.index(_severity(each)), each.id))
    lines = [_line(each, now_wall_s, zone) for each in ranked[:LINES_MAX]]
    if len(ranked) > LINES_MAX:
        lines.append(f"… and {len(ranked) - LINES_MAX} more")
    return Notification(
        severity=_severity(ranked[0]), title=_title_of_many(ranked), body="\n".join(lines)
    )


def trial(route: str, by: str) -> Notification:
    """A message that only shows that messages arrive."""
    body = f"{by} tries whether alerts arrive by the route {route}: they do."
    return Notification(severity="info", title="Axenic: a test", body=body)


def _severity(alert: Alert) -> Severity:
    return alert.severity if alert.resolved_wall_s is None else "info"


def _word(alert: Alert) -> str:
    return alert.severity if alert.resolved_wall_s is None else "over"


def _title(alert: Alert) -> str:
    where = _where(alert)
    return f"Axenic {_word(alert)}" + (f": {where}" if where else "")


def _title_of_many(alerts: Sequence[Alert]) -> str:
    words = [_word(each) for each in alerts]
    counted = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
    return f"Axenic: {len(alerts)} alerts ({', '.join(counted)})"


def _line(alert: Alert, now_wall_s: float, zone: ZoneInfo) -> str:
    where = _where(alert)
    place = f" {where}" if where else ""
    return f"{_word(alert)}{place}: {alert.text}{_besides(alert, now_wall_s, zone)}"


def _where(alert: Alert) -> str:
    return " ".join(filter(None, (alert.experiment, alert.vessel)))


def _besides(alert: Alert, now_wall_s: float, zone: ZoneInfo) -> str:
    """How often, since when, and that it is over."""
    said = []
    if alert.count > 1:
        said.append(f"{alert.count} times")
    if alert.resolved_wall_s is not None:
        by = f" as {alert.resolved_by} says" if alert.resolved_by else ""
        note = f": {alert.resolved_note}" if alert.resolved_note else ""
        said.append(f"over since {_at(alert.resolved_wall_s, zone)}{by}{note}")
    elif now_wall_s - alert.raised_wall_s > LATE_S:
        said.append(f"since {_at(alert.raised_wall_s, zone)}")
    return f" ({', '.join(said)})" if said else ""


def _at(wall_s: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(wall_s, zone).strftime("%Y-%m-%d %H:%M %Z")
