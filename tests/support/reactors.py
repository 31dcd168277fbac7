"""Reactors for tests: with a virtual clock, or over a keeper process and a bench process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from orchestrator.documents.check import check_text
from orchestrator.hardware.bench_client import BenchClient
from orchestrator.hardware.keeper.config import KeeperConfig
from orchestrator.hardware.keeper.start import command
from orchestrator.hardware.lines import is_served
from orchestrator.hardware.reactor import keeper_config
from orchestrator.hardware.spec import Hardware, hardware_of
from orchestrator.sim.bench_hardware import describe
from orchestrator.sim.bench_process import BenchConfig, reactors_of

READY_S = 15.0


@contextlib.contextmanager
def process(words: list[str], socket: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that serves a socket; ended in order at the end, killed if need be."""
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    try:
        until(lambda: is_served(socket), READY_S, f"nobody serves {socket}")
        yield child
    finally:
        end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGCONT)
    child.terminate()
    try:
        child.wait(5.0)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        raise


def until(holds: Callable[[], bool], limit_s: float, otherwise: str) -> None:
    give_up_s = time.monotonic() + limit_s
    while not holds():
        if time.monotonic() > give_up_s:
            raise AssertionError(otherwise)
        time.sleep(0.01)


async def eventually(holds: Callable[[], bool], limit_s: float = 5.0) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.005)


def bench_process(config: BenchConfig) -> contextlib.AbstractContextManager[Any]:
    words = [sys.executable, "-m", "orchestrator.sim.bench_process"]
    document = msgspec.json.encode(config).decode()
    return process([*words, document], Path(config.path))


def keeper_process(config: KeeperConfig) -> contextlib.AbstractContextManager[Any]:
    return process(command(config), config.socket_path)


def hardware_for(bench: BenchConfig) -> Hardware:
    """As the command line reads it: the bench's own document, checked."""
    document = json.dumps(describe(reactors_of(bench), Path(bench.path)))
    checked = check_text(document, "hardware.json")
    assert checked.hardware is not None, checked.diagnostics
    return hardware_of(checked.hardware)


@contextlib.asynccontextmanager
async def bench_and_keeper(
    folder: Path, **changes: Any
) -> AsyncIterator[tuple[Hardware, KeeperConfig, BenchClient]]:
    """Both processes, and a person at the bench."""
    bench = BenchConfig(path=str(folder / "bench"), reactors={"v1": 1, "v2": 2})
    hardware = hardware_for(bench)
    config = msgspec.structs.replace(
        keeper_config(hardware, folder / "keeper"), supervisor_pid=os.getpid(), **changes
    )
    with bench_process(bench), keeper_process(config):
        async with BenchClient(Path(bench.path)) as person:
            yield hardware, config, person
