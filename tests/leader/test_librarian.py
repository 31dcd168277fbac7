"""Profiles are traced to the library, and the library follows its remote."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from orchestrator.leader.librarian import Librarian
from orchestrator.ports.library import Library, LibraryRefused, LibraryUnusable, Place, Pulled
from orchestrator.ports.records import Documents
from orchestrator.store.memory import MemoryStore
from tests.support.stores import submitted


class Clock:
    def now(self) -> Any:
        class Now:
            wall_s = 1.8e9

        return Now


class Played:
    """A library that does what a test says."""

    def __init__(self, says: Sequence[Pulled | Exception] = ()) -> None:
        self.says = list(says)
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def find(self, text: str, files: Mapping[str, str]) -> Place | None:
        self.asked.append((text, files))
        if not self.says:
            raise LibraryUnusable("git could not be run")
        return None if len(self.asked) > 1 else Place(path="growth/a.yaml", commit="c" * 40)

    def pull(self) -> Pulled:
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


NEW = Pulled(outcome="forwarded", commit="c" * 40, text="3 commits new")
NOTHING = Pulled(outcome="up-to-date", commit="c" * 40, text="nothing new")


def librarian(
    store: MemoryStore, library: Played | None, every_s: float | None = None
) -> Librarian:
    kept: Library | None = library  # type: ignore[assignment]
    return Librarian(store, Clock(), kept, every_s)  # type: ignore[arg-type]


def plain_documents() -> Documents:
    found = submitted().documents
    assert found.git_commit == "abc"
    return found


async def test_a_profile_that_the_library_has_is_recorded_with_path_and_commit() -> None:
    library = Played([NEW])
    desk = librarian(MemoryStore(), library)
    documents = plain_documents()
    placed = await desk.placed(documents)
    assert (placed.library_path, placed.git_commit) == ("growth/a.yaml", "c" * 40)
    assert library.asked == [(documents.profile_text, documents.files)]
    assert await desk.placed(documents) is documents  # another that it does not have


async def test_a_broken_library_keeps_nobody_from_submitting() -> None:
    documents = plain_documents()
    assert await librarian(MemoryStore(), Played()).placed(documents) is documents
    assert await librarian(MemoryStore(), None).placed(documents) is documents


async def test_what_came_by_a_pull_is_an_event() -> None:
    store = MemoryStore()
    desk = librarian(store, Played([NEW, NOTHING]))
    await desk.pull("ada")
    await desk.pull("ada")
    (event,) = await store.events_after(0)
    assert (event.kind, event.data["by"], event.data["commit"]) == ("library", "ada", "c" * 40)


async def test_a_pull_that_nobody_waits_for_raises_an_alert_until_one_succeeds() -> None:
    store = MemoryStore()
    desk = librarian(store, Played([LibraryRefused("both have changed"), NOTHING]))
    with pytest.raises(LibraryRefused):
        await desk.pull("webhook")
    (alert,) = (await store.alerts(open_only=True)).items
    assert "both have changed" in alert.text
    await desk.pull("ada")
    assert (await store.alerts(open_only=True)).items in ([], ())


async def test_who_pulls_by_hand_is_told_and_nobody_else() -> None:
    store = MemoryStore()
    with pytest.raises(LibraryRefused):
        await librarian(store, Played([LibraryRefused("both have changed")])).pull("ada")
    assert (await store.alerts()).items in ([], ())


async def test_the_schedule_goes_on_whatever_a_pull_comes_to() -> None:
    library = Played([LibraryRefused("away"), RuntimeError("strange"), NEW, NOTHING])
    desk = librarian(MemoryStore(), library, every_s=0.001)
    task = asyncio.create_task(desk.run())
    async with asyncio.timeout(5):
        while library.says:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_without_a_schedule_nothing_is_pulled() -> None:
    library = Played([NEW])
    await librarian(MemoryStore(), library).run()
    assert library.says == [NEW]
