"""Alerts reach people who are not looking."""

from __future__ import annotations

from orchestrator.ports.records import NewAlert
from orchestrator.ports.silence import NewSilence
from tests.support.leader_room import Room, soon
from tests.support.played_worker import WALL


def alert(text: str, at_wall_s: float = WALL) -> NewAlert:
    return NewAlert(text=text, severity="warning", source="test", at_wall_s=at_wall_s)


async def settled_as(room: Room, *newest_first: str) -> bool:
    alerts = (await room.store.alerts()).items
    return [one.delivery for one in alerts if one.delivery != "sent"] == [
        each for each in newest_first if each != "sent"
    ]


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
    end, flapping = (await room.store.alerts()).items
    assert (end.count, flapping.count, flapping.last_wall_s) == (1, 20, WALL)
    await room.store.raise_alert(alert("flapping"))
    await soon(lambda: settled_as(room, "muted"))
    assert len(room.notifier.sent) == 2


async def test_what_is_silenced_is_told_when_the_silence_ends_unless_it_is_over(
    room: Room,
) -> None:
    store = room.store
    silence = await store.silence(
        NewSilence(source="test", actor="ada", began_wall_s=WALL, until_wall_s=WALL + 3600.0)
    )
    warm = await store.raise_alert(alert("warm"))
    await store.raise_alert(alert("cold"))
    other = NewAlert(text="wet", severity="warning", source="other", at_wall_s=WALL)
    await store.raise_alert(other)
    await soon(lambda: room.notifier.sent)
    await store.resolve_alert(warm.id, by="ada", note="mended", at_wall_s=WALL)
    assert [one.delivery for one in (await store.alerts()).items] == ["sent", "due", "due"]
    await store.lift_silence(silence.id, by="ada", at_wall_s=WALL)
    await soon(lambda: settled_as(room, "sent", "sent", "muted"))
    assert [one.body for one in room.notifier.sent] == ["wet", "cold"]


async def test_a_silence_ends_by_itself(room: Room) -> None:
    """The room's clock stands still: the silence that is over is one that ends at this moment."""
    over = NewSilence(source="test", actor="ada", began_wall_s=WALL - 60.0, until_wall_s=WALL)
    await room.store.silence(over)
    assert await room.store.silences(at_wall_s=WALL - 1.0)
    assert not await room.store.silences(at_wall_s=WALL)
    await room.store.raise_alert(alert("warm"))
    await soon(lambda: room.notifier.sent)


async def test_an_alert_of_days_ago_is_not_sent_any_more(room: Room) -> None:
    await room.store.raise_alert(alert("long ago", WALL - 100_000))
    await room.store.raise_alert(alert("now"))
    await soon(lambda: room.notifier.sent)
    assert [one.body for one in room.notifier.sent] == ["now"]
    assert (await room.store.alerts()).items[1].delivery == "expired"
    told = [each.data for each in await room.store.events_after(0) if each.kind == "alert"]
    assert ("long ago", "expired") in [(each["text"], each["delivery"]) for each in told]


async def test_acknowledging_names_who_did(room: Room) -> None:
    raised = await room.store.raise_alert(alert("warm"))
    seen = await room.leader.acknowledge(raised.id, by="ada")
    assert (seen.acknowledged_by, seen.acknowledged_wall_s) == ("ada", WALL)
