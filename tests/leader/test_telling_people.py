"""Alerts reach people who are not looking, each by the routes that are for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from orchestrator.leader import carry, deliver
from orchestrator.ports.records import Alert, NewAlert
from orchestrator.ports.routes import Quiet, Route, Routed, at_least
from orchestrator.ports.silence import NewSilence
from orchestrator.ports.store import NotFound
from tests.support.leader_room import QUICK, PlayedNotifier, Room, soon
from tests.support.played_worker import WALL

MIDNIGHT = WALL - WALL % 86_400
"""At which the room's day began, UTC; the leader is there from 08:00 on."""


def alert(text: str, at_wall_s: float = WALL, **more: object) -> NewAlert:
    said = {"severity": "warning", "source": "test", "at_wall_s": at_wall_s, **more}
    return NewAlert(text=text, **said)  # type: ignore[arg-type]


async def settled_as(room: Room, *newest_first: str) -> bool:
    alerts = (await room.store.alerts()).items
    return [one.delivery for one in alerts] == list(newest_first)


async def waits(room: Room, many: int) -> bool:
    return (await room.store.route_standing("phone")).waiting == many


async def fails(room: Room, route: str, many: int) -> bool:
    standing = await room.store.route_standing(route)
    return standing.waiting == many and standing.tries > 0


def heard(notifier: PlayedNotifier) -> list[str]:
    return [one.body for one in notifier.sent]


async def led_by(room: Room, *routes: Route) -> Sequence[PlayedNotifier]:
    """Begin anew with these routes; what hears them."""
    notifiers = [PlayedNotifier() for _ in routes]
    room.routes = [
        Routed(route=route, notifier=notifier)
        for route, notifier in zip(routes, notifiers, strict=True)
    ]
    await room.stack.enter_async_context(room.leading())
    return notifiers


async def test_notifications_wait_until_the_network_is_back_and_come_in_one(room: Room) -> None:
    room.notifier.failures = 4
    await room.store.raise_alert(alert("warm"))
    await room.store.raise_alert(alert("cold", severity="critical"))
    await soon(lambda: room.notifier.sent)
    await soon(lambda: settled_as(room, "sent", "sent"))
    [told] = room.notifier.sent
    assert told.body.splitlines() == ["critical: cold", "warning: warm"]
    assert (told.severity, told.title) == ("critical", "Axenic: 2 alerts (1 critical, 1 warning)")
    [first, _] = await room.store.deliveries([1, 2])
    assert (first.route, first.outcome, first.told_wall_s) == ("phone", "sent", WALL)
    assert first.tries >= 4


async def test_the_same_alert_again_and_again_is_told_once_and_how_often_later(room: Room) -> None:
    await room.store.raise_alert(alert("flapping"))
    await soon(lambda: settled_as(room, "sent"))
    for _ in range(20):
        await room.store.raise_alert(alert("flapping"))
    await room.store.raise_alert(alert("the end"))
    await soon(lambda: settled_as(room, "sent", "waiting"))
    assert heard(room.notifier) == ["flapping", "the end"]
    room.clock.wall_s += QUICK.repeat_alert_s
    await soon(lambda: settled_as(room, "sent", "sent"))
    assert heard(room.notifier)[2:] == ["flapping (21 times)"]


async def test_what_is_silenced_is_told_when_the_silence_ends_unless_it_is_over(
    room: Room,
) -> None:
    store = room.store
    silence = await store.silence(
        NewSilence(source="test", actor="ada", began_wall_s=WALL, until_wall_s=WALL + 3600.0)
    )
    warm = await store.raise_alert(alert("warm"))
    await store.raise_alert(alert("cold"))
    await store.raise_alert(alert("wet", source="other"))
    await soon(lambda: room.notifier.sent)
    await soon(lambda: settled_as(room, "sent", "silenced", "silenced"))
    await store.resolve_alert(warm.id, by="ada", note="mended", at_wall_s=WALL)
    await soon(lambda: settled_as(room, "sent", "silenced", "muted"))
    await store.lift_silence(silence.id, by="ada", at_wall_s=WALL)
    await soon(lambda: settled_as(room, "sent", "sent", "muted"))
    assert heard(room.notifier) == ["wet", "cold"]


