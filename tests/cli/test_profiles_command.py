"""`axenic profiles` against a real server and a real repository."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.profiles import profiles
from orchestrator.documents.catalogue import load_catalogue
from orchestrator.library.open_library import open_library
from orchestrator.server.app import make_app
from orchestrator.server.serve import listening
from orchestrator.store.memory import MemoryStore
from tests.server.office import DeskOffice, StandingClock, check


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[str]:
    """A server on a loop of its own, since commands have theirs."""
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    address: list[str] = []

    async def serve() -> None:
        store = MemoryStore()
        office = DeskOffice(store)
        office.library = await asyncio.to_thread(open_library, tmp_path / "library")
        app = make_app(
            office,
            store=store,
            check=check,
            clock=StandingClock(),
            catalogue=load_catalogue(),
            kept=office.library,
        )
        async with listening(app, port=0) as url:
            address.append(url)
            ready.set()
            await ended.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    yield address[0]
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)


def test_a_document_is_saved_compared_restored_and_taken_away(
    leader: str, tmp_path: Path, canonical_profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile_text = canonical_profile.read_text()
    monkeypatch.setenv("AXENIC_ACTOR", "ada")
    monkeypatch.setenv("AXENIC_LEADER", leader)
    path, file = "growth/heat.yaml", tmp_path / "heat.yaml"

    def axenic(*words: str, exit_code: int = 0) -> str:
        shown: Result = CliRunner().invoke(profiles, list(words))
        assert shown.exit_code == exit_code, shown.output
        return shown.output

    assert "The library is empty" in axenic()
    file.write_text(profile_text)
    assert axenic("save", str(file), "--as", path, "-m", "Begin").startswith(f"{path}: saved in ")
    assert "Heat-adapted turbidostat" in axenic()
    file.write_text(profile_text.replace("42 °C", "43 °C"))
    refused = axenic("save", str(file), "--as", path, exit_code=1)
    assert "43 °C" in refused
    assert "--replace" in refused
    axenic("save", str(file), "--as", path, "--replace")
    newest, first = axenic("log", path).splitlines()[1:]
    assert newest.endswith("ada  Write growth/heat.yaml")
    assert first.endswith("ada  Begin")
    commit = first.split()[0]
    assert "43 °C" in axenic("diff", path, commit)
    assert axenic("diff", path, commit, commit) == ""
    assert axenic("show", path, "--commit", commit) == profile_text
    assert "there is no commit abc" in axenic("show", path, "--commit", "abc", exit_code=1)
    assert axenic("restore", path, commit).startswith(f"{path}: restored in ")
    assert axenic("show", path) == profile_text
    assert "taken away" in axenic("remove", path)
    axenic("show", path, exit_code=1)
    axenic("restore", path, commit)
    axenic("show", path, "--out", str(tmp_path / "back.yaml"))
    assert (tmp_path / "back.yaml").read_text() == profile_text
    assert "no remote is declared" in axenic("pull", exit_code=1)
