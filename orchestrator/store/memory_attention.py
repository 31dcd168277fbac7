"""Questions and alerts in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from orchestrator.ports.records import Alert, NewAlert, Page, Question
from orchestrator.ports.store import NotFound
from orchestrator.store.history_rows import question_of
from orchestrator.store.memory_tables import MemoryBase, Row, Tables
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import alert_data, alert_of, alert_row

_JUST_RAISED = {
    "acknowledged_by": "",
    "acknowledged_wall_s": None,
    "resolved_wall_s": None,
    "delivery": "due",
}


def add_alert(tables: Tables, new: NewAlert) -> Alert:
    """Raise it, unless one with its identity stands."""
    for row in tables.alerts.values():
        if new.identity is not None and _stands(row, new.identity):
            return alert_of(row)
    number = len(tables.alerts) + 1
    tables.alerts[number] = {"id": number, **alert_row(new), **_JUST_RAISED}
    return _tell(tables, tables.alerts[number], new.at_wall_s)


def _stands(row: Row, identity: str) -> bool:
    return row["identity"] == identity and row["resolved_wall_s"] is None


def _tell(tables: Tables, row: Row, at_wall_s: float) -> Alert:
    alert = alert_of(row)
    tables.event(
        "alert",
        alert_data(alert),
        at_wall_s=at_wall_s,
        experiment=alert.experiment,
        vessel=alert.vessel,
    )
    return alert


class MemoryAttention(MemoryBase):
    """`ports.store.Attention`."""

    async def question(self, key: str) -> Question | None:
        row = self._tables.one("questions", key)
        return None if row is None else self._question(row)

    async def questions(
        self, *, experiment: str | None = None, open_only: bool = True, limit: int = 200
    ) -> Sequence[Question]:
        found = [
            self._question(row)
            for row in reversed(self._tables.of("questions"))
            if experiment in (None, row["experiment"])
        ]
        return [one for one in found if one.state == "open" or not open_only][:limit]

    async def raise_alert(self, alert: NewAlert) -> Alert:
        with self._tables.telling():
            return add_alert(self._tables, alert)

    async def resolve_alerts(self, identity: str, *, at_wall_s: float) -> int:
        standing = [row for row in self._tables.alerts.values() if _stands(row, identity)]
        with self._tables.telling():
            for row in standing:
                row["resolved_wall_s"] = at_wall_s
                _tell(self._tables, row, at_wall_s)
        return len(standing)

    async def acknowledge_alert(self, alert: int, *, by: str, at_wall_s: float) -> Alert:
        row = self._tables.alerts.get(alert)
        if row is None:
            raise NotFound(f"there is no alert {alert}")
        if row["acknowledged_wall_s"] is None:
            with self._tables.telling():
                row.update(acknowledged_by=by, acknowledged_wall_s=at_wall_s)
                _tell(self._tables, row, at_wall_s)
        return alert_of(row)

    async def alerts(
        self,
        *,
        experiment: str | None = None,
        open_only: bool = False,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[Alert]:
        rows = [
            row
            for row in reversed(self._tables.alerts.values())
            if row["id"] < int(cursor or NEWEST)
            and experiment in (None, row["experiment"])
            and not (open_only and (row["acknowledged_wall_s"] or row["resolved_wall_s"]))
        ]
        return page_of(rows, limit, "id", alert_of)

    async def undelivered_alerts(self, limit: int = 100) -> Sequence[Alert]:
        due = [row for row in self._tables.alerts.values() if row["delivery"] == "due"]
        return [alert_of(row) for row in due[:limit]]

    async def settle_alerts(
        self, *, sent: Collection[int] = (), muted: Collection[int] = ()
    ) -> None:
        for delivery, ids in (("sent", sent), ("muted", muted)):
            for alert in ids:
                self._tables.alerts[alert]["delivery"] = delivery

    def _question(self, row: Row) -> Question:
        action = self._tables.one("actions", row["key"])
        run = self._tables.one("runs", row["run"])
        over = bool((action and action["outcome"]) or (run and run["ended_state"]))
        return question_of({**row, "over": over})