async def test_pages_of_silenced_alerts_hide_none_that_is_loud(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "PAGE", 10)
    monkeypatch.setattr(carry, "AT_ONCE_MAX", 10)
    until_s = WALL + 3600.0
    silence = NewSilence(source="test", actor="ada", began_wall_s=WALL, until_wall_s=until_s)
    await room.store.silence(silence)
    for number in range(35):
        await room.store.raise_alert(alert(f"alert {number}"))
    await room.store.raise_alert(alert("fire", source="other"))
    await soon(lambda: heard(room.notifier) == ["fire"])
    room.clock.wall_s = until_s
    await room.store.raise_alert(alert("smoke", source="other"))
    await soon(lambda: settled_as(room, *["sent"] * 37))
    assert not await room.store.unsorted_alerts(silenced=True)
    assert len(room.notifier.sent) <= 6


async def test_a_silence_ends_by_itself(room: Room) -> None:
    """The room's clock stands still: the silence that is over is one that ends at this moment."""
    over = NewSilence(source="test", actor="ada", began_wall_s=WALL - 60.0, until_wall_s=WALL)
    await room.store.silence(over)
    assert await room.store.silences(at_wall_s=WALL - 1.0)
    assert not await room.store.silences(at_wall_s=WALL)
    await room.store.raise_alert(alert("warm"))
    await soon(lambda: room.notifier.sent)


async def test_an_alert_of_a_week_ago_is_not_sent_any_more(room: Room) -> None:
    await room.store.raise_alert(alert("long ago", WALL - 700_000))
    await room.store.raise_alert(alert("now"))
    await soon(lambda: room.notifier.sent)
    assert heard(room.notifier) == ["now"]
    await soon(lambda: settled_as(room, "sent", "expired"))
    told = [each.data for each in await room.store.events_after(0) if each.kind == "alert"]
    assert ("long ago", "expired") in [(each["text"], each["delivery"]) for each in told]


async def test_after_days_without_a_network_all_that_happened_comes_in_one(room: Room) -> None:
    room.notifier.failures = 10**9
    for day in range(3):
        await room.store.raise_alert(alert(f"day {day}", room.clock.wall_s))
        room.clock.wall_s += 86_400.0
    seen = await room.store.raise_alert(alert("seen", room.clock.wall_s))
    await room.leader.acknowledge(seen.id, by="ada")
    room.notifier.failures = 0
    await soon(lambda: room.notifier.sent)
    await soon(lambda: settled_as(room, "muted", "sent", "sent", "sent"))
    [told] = room.notifier.sent
    assert told.body.splitlines()[0] == "warning: day 0 (since 2027-01-15 08:00 UTC)"
    assert "seen" not in told.body


async def test_each_route_gets_what_is_for_it_and_a_dead_one_holds_up_no_other(
    empty_room: Room,
) -> None:
    room = empty_room
    dead, grave, adas = await led_by(
        room,
        Route(name="dead", to=()),
        Route(name="grave", to=(), severities=at_least("critical")),
        Route(name="ada's", to=(), users=frozenset({"ada"})),
    )
    dead.failures = 10**9
    experiment = await room.submit(actor="ada")
    other = await room.submit(actor="bob")
    await room.store.raise_alert(alert("warm", experiment=experiment, vessel="v1"))
    await room.store.raise_alert(alert("red", experiment=other, severity="critical"))
    await soon(lambda: heard(adas) == ["warm"] and heard(grave) == ["red"])
    await soon(lambda: settled_as(room, "sent", "sent"))
    shown = {each.route.name: each.standing for each in await room.leader.routes()}
    await soon(lambda: fails(room, "dead", 2))
    assert shown["ada's"].waiting == 0
    assert "no network" in (await room.store.route_standing("dead")).problem
    assert not dead.sent


