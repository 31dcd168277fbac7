"""Whom alerts reach, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from orchestrator.ports.records import Alert
from orchestrator.ports.routes import Delivery, RouteStanding, Settled, Sorted, Telling
from orchestrator.store.memory_attention import tell_alert
from orchestrator.store.memory_tables import MemoryBase, Row
from orchestrator.store.rows import alert_of

UNSORTED = ("due", "ended")


class MemoryDeliveries(MemoryBase):
    """`ports.routes.Deliveries`."""

    async def unsorted_alerts(
        self, *, silenced: bool = False, after: int = 0, limit: int = 500
    ) -> Sequence[Alert]:
        wanted = ("silenced",) if silenced else UNSORTED
        found = [
            row
            for row in self._tables.alerts.values()
            if row["delivery"] in wanted and row["id"] > after
        ]
        return [alert_of(row) for row in found[:limit]]

    async def sort_alerts(self, sorted_: Sequence[Sorted], *, at_wall_s: float) -> None:
        for one in sorted_:
            alert, row = one.alert, self._tables.alerts[one.alert.id]
            if (row["count"], row["delivery"]) != (alert.count, alert.delivery):
                continue
            row["delivery"] = "silenced" if one.is_silenced else "waiting"
            for route in one.routes:
                self._ask_delivery(alert, route, one, at_wall_s)
            self._sum_up(row)

    def _ask_delivery(self, alert: Alert, route: str, one: Sorted, at_wall_s: float) -> None:
        known = self._tables.deliveries.get((alert.id, route, one.news))
        if known is not None and known.count >= alert.count:
            return
        asked = Delivery(
            alert=alert.id,
            route=route,
            news=one.news,
            outcome="waiting",
            count=alert.count,
            at_wall_s=at_wall_s,
            told_wall_s=known.told_wall_s if known else None,
        )
        self._keep_delivery(asked)

    async def deliveries(self, alerts: Collection[int]) -> Sequence[Delivery]:
        wanted = set(alerts)
        found = [each for each in self._tables.deliveries.values() if each.alert in wanted]
        return sorted(found, key=lambda each: (each.alert, each.news != "raised", each.route))

    async def to_tell(
        self, route: str, *, since_wall_s: float, after: int = 0, limit: int = 500
    ) -> Sequence[Telling]:
        told: dict[tuple[object, ...], float] = {}
        for each in self._of_route(route):
            if each.news == "raised" and each.told_wall_s and each.told_wall_s > since_wall_s:
                key = _key(self._tables.alerts[each.alert])
                told[key] = max(told.get(key, 0.0), each.told_wall_s)
        waiting = [
            each
            for each in self._of_route(route)
            if each.outcome == "waiting" and each.alert > after
        ]
        waiting.sort(key=lambda each: (each.alert, each.news != "raised"))
        return [
            Telling(
                alert=alert_of(self._tables.alerts[each.alert]),
                delivery=each,
                told_wall_s=told.get(_key(self._tables.alerts[each.alert])),
            )
            for each in waiting[:limit]
        ]

    async def settle(self, settled: Sequence[Settled], *, at_wall_s: float) -> None:
        with self._tables.telling():
            for one in settled:
                self._settle_delivery(one, at_wall_s)

    def _settle_delivery(self, one: Settled, at_wall_s: float) -> None:
        asked = one.delivery
        known = self._tables.deliveries[asked.alert, asked.route, asked.news]
        is_same, is_sent = known.count == asked.count, one.outcome == "sent"
        settled = replace(
            known,
            outcome=one.outcome if is_same else known.outcome,
            told_wall_s=at_wall_s if is_sent else known.told_wall_s,
            tries=known.tries + (one.outcome == "waiting"),
            reason=one.reason,
            at_wall_s=at_wall_s,
        )
        self._keep_delivery(settled)
        if one.outcome == "waiting":
            return
        row = self._tables.alerts[asked.alert]
        self._sum_up(row)
        if is_sent and one.as_over:
            self._told_as_over(settled, at_wall_s)
        elif is_sent and asked.news == "raised":
            if row["resolved_wall_s"] is not None and row["delivery"] not in UNSORTED:
                row["delivery"] = "ended"
        elif one.outcome == "expired" and row["delivery"] == "expired":
            tell_alert(self._tables, row, at_wall_s)

    def _told_as_over(self, told: Delivery, at_wall_s: float) -> None:
        if (told.alert, told.route, "over") not in self._tables.deliveries:
            over = replace(told, news="over", outcome="sent", tries=0, told_wall_s=at_wall_s)
            self._keep_delivery(over)

    async def route_standing(self, route: str) -> RouteStanding:
        found = self._of_route(route)
        waiting = [each for each in found if each.outcome == "waiting"]
        failed = sorted(
            (each for each in waiting if each.tries), key=lambda each: (each.at_wall_s, each.tries)
        )
        return RouteStanding(
            waiting=len(waiting),
            told_wall_s=max((each.told_wall_s for each in found if each.told_wall_s), default=None),
            tries=failed[-1].tries if failed else 0,
            problem=failed[-1].reason if failed else "",
        )

    async def give_back(self, routes: Collection[str]) -> int:
        alerts = set()
        for each in list(self._tables.deliveries.values()):
            if each.outcome == "waiting" and each.route not in routes:
                self._keep_delivery(replace(each, outcome="muted", reason="the route is gone"))
                alerts |= {each.alert} if each.news == "raised" else set()
        for alert in alerts:
            row = self._tables.alerts[alert]
            if row["delivery"] != "ended":
                row["delivery"] = "due"
        return len(alerts)

    def _of_route(self, route: str) -> list[Delivery]:
        return [each for each in self._tables.deliveries.values() if each.route == route]

    def _keep_delivery(self, delivery: Delivery) -> None:
        key = (delivery.alert, delivery.route, delivery.news)
        self._tables.deliveries[key] = delivery

    def _sum_up(self, row: Row) -> None:
        if row["delivery"] in (*UNSORTED, "silenced"):
            return
        outcomes = {
            each.outcome for each in self._tables.deliveries.values() if each.alert == row["id"]
        }
        ranked = ("sent", "waiting", "expired")
        row["delivery"] = next((each for each in ranked if each in outcomes), "muted")


def _key(row: Row) -> tuple[object, ...]:
    return row["experiment"], row["vessel"], row["text"]
