"""What systemd is told, over a real datagram socket."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli.service_manager import ServiceManager, supervised


class Listener:
    """The manager's end."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.setblocking(False)

    def manager(self, patience_s: float = 0.05, **more: str) -> ServiceManager:
        usec = str(int(patience_s * 1e6))
        return ServiceManager({"NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": usec, **more})

    def heard(self) -> list[str]:
        found = []
        while True:
            try:
                found.append(self._socket.recv(1000).decode())
            except BlockingIOError:
                return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path)
    yield made
    made.close()


async def test_a_service_tells_that_it_is_ready_lives_and_stops(listener: Listener) -> None:
    ready = asyncio.Event()
    async with supervised(ready, manager=listener.manager()):
        await asyncio.sleep(0.1)
        assert listener.heard() == []
        ready.set()
        await asyncio.sleep(0.2)
        heard = listener.heard()
    assert heard[:2] == ["READY=1", "WATCHDOG=1"]
    assert len(heard) > 3
    assert listener.heard()[-1] == "STOPPING=1"


async def test_it_is_told_again_where_the_managers_queue_was_full(listener: Listener) -> None:
    manager = listener.manager()
    while manager.tell("filled"):
        pass
    async with supervised(manager=manager):
        await asyncio.sleep(0.1)
        assert "READY=1" not in listener.heard()
        await asyncio.sleep(0.6)
        assert "READY=1" in listener.heard()


async def test_rule_4_nobody_pats_for_a_keeper_that_is_dead_or_hangs(listener: Listener) -> None:
    answers: list[str] = ["dead"]

    async def lives() -> None:
        if answers[-1] == "dead":
            raise RuntimeError("there is no keeper")
        if answers[-1] == "hangs":
            await asyncio.sleep(600.0)

    async with supervised(lives=lives, manager=listener.manager()):
        await asyncio.sleep(0.1)
        assert listener.heard() == ["READY=1"]
        answers.append("hangs")
        await asyncio.sleep(0.1)
        assert listener.heard() == []
        answers.append("well")
        await asyncio.sleep(0.2)
        assert "WATCHDOG=1" in listener.heard()


async def test_rule_4_nobody_pats_for_a_loop_that_hangs(listener: Listener) -> None:
    import time

    async with supervised(manager=listener.manager()):
        await asyncio.sleep(0.1)
        listener.heard()
        time.sleep(0.3)  # noqa: ASYNC251
        assert listener.heard() == []


def test_without_a_manager_or_for_another_process_nothing_is_watched(listener: Listener) -> None:
    assert ServiceManager({}).patience_s == 0.0
    assert listener.manager(WATCHDOG_PID=str(os.getpid() + 1)).patience_s == 0.0
    assert listener.manager(WATCHDOG_PID=str(os.getpid())).patience_s == 0.05
    ServiceManager({"NOTIFY_SOCKET": listener.path + "-gone"}).tell("READY=1")