async def test_what_is_wrong_at_a_worker_concerns_those_whose_experiments_run_there(
    empty_room: Room,
) -> None:
    room = empty_room
    adas, bobs = await led_by(
        room,
        Route(name="ada's", to=(), users=frozenset({"ada"})),
        Route(name="bob's", to=(), users=frozenset({"bob"})),
    )
    worker = await room.worker("bench")
    await room.begin(worker)
    await room.store.raise_alert(alert("bench is warm", worker="bench"))
    await room.store.raise_alert(alert("the disk is full"))
    await soon(lambda: settled_as(room, "muted", "sent"))
    assert (heard(adas), heard(bobs)) == (["bench is warm"], [])


async def test_in_quiet_hours_only_what_is_grave_is_told_and_the_rest_comes_in_the_morning(
    empty_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry, "AT_ONCE_MAX", 10)
    room = empty_room
    quiet = Quiet(from_s=22 * 3600, until_s=7 * 3600, timezone="UTC", loud=frozenset({"critical"}))
    room.clock.wall_s = MIDNIGHT + 23 * 3600
    (phone,) = await led_by(room, Route(name="phone", to=(), quiet=quiet))
    for number in range(35):
        await room.store.raise_alert(alert(f"{number}", room.clock.wall_s))
    await room.store.raise_alert(alert("fire", room.clock.wall_s, severity="critical"))
    await soon(lambda: heard(phone) == ["fire"])
    await soon(lambda: waits(room, 35))
    [shown] = await room.leader.routes()
    assert shown.quiet_until_wall_s == MIDNIGHT + 31 * 3600
    room.clock.wall_s = MIDNIGHT + 31 * 3600
    await room.store.raise_alert(alert("good morning", room.clock.wall_s, severity="info"))
    await soon(lambda: waits(room, 0))
    assert len(phone.sent) <= 6
    assert phone.sent[1].body.splitlines()[0] == "warning: 0 (since 2027-01-15 23:00 UTC)"


async def test_a_route_rests_between_two_messages_and_then_tells_all_in_one(
    empty_room: Room,
) -> None:
    room = empty_room
    (phone,) = await led_by(room, Route(name="phone", to=(), every_s=900.0))
    await room.store.raise_alert(alert("first"))
    await soon(lambda: heard(phone) == ["first"])
    for number in range(30):
        await room.store.raise_alert(alert(f"{number}"))
    await soon(lambda: waits(room, 30))
    assert len(phone.sent) == 1
    room.clock.wall_s += 900.0
    await soon(lambda: waits(room, 0))
    assert [one.title for one in phone.sent[1:]] == ["Axenic: 30 alerts (30 warning)"]
    assert phone.sent[1].body.splitlines()[-1] == "… and 10 more"


async def test_a_route_that_asks_for_it_is_told_that_something_is_over_once(
    empty_room: Room,
) -> None:
    room = empty_room
    asks, other = await led_by(
        room,
        Route(name="asks", to=(), resolved=True),
        Route(name="other", to=()),
    )
    lost = await room.store.raise_alert(alert("bench is lost", identity="lost:bench"))
    await soon(lambda: asks.sent and other.sent)
    await room.store.resolve_alerts("lost:bench", at_wall_s=WALL + 60.0)
    await soon(lambda: len(asks.sent) == 2)
    assert asks.sent[1].title == "Axenic over"
    assert asks.sent[1].body == "bench is lost (over since 2027-01-15 08:01 UTC)"
    await soon(lambda: settled_as(room, "sent"))
    told = [(each.route, each.news) for each in await room.store.deliveries([lost.id])]
    assert told == [("asks", "raised"), ("other", "raised"), ("asks", "over")]
    assert len(other.sent) == 1
    assert (asks.sent[1].severity, asks.sent[0].severity) == ("info", "warning")


