"""Every store, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.ports.store import Store
from orchestrator.store import postgres, sqlite
from orchestrator.store.memory import MemoryStore

STORES = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made: Store
    match request.param:
        case "postgres":
            made = await postgres.open_store(request.getfixturevalue("postgres_url"))
        case "sqlite":
            made = await sqlite.open_store(tmp_path / "s")
        case _:
            made = MemoryStore()
    yield made
    await made.close()
