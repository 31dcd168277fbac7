"""One bottle for several vessels: the worker keeps its account over all (SEMANTICS rule 3)."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.messages.orders import RunOrder
from orchestrator.model.ledger import Kind
from orchestrator.worker.account import Fluids, open_fluids
from orchestrator.worker.share import share_all
from tests.support.worker_rig import ATTEMPT, World, at, order, phase, slice_of, step
from tests.worker.test_account import Bottle, dose

FEED = Bottle(medium="feed", volume_ml=5.0, shared=True)


def vessel(
    name: str,
    *moments_s: float,
    attempt: str = ATTEMPT,
    length_s: float = 1e5,
    does: str = "dose",
) -> RunOrder:
    """A vessel that gets a millilitre from the shared bottle at some moments."""
    doses = [
        at(f"dose {moment_s:g}", moment_s, step(does, volume_ml=1.0, medium="feed"))
        for moment_s in moments_s
    ]
    slice_: dict[str, Any] = slice_of(
        phase("hold", items=doses, duration_s=length_s), jobs={}, vessel=name
    )
    slice_["media"][0] |= {"volume_ml": 2.5, "shared": True}
    return order(slice_, reactor=name, attempt=attempt)


async def outcomes(world: World, name: str) -> list[tuple[str, str]]:
    entries = await world.entries(Kind.ACTION_ENDED, run=f"{ATTEMPT}:{name}")
    return [(each.data["outcome"], each.data["reason"][:33]) for each in entries]


EMPTY = ("refused", "the feed bottle holds 0.5 mL by a")


async def test_what_one_vessel_took_is_not_there_for_the_other() -> None:
    world = World(("a", "b"))
    async with world.working() as worker:
        await world.take(worker, vessel("a", 60.0, 1800.0), vessel("b", 600.0, 2400.0))
        await world.advance(h=1)
    assert await outcomes(world, "a") == [("done", ""), EMPTY]
    assert await outcomes(world, "b") == [("done", ""), EMPTY]


async def test_of_two_exchanges_at_once_only_what_is_left_for_both_begins() -> None:
    """While one still pumps out, what it will take is promised already."""
    world = World(("a", "b"))
    async with world.working() as worker:
        await world.take(
            worker, vessel("a", 60.0, 600.0, does="dilute"), vessel("b", 600.0, does="dilute")
        )
        await world.advance(h=1)
    ends = [*await outcomes(world, "a"), *await outcomes(world, "b")]
    assert sorted(ends) == [("done", ""), ("done", ""), EMPTY]


@pytest.mark.parametrize("other", ["runs on", "is over"])
async def test_after_a_crash_the_bottle_is_as_empty_as_before(other: str) -> None:
    world = World(("a", "b"))
    ends_s = 1e5 if other == "runs on" else 400.0
    async with world.working() as worker:
        await world.take(worker, vessel("a", 60.0, 200.0, length_s=ends_s), vessel("b", 1800.0))
        await world.advance(min=10)
        after = world.crash()
    async with after.working():
        await after.advance(h=1)
    assert await outcomes(after, "a") == [("done", ""), ("done", "")]
    assert await outcomes(after, "b") == [EMPTY]


async def test_another_experiment_has_a_bottle_of_its_own() -> None:
    world = World(("a", "b"))
    async with world.working() as worker:
        other = vessel("b", 600.0, 1200.0, attempt="20250106-othr.1")
        await world.take(worker, vessel("a", 60.0, 1800.0), other)
        await world.advance(h=1)
    assert await outcomes(world, "a") == [("done", ""), ("done", "")]


def test_a_dose_under_way_counts_for_the_others() -> None:
    began, _ = dose("in", 3.0)
    accounts: dict[str, Fluids] = {
        "a": open_fluids(15.0, [FEED], [began]),
        "b": open_fluids(15.0, [FEED], dose("in", 1.5)),
    }
    share_all(accounts)
    assert (accounts["a"].left_ml("feed"), accounts["b"].left_ml("feed")) == (3.5, 0.5)
    assert accounts["a"].left_ml("inhibitor") is None


def test_who_has_a_bottle_of_its_own_takes_nothing_from_the_shared_one() -> None:
    """Though it shares another, and so sees these accounts."""
    waste = Bottle(medium="waste", volume_ml=20.0, shared=True)
    own = Bottle(medium="feed", volume_ml=50.0)
    accounts: dict[str, Fluids] = {
        "a": open_fluids(15.0, [FEED, waste], dose("in", 1.0)),
        "b": open_fluids(15.0, [FEED, waste], dose("in", 1.5)),
        "apart": open_fluids(15.0, [own, waste], [*dose("out", 4.0), *dose("in", 7.0, 60.0)]),
    }
    share_all(accounts)
    assert [each.left_ml("feed") for each in accounts.values()] == [2.5, 2.5, 43.0]
    assert {each.left_ml("waste") for each in accounts.values()} == {16.0}
    rates_ml_h = {name: each.rate_ml_h("feed") for name, each in accounts.items()}
    assert rates_ml_h["a"] == rates_ml_h["b"] == accounts["a"].own_rate_ml_h("feed") * 2.5
    assert rates_ml_h["apart"] == accounts["apart"].own_rate_ml_h("feed")
