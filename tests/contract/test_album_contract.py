"""What every album does, and what only one on a disk can: last, make room, and be cut off."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from orchestrator.journal.album import HAD, DiskAlbum
from orchestrator.journal.memory_album import MemoryAlbum
from orchestrator.ports.album import Album, Kept, Piece
from orchestrator.sim.picture import draw
from tests.support.reactors import eventually

PICTURE = draw(0.5, 0.75, 1.0)
NAME = "pictures/20250106-test.1/a/00000010.00-camera"


async def keep(album: Album, name: str = NAME, picture: bytes = PICTURE) -> tuple[Kept | None, str]:
    answers: list[tuple[Kept | None, str]] = []
    album.keep(name, picture, lambda *answer: answers.append(answer))
    await eventually(lambda: bool(answers))
    [answer] = answers
    return answer


@pytest.fixture(params=["memory", "disk"])
async def album(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    if request.param == "memory":
        yield MemoryAlbum()
        return
    made = DiskAlbum(tmp_path, free_min_bytes=0)
    yield made
    await made.close()


async def test_a_picture_is_kept_under_a_name_with_its_ending_and_read_in_pieces(
    album: Album,
) -> None:
    kept, fault = await keep(album)
    assert kept is not None, fault
    assert kept.file == f"{NAME}.png"
    assert (kept.sha256, kept.size_bytes) == (sha256(PICTURE).hexdigest(), len(PICTURE))
    first, rest = await album.piece(kept.file, 0, 100), await album.piece(kept.file, 100, 9999)
    assert first is not None
    assert rest is not None
    assert first.data + rest.data == PICTURE
    assert await album.piece(kept.file, len(PICTURE), 10) == Piece(
        data=b"", size_bytes=len(PICTURE)
    )


async def test_what_is_no_picture_is_not_kept(album: Album) -> None:
    kept, fault = await keep(album, picture=b"nonsense")
    assert kept is None
    assert fault == "the picture could not be kept: it is no picture"


async def test_there_is_nothing_of_a_picture_that_is_not_there(album: Album) -> None:
    await album.handed_over(f"{NAME}.png")
    assert await album.piece(f"{NAME}.png", 0, 10) is None


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[..., DiskAlbum]:
    return lambda **limits: DiskAlbum(tmp_path, **{"free_min_bytes": 0, **limits})


async def test_a_picture_on_record_is_never_replaced(on_disk: Callable[..., DiskAlbum]) -> None:
    album = on_disk()
    first, _ = await keep(album)
    second, _ = await keep(album, picture=draw(1.0, 0.5, 1.0))
    await album.close()
    assert first is not None
    assert second is not None
    assert second.file == f"{NAME}-2.png"
    assert first.file != second.file


async def test_the_oldest_goes_first_and_before_it_what_the_leader_has(
    on_disk: Callable[..., DiskAlbum], tmp_path: Path
) -> None:
    room = 3 * len(PICTURE) + 50
    album = on_disk(bytes_max=room)
    files = []
    for number in range(3):
        kept, fault = await keep(album, f"pictures/r.1/a/{number}")
        assert kept is not None, fault
        files.append(kept.file)
        os.utime(tmp_path / kept.file, (1000.0 + number, 1000.0 + number))
    await album.handed_over(files[1])
    assert (tmp_path / files[1]).stat().st_mode & 0o777 == HAD
    await keep(album, "pictures/r.1/a/3")
    assert [(tmp_path / file).exists() for file in files] == [True, False, True]
    await keep(album, "pictures/r.1/a/4")
    await album.close()
    assert [(tmp_path / file).exists() for file in files] == [False, False, True]


async def test_pictures_never_fill_the_disk(
    on_disk: Callable[..., DiskAlbum], tmp_path: Path
) -> None:
    free = {"bytes": 10_000_000}
    album = on_disk(free_min_bytes=5_000_000, free_bytes=lambda _: free["bytes"])
    first, _ = await keep(album, "pictures/r.1/a/1")
    assert first is not None
    free["bytes"] = 5_000_000
    second, fault = await keep(album, "pictures/r.1/a/2")
    assert second is not None, f"the first one made room: {fault}"
    assert not (tmp_path / first.file).exists()
    free["bytes"] = 1_000_000
    third, fault = await keep(album, "pictures/r.1/a/3")
    await album.close()
    assert third is None
    assert fault == "the picture could not be kept: the disk has only 1 MB left"


@pytest.mark.parametrize(
    "name",
    ["journal.sqlite", "pictures", "pictures/../journal.sqlite", "/etc/hostname", "pictures/\0"],
)
async def test_no_name_leads_out_of_the_folder_of_pictures(
    name: str, on_disk: Callable[..., DiskAlbum], tmp_path: Path
) -> None:
    (tmp_path / "journal.sqlite").write_text("a ledger")
    album = on_disk()
    await keep(album)
    assert await album.piece(name, 0, 100) is None
    kept, _ = await keep(album, f"../{name}")
    await album.close()
    assert kept is None


async def test_a_link_out_of_it_leads_nowhere(
    on_disk: Callable[..., DiskAlbum], tmp_path: Path
) -> None:
    (tmp_path / "journal.sqlite").write_text("a ledger")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "way").symlink_to(tmp_path)
    album = on_disk()
    assert await album.piece("pictures/way/journal.sqlite", 0, 100) is None
    await album.close()


async def test_what_a_killed_process_left_half_written_is_cleared_and_counts_as_nothing(
    on_disk: Callable[..., DiskAlbum], tmp_path: Path
) -> None:
    half = tmp_path / "pictures" / "r.1" / "a" / ".1.png.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    album = on_disk()
    await keep(album)
    await album.close()
    assert not half.exists()
