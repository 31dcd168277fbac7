"""What trouble at one vessel of a worker adds to the lateness of another one's actions.

At the first vessel all drivers hang and a plugin sleeps in its step; at the worker's own address
clients speak a byte at a time, ask and never read, or connect and say nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from orchestrator.model.plan import JobPlan, Slice
from orchestrator.plugin_host.guests import Guests
from orchestrator.plugin_host.spec import GuestSpec
from orchestrator.server.unit_api import unit_listening
from tools.bench.figure import Budget, Figure
from tools.bench.processes import PYTHON, child
from tools.bench.sampling import percentile
from tools.bench.size import Size
from tools.bench.working import AtWork, slice_with, working

FIRST_S, EVERY_S, SETTLE_S = 1.0, 0.01, 0.3
LATER_S = 3600.0
TROUBLED = "a"
SLEEPER = """\
import time
from orchestrator.jobs.job import Step


class Job:
    def begin(self, memory, now_s):
        return None

    def step(self, state, view, now_s):
        time.sleep(3600.0)
        return Step(None)

    def end(self, state):
        return ()
"""
CLIENTS = """\
import asyncio, sys


async def pester(number):
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
            if number % 3 == 0:
                writer.write(b"GET /unit_api/state HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
            for _ in range(200):
                if number % 3 == 1:
                    writer.write(b"G")
                    await writer.drain()
                await asyncio.sleep(0.05)
            writer.close()
        except OSError:
            await asyncio.sleep(0.05)


async def main():
    await asyncio.gather(*(pester(number) for number in range(30)))


asyncio.run(main())
"""


def measure(size: Size) -> list[Figure]:
    """With and without it in turn, medians of the rounds."""
    due, times = size.of(10, 200, 300), size.of(1, 3, 5)
    rounds = [
        [
            percentile(asyncio.run(lateness_beside(due, troubled=troubled)), 0.99)
            for troubled in (False, True)
        ]
        for _ in range(times)
    ]
    return [
        Figure(
            what="lateness that hung drivers, a sleeping plugin and slow clients add, p99",
            ours=1e3 * median(with_it_s - without_s for without_s, with_it_s in rounds),
            unit="ms",
            baseline=1e3 * median(without_s for without_s, _ in rounds),
            baseline_is="lateness without them",
            budget=Budget(text="≤ 1 ms", most=1.0),
            note=f"rounds: {', '.join(f'{1e3 * (b - a):.2g}' for a, b in rounds)} ms",
        )
    ]


async def lateness_beside(due: int, *, troubled: bool) -> list[float]:
    """Seconds by which each action of the second vessel began late."""
    moments = [FIRST_S + EVERY_S * number + 1e-5 * (number * 37 % 100) for number in range(due)]
    slices = [slice_with([LATER_S], TROUBLED), slice_with(moments, "b")]
    if not troubled:
        async with working(slices) as at_work:
            return await _begun(at_work, due)
    async with _in_trouble(slices) as at_work:
        return await _begun(at_work, due)


async def _begun(at_work: AtWork, due: int) -> list[float]:
    await asyncio.sleep(FIRST_S + due * EVERY_S + SETTLE_S)
    late = at_work.lateness_s()
    assert len(late) == due, f"{len(late)} of {due} began"
    return late


@contextmanager
def _plugin() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        Path(folder, "sleeper.py").write_text(SLEEPER)
        yield folder


@asynccontextmanager
async def _in_trouble(slices: list[Slice]) -> AsyncIterator[AtWork]:
    with _plugin() as folder:
        spec = GuestSpec(
            name="sleeper", plugin="sleeper", folder=folder, module="sleeper", attribute="Job"
        )
        guests = Guests([spec])
        first, *others = slices
        first = replace(first, jobs={**first.jobs, "sleeper": JobPlan()})
        try:
            async with (
                working(
                    [first, *others], hung=frozenset({TROUBLED}), jobs=guests.job_named
                ) as at_work,
                unit_listening(at_work.worker) as address,
            ):
                with child((PYTHON, "-c", CLIENTS, address.rpartition(":")[2])):
                    yield at_work
        finally:
            await guests.close()
