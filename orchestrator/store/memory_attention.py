"""Questions and alerts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.ports.records import Alert, NewAlert, Page, Question
from orchestrator.ports.store import NotFound
from orchestrator.store.history_rows import question_of
from orchestrator.store.memory_tables import MemoryBase, Row, Tables
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import alert_data, alert_of, alert_row

_JUST_RAISED = {
    "count": 1,
    "last_wall_s": None,
    "acknowledged_by": "",
    "acknowledged_wall_s": None,
    "acknowledged_note": "",
    "resolved_by": "",
    "resolved_wall_s": None,
    "resolved_note": "",
    "delivery": "due",
}


def add_alert(tables: Tables, new: NewAlert) -> Alert:
    """Raise it, unless one with its identity stands; the same again is counted."""
    for row in tables.alerts.values():
        stands = new.identity is not None and _stands(row, new.identity)
        if stands and not new.again:
            return alert_of(row)
        if stands or (new.identity is None and _is_same(row, new)):
            row.update(count=row["count"] + 1, last_wall_s=new.at_wall_s, delivery="due")
            return tell_alert(tables, row, new.at_wall_s)
    number = len(tables.alerts) + 1
    placed = _placed(tables, new)
    tables.alerts[number] = {"id": number, **alert_row(placed), **_JUST_RAISED}
    return tell_alert(tables, tables.alerts[number], new.at_wall_s)


def resolve_alerts(tables: Tables, identity: str, at_wall_s: float) -> int:
    """What they told of is over; answers how many stood."""
    standing = [row for row in tables.alerts.values() if _stands(row, identity)]
    for row in standing:
        row.update(resolved_wall_s=at_wall_s, delivery=_ended(row))
        tell_alert(tables, row, at_wall_s)
    return len(standing)


def _is_same(row: Row, new: NewAlert) -> bool:
    known = (row["identity"], row["resolved_wall_s"], row["acknowledged_wall_s"])
    told = (row["source"], row["text"], row["experiment"], row["vessel"])
    return known == (None, None, None) and told == (
        new.source,
        new.text,
        new.experiment,
        new.vessel,
    )


def _placed(tables: Tables, new: NewAlert) -> NewAlert:
    """With the reactor that plays its vessel."""
    if new.worker is None and new.vessel is not None:
        for run in reversed(tables.of("runs")):
            is_its = (run["experiment"], run["vessel"]) == (new.experiment, new.vessel)
            if is_its and run["worker"] is not None:
                return replace(new, worker=run["worker"], reactor=run["reactor"])
    return new


def _stands(row: Row, identity: str) -> bool:
    return row["identity"] == identity and row["resolved_wall_s"] is None


def _ended(row: Row) -> str:
    """What is to be told of one that is over now."""
    return "due" if row["delivery"] == "due" else "ended"


def tell_alert(tables: Tables, row: Row, at_wall_s: float) -> Alert:
    """Let all who listen know how it stands."""
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
        self,
        *,
        experiment: str | None = None,
        open_only: bool = True,
        limit: int = 200,
        before: str | None = None,
    ) -> Sequence[Question]:
        rows = [*reversed(self._tables.of("questions"))]
        keys = [row["key"] for row in rows]
        begin = 0 if before is None else keys.index(before) + 1 if before in keys else len(keys)
        found = [
            self._question(row) for row in rows[begin:] if experiment in (None, row["experiment"])
        ]
        return [one for one in found if one.state == "open" or not open_only][:limit]

    async def remind(self, question: Question, alert: NewAlert) -> bool:
        row = self._tables.one("questions", question.key)
        if row is None or row["answer"] is not None or row["reminded"] != question.reminded:
            return False
        row.update(reminded=row["reminded"] + 1, reminded_wall_s=alert.at_wall_s)
        with self._tables.telling():
            add_alert(self._tables, alert)
        return True

    async def raise_alert(self, alert: NewAlert) -> Alert:
        with self._tables.telling():
            return add_alert(self._tables, alert)

    async def resolve_alerts(self, identity: str, *, at_wall_s: float) -> int:
        with self._tables.telling():
            return resolve_alerts(self._tables, identity, at_wall_s)

    async def standing_alerts(self, prefix: str) -> Sequence[Alert]:
        return [
            alert_of(row)
            for row in self._tables.alerts.values()
            if row["resolved_wall_s"] is None and (row["identity"] or "").startswith(prefix)
        ]

    async def resolve_alert(self, alert: int, *, by: str, note: str, at_wall_s: float) -> Alert:
        return self._say("resolved", alert, by, note, at_wall_s)

    async def acknowledge_alert(
        self, alert: int, *, by: str, at_wall_s: float, note: str = ""
    ) -> Alert:
        return self._say("acknowledged", alert, by, note, at_wall_s)

    def _say(self, what: str, alert: int, by: str, note: str, at_wall_s: float) -> Alert:
        """What a person says to an alert, once."""
        row = self._tables.alerts.get(alert)
        if row is None:
            raise NotFound(f"there is no alert {alert}")
        if row[f"{what}_wall_s"] is None:
            with self._tables.telling():
                said = {"by": by, "wall_s": at_wall_s, "note": note}
                row.update({f"{what}_{name}": value for name, value in said.items()})
                if what == "resolved":
                    row["delivery"] = _ended(row)
                tell_alert(self._tables, row, at_wall_s)
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

    def _question(self, row: Row) -> Question:
        action = self._tables.one("actions", row["key"])
        run = self._tables.one("runs", row["run"])
        over = bool((action and action["outcome"]) or (run and run["ended_state"]))
        return question_of({**row, "over": over})
