"""Rows of the tables to values and back; both stores keep the same columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orchestrator.ports.records import (
    Alert,
    Event,
    NewAlert,
    WorkerRecord,
)
from orchestrator.store.encode import from_json, to_json

Row = Any
"""A mapping of columns: `sqlite3.Row` or a dict."""


def alert_row(alert: NewAlert) -> dict[str, Any]:
    """The columns of one that is raised now."""
    return {
        "text": alert.text,
        "severity": alert.severity,
        "source": alert.source,
        "raised_wall_s": alert.at_wall_s,
        "experiment": alert.experiment,
        "vessel": alert.vessel,
        "worker": alert.worker,
        "reactor": alert.reactor,
        "identity": alert.identity,
    }


def alert_of(row: Row) -> Alert:
    """From `alerts`."""
    return Alert(
        id=row["id"],
        text=row["text"],
        severity=row["severity"],
        source=row["source"],
        raised_wall_s=row["raised_wall_s"],
        experiment=row["experiment"],
        vessel=row["vessel"],
        worker=row["worker"],
        reactor=row["reactor"],
        identity=row["identity"],
        count=row["count"],
        last_wall_s=row["last_wall_s"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_wall_s=row["acknowledged_wall_s"],
        acknowledged_note=row["acknowledged_note"],
        resolved_by=row["resolved_by"],
        resolved_wall_s=row["resolved_wall_s"],
        resolved_note=row["resolved_note"],
        delivery=row["delivery"],
    )


def alert_data(alert: Alert) -> dict[str, Any]:
    """What an event says of an alert."""
    return {
        "id": alert.id,
        "text": alert.text,
        "severity": alert.severity,
        "source": alert.source,
        "worker": alert.worker,
        "reactor": alert.reactor,
        "raised_wall_s": alert.raised_wall_s,
        "count": alert.count,
        "last_wall_s": alert.last_wall_s,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_wall_s": alert.acknowledged_wall_s,
        "acknowledged_note": alert.acknowledged_note,
        "resolved_by": alert.resolved_by,
        "resolved_wall_s": alert.resolved_wall_s,
        "resolved_note": alert.resolved_note,
        "delivery": alert.delivery,
    }


def event_of(row: Row) -> Event:
    """From `events`."""
    return Event(
        event_id=row["event_id"],
        kind=row["kind"],
        at_wall_s=row["at_wall_s"],
        experiment=row["experiment"],
        vessel=row["vessel"],
        data=from_json(row["data"]),
    )


def worker_of(row: Row) -> WorkerRecord:
    """From `workers`."""
    return WorkerRecord(
        worker=row["worker"],
        epoch=row["epoch"],
        seen_wall_s=row["seen_wall_s"],
        state=from_json(row["state"]),
        capabilities=from_json(row["capabilities"]),
        calibrations=from_json(row["calibrations"]),
    )


def names(wanted: Iterable[str]) -> str:
    """For `IN (SELECT value FROM json_each(:names))`."""
    return to_json(sorted(wanted))
