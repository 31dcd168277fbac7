"""Pictures on a worker: taken by the plan and by hand, kept, on record, and of no harm to the rest
where a camera fails."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from orchestrator.journal.memory_album import MemoryAlbum
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.picture import kind_of
from tests.support.worker_rig import JOBS, RUN, World, order, phase, slice_of, step, unit

SETTINGS = {"time_lapse": True, "interval": 600.0, "light": "led_a", "settle": 1.0, "quality": 85.0}


def plan(*steps: Any, **settings: Any) -> dict[str, Any]:
    camera = {"camera": {"settings": {**SETTINGS, **settings}}}
    day = phase("day", duration_s=86400.0, do=list(steps))
    return slice_of(day, jobs={**JOBS, **camera})


async def ended(world: World) -> list[Entry]:
    entries = await world.entries(Kind.ACTION_ENDED)
    return [entry for entry in entries if entry.data["action"] == "snapshot"]


async def test_a_time_lapse_is_on_record_picture_by_picture_and_kept_as_it_says() -> None:
    world, album = World(), MemoryAlbum()
    async with world.working(album=album) as worker:
        answer = await world.take(worker, order(plan()))
        assert answer.accepted, answer
        await world.advance(min=31)
    pictures = await world.entries(Kind.PICTURE)
    assert len(pictures) == 4
    for entry in pictures:
        kept = album.pictures[entry.data["file"]]
        assert entry.key is None
        assert entry.data["camera"] == "camera"
        assert entry.data["sha256"] == sha256(kept).hexdigest()
        assert entry.data["size_bytes"] == len(kept)
        assert kind_of(kept) == "image/png"
    folder = RUN.replace(":", "/")
    assert pictures[1].data["file"] == f"pictures/{folder}/00000600.00-camera.png"
    assert world.reactor.outputs["led_a"].on_s == 0.0, "lit for the blink of a simulated picture"


async def test_a_snapshot_of_the_plan_ends_with_the_name_of_its_picture() -> None:
    world, album = World(), MemoryAlbum()
    snapshot = step("snapshot", job="camera", camera="camera", text=["Colony 3"])
    async with world.working(album=album) as worker:
        await world.take(worker, order(plan(snapshot, time_lapse=False)))
        await world.advance(min=1)
    [only], [picture] = await ended(world), await world.entries(Kind.PICTURE)
    assert only.data["outcome"] == "done"
    assert only.data["result"]["file"] == picture.data["file"]
    assert picture.key == only.key
    assert picture.data["label"] == "Colony 3"
    assert only.data["detail"] == "Colony 3, by camera"


async def test_a_snapshot_by_hand_is_answered_with_its_picture() -> None:
    world, album = World(), MemoryAlbum()
    async with world.working(album=album) as worker:
        await world.take(worker, order(plan(time_lapse=False)))
        await world.advance(s=5)
        said = await worker.command("snapshot", {"label": "before lunch"}, by="anna")
        refused = await worker.command("snapshot", {"camera": "side"}, by="anna")
        await world.advance(s=1)
    assert (said.outcome, said.reason) == ("done", "")
    assert said.result["file"] in album.pictures
    [picture] = await world.entries(Kind.PICTURE)
    assert picture.data["label"] == "before lunch"
    assert refused.outcome == "failed"
    assert refused.reason == "there is no camera 'side' on this reactor; it has camera"


async def test_a_camera_that_fails_is_faulty_and_told_of_once_and_the_rest_goes_on() -> None:
    world = World()
    snapshot = step("snapshot", job="camera", text=["x"])
    async with world.working(album=MemoryAlbum()) as worker:
        world.reactor.blind.add("camera")
        await world.take(worker, order(plan(snapshot)))
        await world.advance(min=25)
        jobs = {name: state for name, (state, _) in unit(worker).regulate.standing().items()}
        faults = dict(unit(worker).view.faults)
        stirred_s = unit(worker).signals["stirring.measured"].at_s
        now_s = unit(worker).page.now_s
        world.reactor.blind.clear()
        await world.advance(min=10)
        assert not unit(worker).view.faults
    assert set(jobs.values()) == {"ready"}, "the camera, too: it is tried again"
    assert faults == {"camera": "the camera is silent"}
    [only] = await ended(world)
    assert (only.data["outcome"], only.data["reason"]) == ("failed", "the camera is silent")
    alerts = [entry.data for entry in await world.entries(Kind.ALERT)]
    told = [each for each in alerts if each["source"] == "camera"]
    assert [each["text"] for each in told] == ["no picture was taken: the camera is silent"]
    assert len(await world.entries(Kind.PICTURE)) == 1
    assert world.reactor.outputs["led_a"].commanded_duty == 0.0
    assert stirred_s > now_s - 10.0


async def test_a_light_that_is_not_there_and_a_worker_without_room_say_so() -> None:
    world = World()
    async with world.working() as worker:
        await world.take(worker, order(plan(light="lamp")))
        await world.advance(min=1)
        said = await worker.command("set", {"setting": "camera.light", "value": ""}, by="anna")
        assert said.outcome == "done", said
        await world.advance(min=10)
    alerts = [entry.data["text"] for entry in await world.entries(Kind.ALERT)]
    assert alerts == ["no picture was taken: there is no lamp here to light the picture with"]
    assert not await world.entries(Kind.PICTURE)


async def test_pictures_survive_the_worker_and_no_name_is_given_twice() -> None:
    world, album = World(), MemoryAlbum()
    async with world.working(album=album) as worker:
        await world.take(worker, order(plan()))
        await world.advance(min=11)
    after = world.crash()
    async with after.working(album=album):
        await after.advance(min=20)
    files = [entry.data["file"] for entry in await after.entries(Kind.PICTURE)]
    assert len(files) == len(set(files)) > 3
    assert set(files) == set(album.pictures)
