"""Raise an alert within a transaction, from a ledger or for the leader itself."""

from __future__ import annotations

from orchestrator.ports.records import Alert, NewAlert
from orchestrator.store.named import statements
from orchestrator.store.rows import alert_data, alert_of, alert_row
from orchestrator.store.writer import Transaction

SQL = statements("attention")


def add_alert(transaction: Transaction, new: NewAlert) -> Alert:
    """Raise it, unless one with its identity stands."""
    if new.identity is not None:
        standing = transaction.execute(SQL["standing_alert"], {"identity": new.identity}).fetchone()
        if standing is not None:
            return alert_of(standing)
    (row,) = transaction.execute(SQL["add_alert"], alert_row(new)).fetchall()
    alert = alert_of(row)
    tell_alert(transaction, alert, new.at_wall_s)
    return alert


def tell_alert(transaction: Transaction, alert: Alert, at_wall_s: float) -> None:
    """Let all who listen know how it stands."""
    transaction.event(
        "alert",
        alert_data(alert),
        at_wall_s=at_wall_s,
        experiment=alert.experiment,
        vessel=alert.vessel,
    )
