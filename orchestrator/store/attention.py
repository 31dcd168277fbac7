"""Questions and alerts in a database."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.ports.records import Alert, NewAlert, Page, Question
from orchestrator.ports.store import NotFound
from orchestrator.store.alert import add_alert, resolve_alerts, tell_alert
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.history_rows import question_of
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import alert_of
from orchestrator.store.writer import Transaction

SQL = statements("attention")


def _say(
    transaction: Transaction, deed: str, alert: int, by: str, note: str, at_wall_s: float
) -> Alert:
    """What a person says to an alert, once."""
    said = {"id": alert, "by": by, "at_wall_s": at_wall_s, "note": note}
    changed = transaction.execute(SQL[deed], said)
    row = transaction.execute(SQL["alert"], {"id": alert}).fetchone()
    if row is None:
        raise NotFound(f"there is no alert {alert}")
    if changed.rowcount:
        tell_alert(transaction, alert_of(row), at_wall_s)
    return alert_of(row)


class SqlAttention(Base):
    """`ports.store.Attention`."""

    async def question(self, key: str) -> Question | None:
        def ask(connection: Connection) -> Question | None:
            row = connection.execute(SQL["question"], {"key": key}).fetchone()
            return None if row is None else question_of(row)

        return await self._read(ask)

    async def questions(
        self,
        *,
        experiment: str | None = None,
        open_only: bool = True,
        limit: int = 200,
        before: str | None = None,
    ) -> Sequence[Question]:
        text = SQL["open_questions" if open_only else "questions"]
        asked = {"experiment": experiment, "limit": limit, "before": before}
        return await self._read(
            lambda connection: [question_of(row) for row in connection.execute(text, asked)]
        )

    async def remind(self, question: Question, alert: NewAlert) -> bool:
        asked = {"key": question.key, "reminded": question.reminded, "at_wall_s": alert.at_wall_s}

        def remind(transaction: Transaction) -> bool:
            if not transaction.execute(SQL["count_reminder"], asked).rowcount:
                return False
            add_alert(transaction, alert)
            return True

        return await self._write(remind)

    async def raise_alert(self, alert: NewAlert) -> Alert:
        return await self._write(lambda transaction: add_alert(transaction, alert))

    async def resolve_alerts(self, identity: str, *, at_wall_s: float) -> int:
        return await self._write(
            lambda transaction: resolve_alerts(transaction, identity, at_wall_s)
        )

    async def standing_alerts(self, prefix: str) -> Sequence[Alert]:
        asked = {"prefix": prefix}
        rows = await self._read(
            lambda connection: connection.execute(SQL["standing_alerts"], asked).fetchall()
        )
        return [alert_of(row) for row in rows]

    async def resolve_alert(self, alert: int, *, by: str, note: str, at_wall_s: float) -> Alert:
        return await self._write(
            lambda transaction: _say(transaction, "resolve_alert", alert, by, note, at_wall_s)
        )

    async def acknowledge_alert(
        self, alert: int, *, by: str, at_wall_s: float, note: str = ""
    ) -> Alert:
        return await self._write(
            lambda transaction: _say(transaction, "acknowledge_alert", alert, by, note, at_wall_s)
        )

    async def alerts(
        self,
        *,
        experiment: str | None = None,
        open_only: bool = False,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[Alert]:
        asked = {
            "experiment": experiment,
            "open_only": open_only,
            "limit": limit + 1,
            "cursor": int(cursor or NEWEST),
        }
        rows = await self._read(
            lambda connection: connection.execute(SQL["alerts"], asked).fetchall()
        )
        return page_of(rows, limit, "id", alert_of)
