"""A keeper without pins tells the worker that started it, and nobody else (SEMANTICS rule 4)."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.hardware.keeper import turn_away as turn_away_module
from orchestrator.hardware.keeper.client import KeeperClient
from orchestrator.hardware.keeper.turn_away import turn_away
from orchestrator.hardware.lines import is_served, listen
from orchestrator.ports.reactor import DeviceFault


@contextmanager
def unfit(path: Path) -> Iterator[list[bool]]:
    """A keeper that has nothing but a reason, in a thread."""
    told: list[bool] = []
    with listen(path) as server:
        thread = threading.Thread(
            target=lambda: told.append(turn_away(server, "pin 12 is taken")), name="unfit keeper"
        )
        thread.start()
        yield told
        thread.join()


async def test_a_worker_hears_at_once_why_there_is_no_keeper(tmp_path: Path) -> None:
    path = tmp_path / "keeper"
    with unfit(path) as told:
        assert await asyncio.to_thread(is_served, path), "somebody only looked"
        async with asyncio.timeout(2.0):
            with pytest.raises(DeviceFault, match=r"^pin 12 is taken$"):
                async with KeeperClient(path, worker="w"):
                    pytest.fail("there is no keeper")
    assert told == [True]


def test_without_a_worker_it_goes_unheard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_away_module, "WAIT_S", 0.3)
    path = tmp_path / "keeper"
    with unfit(path) as told, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
        stranger.connect(str(path))
        stranger.sendall(b"GET / HTTP/1.1\n")
    assert told == [False]