async def test_what_was_on_its_way_when_the_leader_died_is_sent_by_the_next_one(
    empty_room: Room,
) -> None:
    """At least once: nobody knows whether the first was heard."""
    room = empty_room
    first = HangingNotifier()
    room.routes = [Routed(route=Route(name="phone", to=()), notifier=first)]
    async with room.leading():
        await room.store.raise_alert(alert("warm"))
        await soon(lambda: first.sent)
    (second,) = await led_by(room, Route(name="phone", to=()))
    await soon(lambda: heard(second) == ["warm"])
    await soon(lambda: settled_as(room, "sent"))


class HangingNotifier(PlayedNotifier):
    """Takes a message, and never says so."""

    async def send(self, notification: object) -> None:
        self.sent.append(notification)  # type: ignore[arg-type]
        await soon(lambda: False, within_s=30.0)


class BrokenNotifier(PlayedNotifier):
    """One of a plugin, say, that nobody tried."""

    async def send(self, notification: object) -> None:
        raise ZeroDivisionError("division by zero")


async def test_a_route_that_is_broken_ends_neither_the_leader_nor_the_others(
    empty_room: Room,
) -> None:
    room, good = empty_room, PlayedNotifier()
    room.routes = [
        Routed(route=Route(name="broken", to=()), notifier=BrokenNotifier()),
        Routed(route=Route(name="good", to=()), notifier=good),
    ]
    async with room.leading():
        await room.store.raise_alert(alert("warm"))
        await soon(lambda: heard(good) == ["warm"])
        await soon(lambda: fails(room, "broken", 1))
        [tried] = await room.leader.test_routes("broken", by="ada")
    assert tried.problem == "ZeroDivisionError: division by zero"


async def test_what_waits_for_a_route_that_is_gone_goes_by_those_that_are_there(
    empty_room: Room,
) -> None:
    room = empty_room
    dead = PlayedNotifier()
    dead.failures = 10**9
    room.routes = [Routed(route=Route(name="old", to=()), notifier=dead)]
    async with room.leading():
        await room.store.raise_alert(alert("warm"))
        await soon(lambda: fails(room, "old", 1))
    (new,) = await led_by(room, Route(name="new", to=()))
    await soon(lambda: heard(new) == ["warm"])
    await soon(lambda: settled_as(room, "sent"))
    [old, there] = sorted(await room.store.deliveries([1]), key=lambda each: each.route)[::-1]
    assert (old.outcome, old.reason, there.outcome) == ("muted", "the route is gone", "sent")


async def test_a_test_message_goes_by_each_route_and_lets_what_waits_follow_it(
    empty_room: Room,
) -> None:
    room = empty_room
    quiet = Quiet(from_s=0, until_s=23 * 3600, timezone="UTC")
    good, dead = await led_by(
        room, Route(name="good", to=(), quiet=quiet), Route(name="dead", to=())
    )
    dead.failures = 10**9
    await room.store.raise_alert(alert("warm"))
    await soon(lambda: fails(room, "dead", 1))
    said = {each.route: each.problem for each in await room.leader.test_routes(None, by="ada")}
    assert said == {"good": "", "dead": "no network"}
    assert heard(good) == ["ada tries whether alerts arrive by the route good: they do."]
    dead.failures = 0
    [tried] = await room.leader.test_routes("dead", by="ada")
    assert tried.problem == ""
    await soon(lambda: heard(dead)[-1] == "warm")
    with pytest.raises(NotFound, match="no route other"):
        await room.leader.test_routes("other", by="ada")


async def test_acknowledging_names_who_did(room: Room) -> None:
    raised = await room.store.raise_alert(alert("warm"))
    seen: Alert = await room.leader.acknowledge(raised.id, by="ada")
    assert (seen.acknowledged_by, seen.acknowledged_wall_s) == ("ada", WALL)
