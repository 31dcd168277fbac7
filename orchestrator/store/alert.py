"""Raise and resolve alerts within a transaction, from a ledger or for the leader itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.ports.records import Alert, NewAlert
from orchestrator.store.named import statements
from orchestrator.store.rows import alert_data, alert_of, alert_row
from orchestrator.store.writer import Transaction

SQL = statements("attention")


def add_alert(transaction: Transaction, new: NewAlert) -> Alert:
    """Raise it, unless one with its identity stands; the same again is counted."""
    if new.identity is not None:
        standing = transaction.execute(SQL["standing_alert"], {"identity": new.identity}).fetchone()
        if standing is not None and not new.again:
            return alert_of(standing)
    rows = []
    if new.identity is None or new.again:
        count = SQL["count_alert" if new.identity is None else "count_standing_alert"]
        rows = transaction.execute(count, alert_row(new)).fetchall()
    if not rows:
        rows = transaction.execute(SQL["add_alert"], _placed(transaction, new)).fetchall()
    alert = alert_of(rows[0])
    tell_alert(transaction, alert, new.at_wall_s)
    return alert


def resolve_alerts(transaction: Transaction, identity: str, at_wall_s: float) -> int:
    """What they told of is over; answers how many stood."""
    over = {"identity": identity, "at_wall_s": at_wall_s}
    rows = transaction.execute(SQL["resolve_alerts"], over).fetchall()
    for row in rows:
        tell_alert(transaction, alert_of(row), at_wall_s)
    return len(rows)


def _placed(transaction: Transaction, new: NewAlert) -> Mapping[str, Any]:
    """Its columns, with the reactor that plays its vessel."""
    row = alert_row(new)
    if new.worker is None and new.vessel is not None:
        found = transaction.execute(SQL["place_of_vessel"], row).fetchone()
        if found is not None:
            return {**row, "worker": found["worker"], "reactor": found["reactor"]}
    return row


def tell_alert(transaction: Transaction, alert: Alert, at_wall_s: float) -> None:
    """Let all who listen know how it stands."""
    transaction.event(
        "alert",
        alert_data(alert),
        at_wall_s=at_wall_s,
        experiment=alert.experiment,
        vessel=alert.vessel,
    )
