"""Whom alerts reach is kept: what waits for a route, what became of it, and that it ends."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.ports.records import Alert, NewAlert
from orchestrator.ports.routes import Outcome, Settled, Sorted
from orchestrator.ports.store import Store
from tests.support.stores import WALL, commit, entry

SINCE = {"since_wall_s": WALL - 600.0}


async def raised(store: Store, text: str = "warm", identity: str | None = None) -> Alert:
    new = NewAlert(text=text, severity="warning", source="t", at_wall_s=WALL, identity=identity)
    return await store.raise_alert(new)


async def sort(store: Store, *routes: str, news: str = "raised") -> None:
    found = await store.unsorted_alerts()
    await store.sort_alerts(
        [Sorted(alert=each, routes=routes, news=news) for each in found],  # type: ignore[arg-type]
        at_wall_s=WALL,
    )


async def settle(
    store: Store, route: str, outcome: Outcome, at_wall_s: float = WALL, **more: object
) -> Sequence[str]:
    """All that waits; its texts."""
    waiting = await store.to_tell(route, **SINCE)
    settled = [
        Settled(delivery=each.delivery, outcome=outcome, **more)  # type: ignore[arg-type]
        for each in waiting
    ]
    await store.settle(settled, at_wall_s=at_wall_s)
    return [each.alert.text for each in waiting]


async def delivery(store: Store, alert: Alert) -> str:
    return {each.id: each.delivery for each in (await store.alerts()).items}[alert.id]


async def test_what_waits_for_a_route_is_there_until_it_is_settled(store: Store) -> None:
    await commit(store, *[entry("alert", n, text=f"a{n}") for n in range(3)])
    due = await store.unsorted_alerts()
    assert [alert.text for alert in due] == ["a0", "a1", "a2"]
    assert [alert.text for alert in await store.unsorted_alerts(after=due[0].id, limit=1)] == ["a1"]
    await sort(store, "mail", "phone")
    assert await store.unsorted_alerts() == []
    waiting = await store.to_tell("mail", **SINCE)
    assert [each.alert.text for each in waiting] == ["a0", "a1", "a2"]
    assert [each.alert.delivery for each in waiting] == ["waiting"] * 3
    await store.settle(
        [
            Settled(delivery=waiting[0].delivery, outcome="sent"),
            Settled(delivery=waiting[1].delivery, outcome="waiting", reason="no network"),
            Settled(delivery=waiting[2].delivery, outcome="muted", reason="seen by ada"),
        ],
        at_wall_s=WALL + 5.0,
    )
    assert [each.alert.text for each in await store.to_tell("mail", **SINCE)] == ["a1"]
    after = due[0].id
    assert [each.alert.text for each in await store.to_tell("phone", after=after, **SINCE)] == [
        "a1",
        "a2",
    ]
    assert [a.delivery for a in (await store.alerts()).items] == ["waiting", "waiting", "sent"]
    mail = await store.route_standing("mail")
    assert (mail.waiting, mail.told_wall_s, mail.tries, mail.problem) == (
        1,
        WALL + 5.0,
        1,
        "no network",
    )
    phone = await store.route_standing("phone")
    assert (phone.waiting, phone.told_wall_s, phone.tries, phone.problem) == (3, None, 0, "")
    [kept, other] = await store.deliveries([due[1].id])
    assert (kept.route, kept.tries, kept.reason, kept.outcome) == (
        "mail",
        1,
        "no network",
        "waiting",
    )
    assert (other.route, other.tries) == ("phone", 0)


async def test_of_what_nobody_took_all_who_listen_hear(store: Store) -> None:
    await raised(store)
    await sort(store, "mail", "phone")
    await settle(store, "mail", "expired")
    assert [each.kind for each in await store.events_after(0)] == ["alert"]
    await settle(store, "phone", "expired")
    assert (await store.events_after(0))[-1].data["delivery"] == "expired"


async def test_what_is_raised_again_is_asked_for_again_and_knows_when_it_was_told(
    store: Store,
) -> None:
    first = await raised(store)
    await sort(store, "mail")
    assert await settle(store, "mail", "sent", WALL + 1.0) == ["warm"]
    await sort(store, "mail")
    assert await store.to_tell("mail", **SINCE) == []
    again = await raised(store)
    assert (again.id, again.count) == (first.id, 2)
    await sort(store, "mail")
    [waiting] = await store.to_tell("mail", **SINCE)
    assert (waiting.told_wall_s, waiting.delivery.count) == (WALL + 1.0, 2)
    assert (await store.to_tell("mail", since_wall_s=WALL + 1.0))[0].told_wall_s is None
    await raised(store)
    await sort(store, "mail")
    await store.settle([Settled(delivery=waiting.delivery, outcome="sent")], at_wall_s=WALL + 2.0)
    [third] = await store.to_tell("mail", **SINCE)
    assert (third.delivery.count, third.delivery.told_wall_s) == (3, WALL + 2.0)


async def test_the_same_of_another_alert_is_the_same(store: Store) -> None:
    await raised(store, identity="a")
    await sort(store, "mail", "phone")
    await settle(store, "mail", "sent", WALL + 1.0)
    await store.resolve_alerts("a", at_wall_s=WALL + 2.0)
    await sort(store, news="over")
    await raised(store, identity="a")
    await raised(store, "cold")
    await sort(store, "mail", "phone")
    told = {each.alert.text: each.told_wall_s for each in await store.to_tell("mail", **SINCE)}
    assert told == {"warm": WALL + 1.0, "cold": None}
    assert {each.told_wall_s for each in await store.to_tell("phone", **SINCE)} == {None}


async def test_what_changes_while_it_is_sorted_is_sorted_anew(store: Store) -> None:
    before = await raised(store)
    again = await raised(store)
    await store.sort_alerts([Sorted(alert=before, routes=["mail"])], at_wall_s=WALL)
    assert await store.to_tell("mail", **SINCE) == []
    assert await store.unsorted_alerts() == [again]


async def test_that_something_is_over_is_sorted_once_it_was_told(store: Store) -> None:
    lost = await raised(store, identity="lost")
    await sort(store, "mail")
    await store.resolve_alerts("lost", at_wall_s=WALL + 1.0)
    assert await delivery(store, lost) == "ended"
    await sort(store, news="over")
    assert await delivery(store, lost) == "waiting"
    await settle(store, "mail", "sent")
    assert await delivery(store, lost) == "ended"
    await sort(store, "mail", news="over")
    assert await settle(store, "mail", "sent", as_over=True) == ["warm"]
    assert await delivery(store, lost) == "sent"
    told = await store.deliveries([lost.id])
    assert [(each.news, each.outcome) for each in told] == [("raised", "sent"), ("over", "sent")]


async def test_what_was_told_as_over_is_not_told_so_again(store: Store) -> None:
    lost = await raised(store, identity="lost")
    await store.resolve_alert(lost.id, by="ada", note="", at_wall_s=WALL + 1.0)
    assert await delivery(store, lost) == "due"
    await sort(store, "mail")
    await settle(store, "mail", "sent", as_over=True)
    assert await store.unsorted_alerts() == []
    told = await store.deliveries([lost.id])
    assert [(each.news, each.outcome) for each in told] == [("raised", "sent"), ("over", "sent")]


async def test_what_is_silenced_is_no_more_in_the_way(store: Store) -> None:
    held = await raised(store)
    await store.sort_alerts([Sorted(alert=held, is_silenced=True)], at_wall_s=WALL)
    assert await store.unsorted_alerts() == []
    [silenced] = await store.unsorted_alerts(silenced=True)
    assert silenced.delivery == "silenced"
    await store.sort_alerts([Sorted(alert=silenced, routes=["mail"])], at_wall_s=WALL)
    assert await store.unsorted_alerts(silenced=True) == []
    assert await delivery(store, held) == "waiting"


async def test_what_waits_for_routes_that_are_gone_is_sorted_anew(store: Store) -> None:
    alert = await raised(store)
    await sort(store, "old", "there")
    await settle(store, "there", "sent")
    assert await store.give_back(["there", "new"]) == 1
    [again] = await store.unsorted_alerts()
    assert again.id == alert.id
    await sort(store, "there", "new")
    outcomes = {each.route: each.outcome for each in await store.deliveries([alert.id])}
    assert outcomes == {"old": "muted", "there": "sent", "new": "waiting"}
    assert await store.give_back(["there", "new"]) == 0
