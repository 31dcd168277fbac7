"""A server over a memory store and an office without workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from orchestrator.documents.catalogue import load_catalogue
from orchestrator.leader.maintain import Maintain
from orchestrator.ports.configuration import Configuration
from orchestrator.ports.library import Library
from orchestrator.ports.pictures import Gallery
from orchestrator.server.app import make_app
from orchestrator.store.gallery import FolderGallery
from orchestrator.store.memory import MemoryStore
from tests.server.office import DeskMachine, DeskOffice, StandingClock, check

SECRET = "open-sesame"
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def office(store: MemoryStore) -> DeskOffice:
    return DeskOffice(store)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def library() -> Library | None:
    """Whoever needs one overrides this: a repository takes its time."""
    return None


@pytest.fixture
def configured() -> Configuration | None:
    """Whoever needs one overrides this, too."""
    return None


@pytest.fixture
def caretaker(store: MemoryStore, clock: StandingClock) -> Maintain:
    """One who has nothing to do."""
    return Maintain(store, clock, [])


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return FolderGallery(tmp_path / "pictures")


@pytest.fixture
def app(
    office: DeskOffice,
    store: MemoryStore,
    clock: StandingClock,
    library: Library | None,
    caretaker: Maintain,
    configured: Configuration | None,
    gallery: Gallery,
) -> web.Application:
    office.library = library
    return make_app(
        office,
        store=store,
        check=check,
        clock=clock,
        catalogue=load_catalogue(),
        kept=library,
        caretaker=caretaker,
        gallery=gallery,
        machine=DeskMachine(),
        configured=configured,
        plugins={"ph_meter": "2.0"},
        webhook_secret=SECRET,
    )


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


@pytest.fixture(scope="session")
def profile_text(canonical_profile: Path) -> str:
    return canonical_profile.read_text(encoding="utf-8")


@pytest.fixture
async def experiment(client: Client, profile_text: str) -> str:
    """The id of one that was submitted."""
    body = {"text": profile_text, "file": "turbidostat.yaml"}
    async with client.post("/api/experiments", json=body) as response:
        assert response.status == 201, await response.text()
        name: str = (await response.json())["id"]
        return name
