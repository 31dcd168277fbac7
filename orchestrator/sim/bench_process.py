"""The bench as a process: `axenic bench`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from orchestrator.hardware.clock import ScaledClock, SystemClock
from orchestrator.ports.clock import Clock
from orchestrator.sim.apparatus import Apparatus, at_angles
from orchestrator.sim.bench import Bench, serve
from orchestrator.sim.organism import E_COLI, Organism
from orchestrator.sim.reactor import Reactor


class BenchConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What a bench is told when it is started."""

    path: str
    """Unix socket on which it serves."""
    reactors: dict[str, int]
    """Seed of each, by name."""
    kept_in: str = ""
    """File from which it goes on; empty: it begins anew each time."""
    epoch: str = ""
    """File of a demo's clock; empty: the machine's."""
    organism: Organism = E_COLI
    inoculated: bool = False
    angles: tuple[int, ...] = ()
    """Where photodiodes stand besides the first."""
    supervisor_pid: int | None = None
    """The bench ends with this process."""


def reactors_of(config: BenchConfig) -> dict[str, Reactor]:
    """Make the simulated reactors."""
    apparatus = Apparatus(angles=at_angles(config.angles))
    return {
        name: Reactor(config.organism, apparatus, seed=seed, inoculated=config.inoculated)
        for name, seed in config.reactors.items()
    }


def main(config: BenchConfig) -> int:
    """Serve until told to end, or until the supervisor is gone."""
    logging.basicConfig(format="bench: %(message)s")
    asyncio.run(_run(config))
    return 0


async def _run(config: BenchConfig) -> None:
    clock: Clock = ScaledClock(Path(config.epoch)) if config.epoch else SystemClock()
    kept_in = Path(config.kept_in) if config.kept_in else None
    bench = Bench(reactors_of(config), clock, kept_in)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, over.set)
    with _supervised(config.supervisor_pid, over):
        serving = asyncio.create_task(serve(bench, Path(config.path)), name="serve the bench")
        waiting = asyncio.create_task(over.wait(), name="wait for the end")
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        for task in (serving, waiting):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


@contextlib.contextmanager
def _supervised(pid: int | None, over: asyncio.Event) -> Iterator[None]:
    """Set `over` when a process ends."""
    if pid is None:
        yield
        return
    try:
        supervisor = os.pidfd_open(pid)
    except ProcessLookupError:
        over.set()
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_reader(supervisor, over.set)
    try:
        yield
    finally:
        loop.remove_reader(supervisor)
        os.close(supervisor)


if __name__ == "__main__":
    sys.exit(main(msgspec.json.decode(sys.argv[1].encode(), type=BenchConfig)))
