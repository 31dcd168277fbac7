"""Whom alerts reach, in a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from orchestrator.ports.records import Alert
from orchestrator.ports.routes import Delivery, RouteStanding, Settled, Sorted, Telling
from orchestrator.store.alert import tell_alert
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.encode import to_json
from orchestrator.store.named import statements
from orchestrator.store.rows import Row, alert_of
from orchestrator.store.writer import Transaction

SQL = statements("deliveries")


def delivery_of(row: Row) -> Delivery:
    """From `deliveries`."""
    return Delivery(**{name: row[name] for name in Delivery.__dataclass_fields__})


def _sort(transaction: Transaction, one: Sorted, at_wall_s: float) -> None:
    """Whatever changed since it was read is sorted once more."""
    alert = one.alert
    delivery = "silenced" if one.is_silenced else "waiting"
    said = {"id": alert.id, "count": alert.count, "was": alert.delivery, "delivery": delivery}
    if not transaction.execute(SQL["sorted_alert"], said).rowcount:
        return
    for route in one.routes:
        asked = {"alert": alert.id, "route": route, "news": one.news, "count": alert.count}
        transaction.execute(SQL["ask_delivery"], {**asked, "at_wall_s": at_wall_s})
    transaction.execute(SQL["sum_up"], {"id": alert.id})


def _settle(transaction: Transaction, one: Settled, at_wall_s: float) -> None:
    delivery = one.delivery
    said: dict[str, Any] = {
        "alert": delivery.alert,
        "route": delivery.route,
        "news": delivery.news,
        "count": delivery.count,
        "outcome": one.outcome,
        "reason": one.reason,
        "at_wall_s": at_wall_s,
    }
    transaction.execute(SQL["settle_delivery"], said)
    if one.outcome == "waiting":
        return
    transaction.execute(SQL["sum_up"], {"id": delivery.alert})
    if one.outcome == "sent" and one.as_over:
        transaction.execute(SQL["told_as_over"], said)
    elif one.outcome == "sent" and delivery.news == "raised":
        transaction.execute(SQL["look_at_end_again"], {"id": delivery.alert})
    elif one.outcome == "expired":
        listed = {"alerts": to_json([delivery.alert])}
        for row in transaction.execute(SQL["alerts_of"], listed).fetchall():
            if row["delivery"] == "expired":
                tell_alert(transaction, alert_of(row), at_wall_s)


class SqlDeliveries(Base):
    """`ports.routes.Deliveries`."""

    async def unsorted_alerts(
        self, *, silenced: bool = False, after: int = 0, limit: int = 500
    ) -> Sequence[Alert]:
        text = SQL["silenced_alerts" if silenced else "unsorted_alerts"]
        asked = {"after": after, "limit": limit}
        return await self._read(
            lambda connection: [alert_of(row) for row in connection.execute(text, asked)]
        )

    async def sort_alerts(self, sorted_: Sequence[Sorted], *, at_wall_s: float) -> None:
        def sort(transaction: Transaction) -> None:
            for one in sorted_:
                _sort(transaction, one, at_wall_s)

        await self._write(sort)

    async def deliveries(self, alerts: Collection[int]) -> Sequence[Delivery]:
        asked = {"alerts": to_json(list(alerts))}
        return await self._read(
            lambda connection: [
                delivery_of(row) for row in connection.execute(SQL["deliveries"], asked)
            ]
        )

    async def to_tell(
        self, route: str, *, since_wall_s: float, after: int = 0, limit: int = 500
    ) -> Sequence[Telling]:
        asked = {"route": route, "since_wall_s": since_wall_s, "after": after, "limit": limit}

        def ask(connection: Connection) -> list[Telling]:
            rows = connection.execute(SQL["to_tell"], asked).fetchall()
            listed = {"alerts": to_json([row["alert"] for row in rows])}
            found = connection.execute(SQL["alerts_of"], listed).fetchall()
            alerts = {row["id"]: alert_of(row) for row in found}
            return [
                Telling(
                    alert=alerts[row["alert"]],
                    delivery=delivery_of(row),
                    told_wall_s=row["same_told_wall_s"],
                )
                for row in rows
            ]

        return await self._read(ask)

    async def settle(self, settled: Sequence[Settled], *, at_wall_s: float) -> None:
        def settle(transaction: Transaction) -> None:
            for one in settled:
                _settle(transaction, one, at_wall_s)

        await self._write(settle)

    async def route_standing(self, route: str) -> RouteStanding:
        asked = {"route": route}

        def ask(connection: Connection) -> RouteStanding:
            row = connection.execute(SQL["route_standing"], asked).fetchone()
            problem = connection.execute(SQL["route_problem"], asked).fetchone()
            return RouteStanding(
                waiting=row["waiting"],
                told_wall_s=row["told_wall_s"],
                tries=problem["tries"] if problem else 0,
                problem=problem["reason"] if problem else "",
            )

        return await self._read(ask)

    async def give_back(self, routes: Collection[str]) -> int:
        def give_back(transaction: Transaction) -> int:
            asked = {"routes": to_json(sorted(routes))}
            rows = transaction.execute(SQL["left_over"], asked).fetchall()
            alerts = sorted({row["alert"] for row in rows if row["news"] == "raised"})
            transaction.execute(SQL["sort_anew"], {"alerts": to_json(alerts)})
            return len(alerts)

        return await self._write(give_back)
