"""The room that each test of the leader begins in, with each store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from orchestrator.ports.store import Store
from orchestrator.store.memory import MemoryStore
from orchestrator.store.sqlite import open_store
from orchestrator.transport.memory import MemoryBroker
from tests.support.leader_room import Room, StillClock


@pytest.fixture(params=["memory", "sqlite"])
async def empty_room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Room]:
    """Nobody leads yet."""
    store: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "s")
    async with AsyncExitStack() as stack:
        yield Room(MemoryBroker(random=Random(2)), store, StillClock(), stack)
    await store.close()


@pytest.fixture
async def room(empty_room: Room) -> AsyncIterator[Room]:
    async with empty_room.leading():
        yield empty_room
        await empty_room.stack.aclose()
