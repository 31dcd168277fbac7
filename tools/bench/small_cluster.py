"""A leader and workers as they are started in earnest, on simulated reactors, to be looked at."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestrator.transport.process import free_port
from tools.bench.processes import PYTHON, Failed, Process, child, line_from

READY_LIMIT_S = 60.0
REQUEST_LIMIT_S = 20.0
_WORKER = re.compile(r"axenic worker (\S+) --broker '(\S+)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallCluster:
    """Processes of a cluster on loopback."""

    api: str
    leader: Process
    workers: dict[str, Process]

    def ask(self, path: str, body: Any = None) -> Any:
        """GET below /api, or POST where there is a body."""
        request = urllib.request.Request(
            self.api + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=REQUEST_LIMIT_S) as answer:
            return json.load(answer)


@contextmanager
def small_cluster(reactors: dict[str, tuple[str, ...]]) -> Iterator[SmallCluster]:
    """A leader with its broker, and a ready worker for each name, with these reactors."""
    with TemporaryDirectory(prefix="axb", ignore_cleanup_errors=True) as made, ExitStack() as stack:
        folder = Path(made)
        _start_bench(stack, folder, [each for names in reactors.values() for each in names])
        leader, api, urls = _start_leader(stack, folder, [*reactors])
        workers = {
            name: _start_worker(stack, folder, name, urls[name], names)
            for name, names in reactors.items()
        }
        cluster = SmallCluster(api=api, leader=leader, workers=workers)

        def all_ready() -> bool:
            heard = cluster.ask("/workers")["items"]
            return [each["state"] for each in heard] == ["ready"] * len(workers)

        eventually(all_ready, "the workers are ready")
        yield cluster


def eventually(ask: Callable[[], bool], what: str) -> None:
    """Wait until it is true.

    Raises:
        Failed: it did not become true in time.
    """
    ends_s = time.monotonic() + READY_LIMIT_S
    while not ask():
        if time.monotonic() > ends_s:
            raise Failed(f"not within {READY_LIMIT_S:g} s: {what}")
        time.sleep(0.1)


def axenic(*words: str | Path) -> tuple[str, ...]:
    """The command line of a service."""
    return (PYTHON, "-m", "orchestrator", *map(str, words))


def _start_bench(stack: ExitStack, folder: Path, reactors: list[str]) -> None:
    socket, described = folder / "bench.sock", folder / "bench.json"
    command = axenic("bench", *reactors, "--socket", socket, "--hardware", described)
    stack.enter_context(child(command))
    eventually(lambda: socket.exists() and described.exists(), "the simulated reactors are there")


def _start_leader(
    stack: ExitStack, folder: Path, workers: list[str]
) -> tuple[Process, str, dict[str, str]]:
    port, names = free_port(), ",".join(workers)
    command = axenic(
        "leader", "--data", folder, "--port", str(port), "--broker-port", str(free_port())
    )
    leader = stack.enter_context(child((*command, "--workers", names, "--trust-clock")))
    urls: dict[str, str] = {}
    while len(urls) < len(workers):
        said = _WORKER.search(line_from(leader))
        if said is not None:
            urls[said[1]] = said[2]
    return leader, f"http://127.0.0.1:{port}/api", urls


def _start_worker(
    stack: ExitStack, folder: Path, name: str, url: str, reactors: tuple[str, ...]
) -> Process:
    described = json.loads((folder / "bench.json").read_bytes())
    described["reactors"] = {each: described["reactors"][each] for each in reactors}
    hardware = folder / f"{name}.json"
    hardware.write_text(json.dumps(described))
    where = ("--data", folder, "--hardware", hardware, "--keeper", folder / f"{name}.sock")
    command = axenic("worker", name, "--broker", url, *where, "--trust-clock")
    return stack.enter_context(child(command))
