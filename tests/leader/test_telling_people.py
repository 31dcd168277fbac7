"""Alerts reach people who are not looking."""

from __future__ import annotations

from orchestrator.ports.records import NewAlert
from tests.support.leader_room import Room, soon
from tests.support.played_worker import WALL


def alert(text: str, at_wall_s: float = WALL) -> NewAlert:
    return NewAlert(text=text, severity="warning", source="test", at_wall_s=at_wall_s)


async def test_notifications_wait_until_the_network_is_back(room: Room) -> None:
    room.notifier.failures = 4
    await room.store.raise_alert(alert("warm"))
    await room.store.raise_alert(alert("cold"))
    await soon(lambda: len(room.notifier.sent) == 2)
    assert [one.body for one in room.notifier.sent] == ["warm", "cold"]

    async def settled() -> bool:
        return not await room.store.undelivered_alerts()

    await soon(settled)


async def test_the_same_alert_again_and_again_is_sent_once(room: Room) -> None:
    for _ in range(20):
        await room.store.raise_alert(alert("flapping"))
    await room.store.raise_alert(alert("the end"))
    await soon(lambda: len(room.notifier.sent) == 2)
    delivered = [one.delivery for one in (await room.store.alerts()).items]
    assert delivered.count("muted") == 19


async def test_an_alert_of_days_ago_is_not_sent_any_more(room: Room) -> None:
    await room.store.raise_alert(alert("long ago", WALL - 100_000))
    await room.store.raise_alert(alert("now"))
    await soon(lambda: room.notifier.sent)
    assert [one.body for one in room.notifier.sent] == ["now"]


async def test_acknowledging_names_who_did(room: Room) -> None:
    raised = await room.store.raise_alert(alert("warm"))
    seen = await room.leader.acknowledge(raised.id, by="ada")
    assert (seen.acknowledged_by, seen.acknowledged_wall_s) == ("ada", WALL)
