"""Pictures come to the leader by and by: whole, once, and whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from orchestrator.journal.memory_album import MemoryAlbum
from orchestrator.ports.album import Piece
from orchestrator.ports.pictures import Picture
from orchestrator.store.gallery import FolderGallery
from orchestrator.worker.show_picture import PIECE_BYTES
from tests.support.leader_room import Room, soon
from tests.support.played_worker import PlayedWorker, entry

LARGE = b"\xff\xd8\xff" + bytes(range(256)) * 600 + b"\xff\xd9"
"""Several pieces."""


@pytest.fixture
async def room(empty_room: Room, tmp_path: Path) -> AsyncIterator[Room]:
    empty_room.gallery = FolderGallery(tmp_path / "pictures")
    yield empty_room
    await empty_room.stack.aclose()


async def take(
    worker: PlayedWorker, run: str, name: str = "1", picture: bytes = LARGE, **more: Any
) -> str:
    """A picture that the worker has, and tells of."""
    file = f"pictures/{name}.jpg"
    assert isinstance(worker.album, MemoryAlbum)
    worker.album.pictures[file] = picture
    told = {"sha256": sha256(picture).hexdigest(), "size_bytes": len(picture), "label": "", **more}
    await worker.send(entry(run, "picture", 5.0, None, camera="camera", file=file, **told))
    return file


async def pictures(room: Room, experiment: str) -> Sequence[Picture]:
    return (await room.store.pictures(experiment)).items


async def settled(room: Room, experiment: str, state: str, number: int = 1) -> Sequence[Picture]:
    async def all_are() -> bool:
        found = await pictures(room, experiment)
        return len(found) == number and all(each.state == state for each in found)

    await soon(all_are)
    return await pictures(room, experiment)


def files_in(folder: Path, ending: str = "") -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and each.name.endswith(ending)]


def offsets(worker: PlayedWorker) -> list[int]:
    asked = [each.args for each in worker.commands if each.name == "picture"]
    return [each["offset"] for each in asked if "offset" in each]


async def test_a_picture_is_fetched_piece_by_piece_once_and_its_worker_is_told(
    room: Room, tmp_path: Path
) -> None:
    async with room.leading():
        worker = await room.worker("bench")
        experiment, run = await room.begin(worker)
        file = await take(worker, run)
        [found] = await settled(room, experiment, "here")
        await soon(lambda: worker.commands[-1].args == {"file": file, "have": True})
        assert room.gallery is not None
        path = await room.gallery.find(found)
        assert path is not None
        assert path.read_bytes() == LARGE
        assert path.is_relative_to(tmp_path / "pictures" / experiment / "v1")
    assert offsets(worker) == [*range(0, len(LARGE), PIECE_BYTES)]


async def test_what_is_half_here_goes_on_where_it_ends_after_a_restart(room: Room) -> None:
    class Breaking(MemoryAlbum):
        """Answers once, and then not any more."""

        asked = 0

        async def piece(self, file: str, offset: int, length: int) -> Piece | None:
            self.asked += 1
            if self.asked > 1:
                raise OSError("the disk is away")
            return await super().piece(file, offset, length)

    worker = await room.worker("bench")
    worker.album = Breaking()
    async with room.leading():
        experiment, run = await room.begin(worker)
        await take(worker, run)
        await soon(lambda: len(offsets(worker)) > 2)
    assert set(offsets(worker)[1:]) == {PIECE_BYTES}
    kept = worker.album.pictures
    worker.album = MemoryAlbum()
    worker.album.pictures.update(kept)
    async with room.leading():
        await settled(room, experiment, "here")
    assert offsets(worker).count(0) == 1, "the first piece is not asked for again"


async def test_a_picture_that_was_thinned_is_gone_and_the_next_one_comes(room: Room) -> None:
    async with room.leading():
        worker = await room.worker("bench")
        experiment, run = await room.begin(worker)
        worker.answer_commands = False
        file = await take(worker, run, "1")
        await take(worker, run, "2")
        assert isinstance(worker.album, MemoryAlbum)
        del worker.album.pictures[file]
        worker.answer_commands = True

        async def both() -> bool:
            states = {each.file: each.state for each in await pictures(room, experiment)}
            return states == {file: "gone", "pictures/2.jpg": "here"}

        await soon(both)


async def test_one_that_is_not_what_the_ledger_says_is_given_up_and_never_shown(
    room: Room, tmp_path: Path
) -> None:
    async with room.leading():
        worker = await room.worker("bench")
        experiment, run = await room.begin(worker)
        await take(worker, run, sha256="0" * 64)
        [found] = await settled(room, experiment, "gone")
        assert room.gallery is not None
        assert await room.gallery.find(found) is None
    assert not files_in(tmp_path / "pictures")


async def test_a_worker_that_is_away_keeps_nobody_elses_pictures_waiting(room: Room) -> None:
    async with room.leading():
        away, here = await room.worker("attic"), await room.worker("bench")
        first, lost = await room.begin(away, "v1")
        second, run = await room.begin(here, "v2")
        await take(away, lost, "1")
        await away.say("lost")
        away.answer_commands = False
        here.outbox = "another"
        await take(here, run, "2")
        await settled(room, second, "here")
        assert [each.state for each in await pictures(room, first)] in (["waiting"], ["here"])


async def test_no_name_of_a_worker_leads_out_of_the_folder(room: Room, tmp_path: Path) -> None:
    async with room.leading():
        worker = await room.worker("bench")
        experiment, run = await room.begin(worker)
        await take(worker, run, "../../../../way out/..")
        await settled(room, experiment, "here")
    [only] = files_in(tmp_path, ".jpg")
    assert only.is_relative_to(tmp_path / "pictures" / experiment)
