"""A small cluster on one machine: broker, benches, leader and workers, each its own process."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli import wiring
from orchestrator.cli.api import Api, connect
from orchestrator.cli.children import Children, Program
from orchestrator.cli.exits import BadRequest, Unreachable
from orchestrator.cli.files import make_folder
from orchestrator.cli.recipients import VARIABLE, Recipient
from orchestrator.hardware.clock import boot_id
from orchestrator.hardware.epoch import running_epoch
from orchestrator.hardware.lines import is_served
from orchestrator.transport.broker import start_broker
from orchestrator.transport.process import BrokerError

READY_LIMIT_S = 60.0
POLL_S = 0.1
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything of the cluster lies."""

    data: Path
    workers: Sequence[str]
    port: int
    broker_port: int
    broker: str = "auto"
    speed: float = 1.0
    seed: int = 1
    notify: Sequence[Recipient] = ()
    readable: Sequence[str] = ()
    """Topics of other machines that workers may read."""
    timezone: str = "UTC"
    angles: Sequence[int] = ()
    """At which photodiodes are simulated besides the first."""

    @property
    def address(self) -> str:
        """Of the dashboard."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def epoch(self) -> Path:
        """The clock that all processes share."""
        return self.data / "clock.json"

    def bench_socket(self, worker: str) -> Path:
        """Where a worker's simulated reactor listens."""
        return wiring.socket_path(self.data / "benches" / worker, "bench.sock")

    def hardware(self, worker: str) -> Path:
        """Its description, as the bench writes it."""
        return self.data / "benches" / worker / "hardware.json"


@asynccontextmanager
async def running_cluster(layout: Layout, report: Callable[[str], None]) -> AsyncIterator[Children]:
    """Start everything and wait until it answers; end it all, in reverse, with the block.

    Raises:
        BadRequest: a port is taken, or another cluster uses the folder.
        Unreachable: the leader did not come up.
    """
    make_folder(layout.data, "--data")
    _must_be_free(layout.port, "--port")
    async with AsyncExitStack() as stack:
        stack.enter_context(_alone_in(layout.data))
        stack.enter_context(running_epoch(layout.epoch, layout.speed, boot_id()))
        folder = wiring.broker_folder(layout.data)
        folder.mkdir(parents=True, exist_ok=True)
        users = wiring.broker_users(layout.workers, layout.readable)
        try:
            broker = await stack.enter_async_context(
                start_broker(layout.broker, folder, layout.broker_port, users)
            )
        except BrokerError as error:
            raise BadRequest(f"{error} (--broker-port)") from error
        if layout.readable and broker.users:
            report(f"other machines publish with {broker.url_for(wiring.OTHERS)}")
        children = Children(layout.data / "logs", report)
        stack.push_async_callback(children.stop)
        for number, worker in enumerate(layout.workers):
            children.start(_bench(layout, worker, layout.seed + number))
        ours = bool(broker.users)
        children.start(_leader(layout, broker.url_for(wiring.LEADER), is_ours=ours))
        for worker in layout.workers:
            await _served(layout.bench_socket(worker), f"bench {worker}")
            children.start(_worker(layout, worker, broker.url_for(worker)))
        await leader_answers(layout.address)
        yield children


async def leader_answers(address: str) -> None:
    """Wait for the leader.

    Raises:
        Unreachable: it does not answer in time.
    """

    async def ask(api: Api) -> None:
        await api.get("/health")

    deadline_s = asyncio.get_running_loop().time() + READY_LIMIT_S
    while True:
        try:
            async with connect(address) as api:
                return await ask(api)
        except Unreachable:
            if asyncio.get_running_loop().time() > deadline_s:
                raise
        await asyncio.sleep(POLL_S)


def _bench(layout: Layout, worker: str, seed: int) -> Program:
    folder = layout.data / "benches" / worker
    angles = ",".join(map(str, layout.angles))
    return Program(
        name=f"bench {worker}",
        words=[
            *("bench", worker, "--socket", str(layout.bench_socket(worker))),
            *("--hardware", str(layout.hardware(worker)), "--kept", str(folder / "bench.json")),
            *("--seed", str(seed), "--clock", str(layout.epoch)),
            *(("--angles", angles) if angles else ()),
        ],
    )


def _leader(layout: Layout, broker_url: str, *, is_ours: bool) -> Program:
    opened = [word for each in layout.readable for word in ("--readable-topics", each)]
    return Program(
        name="leader",
        words=[
            *("leader", "--data", str(layout.data), "--port", str(layout.port)),
            *("--clock", str(layout.epoch), "--timezone", layout.timezone),
            *(() if layout.speed == 1.0 else ("--no-rehearse",)),
            *(("--broker-is-ours", *opened) if is_ours else ()),
        ],
        # Passwords are nobody's business in `ps`.
        environment={"AXENIC_BROKER": broker_url, VARIABLE: json.dumps(list(layout.notify))},
    )


def _worker(layout: Layout, worker: str, broker_url: str) -> Program:
    return Program(
        name=f"worker {worker}",
        words=[
            *("worker", worker, "--data", str(layout.data), "--supervisor", str(os.getpid())),
            *("--hardware", str(layout.hardware(worker)), "--clock", str(layout.epoch)),
        ],
        environment={"AXENIC_BROKER": broker_url},
    )


async def _served(path: Path, name: str) -> None:
    deadline_s = asyncio.get_running_loop().time() + READY_LIMIT_S
    while not is_served(path):
        if asyncio.get_running_loop().time() > deadline_s:
            raise Unreachable(f"{name} did not come up within {READY_LIMIT_S:g} s; see its log")
        await asyncio.sleep(POLL_S)


def _must_be_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise BadRequest(
                f"port {port} is in use ({error.strerror}); end what listens there, "
                f"or choose another one with {option}"
            ) from error


@contextmanager
def _alone_in(data: Path) -> Iterator[None]:
    """Hold the folder; two clusters in one would ruin both."""
    with (data / "cluster.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadRequest(
                f"another 'axenic up' or 'axenic demo' uses {data}; "
                "end it, or choose another --data"
            ) from error
        yield


def on_terminal() -> bool:
    """Whether a person watches."""
    with contextlib.suppress(ValueError):
        return sys.stdout.isatty()
    return False
