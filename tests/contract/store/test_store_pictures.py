"""Pictures, as a store knows them: told by ledgers, fetched by and by."""

from __future__ import annotations

import pytest

from orchestrator.messages.outbox import EntryRecord
from orchestrator.ports.pictures import Picture
from orchestrator.ports.store import NotFound, Store
from tests.support.stores import BOTH, RUN, WALL, commit, entry, submitted

SHA = "a" * 64


def picture(process_s: float, run: str = RUN, **more: object) -> EntryRecord:
    told = {"camera": "camera", "file": f"pictures/{process_s:g}.jpg", "sha256": SHA}
    data = {**told, "size_bytes": 1000, "label": "", **more}
    return entry("picture", process_s, None, run=run, **data)


@pytest.fixture
async def begun(store: Store) -> Store:
    """Two vessels on two workers."""
    await store.create_experiment(submitted())
    experiment, _ = RUN.split(".")
    await store.begin_attempt(experiment, BOTH, at_wall_s=WALL)
    return store


async def numbers(store: Store, **more: object) -> list[int]:
    experiment, _ = RUN.split(".")
    return [each.id for each in (await store.pictures(experiment, **more)).items]  # type: ignore[arg-type]


async def test_a_picture_that_a_ledger_tells_of_waits_for_its_worker(begun: Store) -> None:
    await commit(begun, picture(600.0, label="Colony 3"))
    [found] = (await begun.pictures(RUN.split(".")[0])).items
    assert found == Picture(
        id=found.id,
        run=RUN,
        experiment=RUN.split(".")[0],
        attempt=RUN.split(":")[0],
        vessel="v1",
        file="pictures/600.jpg",
        camera="camera",
        label="Colony 3",
        sha256=SHA,
        size_bytes=1000,
        process_s=600.0,
        at_wall_s=WALL + 600.0,
        key=None,
        state="waiting",
    )
    assert await begun.picture(found.id) == found
    assert await begun.next_picture("bench") == found
    assert await begun.next_picture("other") is None


async def test_one_that_is_told_of_twice_is_one(begun: Store) -> None:
    await commit(begun, picture(1.0))
    await commit(begun, picture(1.0))
    await commit(begun, picture(1.0), first=2)
    assert len(await numbers(begun)) == 1


async def test_pictures_come_in_pages_newest_first_and_by_vessel(begun: Store) -> None:
    await commit(begun, *(picture(float(at)) for at in range(4)))
    await commit(begun, picture(9.0, run=RUN.replace("v1", "v2")), first=5)
    everything = await numbers(begun)
    assert everything == sorted(everything, reverse=True)
    first = await begun.pictures(RUN.split(".")[0], limit=2)
    rest = await begun.pictures(RUN.split(".")[0], limit=9, cursor=first.next)
    assert [each.id for each in (*first.items, *rest.items)] == everything
    assert await numbers(begun, vessel="v2") == everything[:1]


async def test_what_is_here_or_gone_is_not_fetched_again_and_everybody_hears(
    begun: Store,
) -> None:
    heard: list[object] = []
    begun.on_events(lambda events: heard.extend(e.data for e in events if e.kind == "picture"))
    await commit(begun, picture(1.0), picture(2.0))
    first = await begun.next_picture("bench")
    assert first is not None
    await begun.settle_picture(first.id, "here", at_wall_s=WALL)
    second = await begun.next_picture("bench")
    assert second is not None
    assert second.id != first.id
    await begun.settle_picture(second.id, "gone", at_wall_s=WALL)
    assert await begun.next_picture("bench") is None
    states = {e.id: e.state for e in (await begun.pictures(first.experiment)).items}
    assert states == {first.id: "here", second.id: "gone"}
    assert [each.get("state") for each in heard] == [None, None, "here", "gone"]  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        await begun.settle_picture(999, "here", at_wall_s=WALL)


async def test_what_makes_no_sense_is_kept_as_it_is_and_no_picture(begun: Store) -> None:
    await commit(begun, entry("picture", 1.0, None, camera="camera"))
    assert await numbers(begun) == []
