"""A bottle that will not last is told of ahead, once until it was changed (SEMANTICS rule 13)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from orchestrator.messages.orders import RunOrder
from orchestrator.model.ledger import BOTTLE_ALERT, Entry, Kind
from orchestrator.model.plan import Bottle
from orchestrator.worker.account import Fluids, open_fluids
from orchestrator.worker.bottle_watch import BottleWatch
from orchestrator.worker.share import share_all
from tests.support.worker_rig import ATTEMPT, World, at, order, phase, slice_of, step
from tests.worker.test_account import dose

FEED = Bottle(medium="feed", volume_ml=10.0, shared=True)


def tick(at_s: float) -> Entry:
    return Entry(kind=Kind.TICK, process_s=at_s, wall_s=None)


def told(medium: str) -> Entry:
    data = {"text": "", "severity": "warning", "source": f"{BOTTLE_ALERT}{medium}"}
    return Entry(kind=Kind.ALERT, process_s=0.0, wall_s=None, data=data)


def changed(medium: str, more_ml: float) -> Entry:
    data = {"bottle": medium, "more_ml": more_ml, "volume_ml": more_ml}
    return Entry(kind=Kind.ACCOUNT, process_s=0.0, wall_s=None, data=data)


def account(*entries: Entry) -> Fluids:
    return open_fluids(15.0, (FEED,), entries)


def news(fluids: Fluids, ahead_s: float = 6 * 3600.0) -> list[str]:
    return [text for _, text in BottleWatch(fluids, {"feed": ahead_s}).news()]


def test_it_says_when_what_is_left_and_what_to_do() -> None:
    steady = [each for k in range(6) for each in (*dose("in", 1.0, k * 600.0), tick(k * 600.0))]
    assert news(account(*steady)) == [
        "the feed bottle will be empty in about 33 min: it holds 4 mL, and 7.2 mL/h are used. "
        "Change it, and say so with `axenic media feed VOLUME`"
    ]


def test_nothing_used_and_a_warning_not_wanted_say_nothing() -> None:
    assert news(account(tick(600.0))) == []
    assert news(account(*dose("in", 9.0)), ahead_s=0.0) == []


@given(taken=some.lists(some.floats(0.1, 2.0), max_size=4), ahead_s=some.floats(1.0, 1e5))
def test_it_is_told_exactly_where_the_forecast_is_shorter(
    taken: list[float], ahead_s: float
) -> None:
    fluids = account(*(each for k, ml in enumerate(taken) for each in dose("in", ml, k * 60.0)))
    rate_ml_h = fluids.rate_ml_h("feed")
    lasts_s = (fluids.left_ml("feed") or 0.0) / rate_ml_h * 3600.0 if rate_ml_h else 1e9
    assert bool(news(fluids, ahead_s)) is (lasts_s < ahead_s)


def test_of_a_shared_bottle_one_vessel_tells_for_all() -> None:
    accounts = {"a": account(*dose("in", 8.0), told("feed")), "b": account(*dose("in", 1.0))}
    share_all(accounts)
    assert news(accounts["b"]) == []
    assert accounts["a"].apply(changed("feed", 0.5))
    assert news(accounts["b"]), "and anew once it was changed for one that will not last either"


def takes(warn_before_s: float) -> RunOrder:
    """A vessel that takes a millilitre an hour from a bottle of ten."""
    doses = [
        at(f"dose {k}", k * 3600.0, step("dilute", volume_ml=1.0, medium="feed"))
        for k in range(1, 40)
    ]
    slice_: dict[str, Any] = slice_of(phase("hold", items=doses, duration_s=1e6), jobs={})
    slice_["media"] = [
        {"medium": "feed", "volume_ml": 10.0, "warn_before_s": warn_before_s},
        {"medium": "waste", "volume_ml": 1000.0},
    ]
    return order(slice_, attempt=ATTEMPT)


async def warnings(world: World) -> list[tuple[float, str]]:
    alerts = await world.entries(Kind.ALERT)
    return [
        (each.process_s // 3600.0, each.data["text"].partition(":")[0])
        for each in alerts
        if each.data["source"] == "bottle.feed"
    ]


async def test_it_is_told_once_across_restarts_and_anew_after_a_change() -> None:
    world = World()
    async with world.working() as worker:
        await world.take(worker, takes(3 * 3600.0))
        await world.advance(h=8.5)
        assert [hour for hour, _ in await warnings(world)] == [8.0]
        after = world.crash()
    async with after.working() as worker:
        await after.advance(h=1)
        assert len(await warnings(after)) == 1
        unit = worker.vessels.at("r1")
        assert unit is not None
        assert not unit.change_bottle("feed", 10.0, "ada", "", "x")
        await after.advance(h=12)
    assert [text for _, text in await warnings(after)] == [
        "the feed bottle will be empty in about 103 min",
        "the feed bottle will be empty in about 2 h",
    ]
