"""How late a worker begins what is due at a moment, with a thousand moments before it."""

from __future__ import annotations

import asyncio
import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any

from orchestrator.hardware.timers import timers
from tools.bench.devices import FSYNC_S
from tools.bench.figure import Budget, Figure
from tools.bench.processes import PYTHON, child
from tools.bench.sampling import percentile
from tools.bench.size import Size
from tools.bench.working import slice_with, working

FIRST_S = 0.6
EVERY_S = 0.01
LATER_S = 3600.0
SETTLE_S = 0.3
PEERS = {
    0.5: "Home Assistant 0.63 ms, Pioreactor idle 0.09; a prototype with timerfd 0.06",
    0.99: "Home Assistant 1.13 ms, Pioreactor idle 0.16; a prototype with timerfd 0.12",
}


def measure(size: Size) -> list[Figure]:
    """Quiet, beside a busy neighbour and over a slow disk; then with fewer moments pending."""
    due, pending = size.of(10, 200, 1_000), size.of(20, 1_000, 1_000)
    bare, timer = asyncio.run(_bare(due, pending)), asyncio.run(_bare_timer(due))
    quiet = asyncio.run(worker_lateness(due, pending))
    slow = asyncio.run(worker_lateness(due, pending, slow_disk=True))
    with _busy_neighbour():
        bare_busy = asyncio.run(_bare(due, pending))
        busy = asyncio.run(worker_lateness(due, pending))
    return [
        *_figures(f"{pending} pending, quiet", quiet, bare),
        *_figures(f"{pending} pending, quiet", quiet, timer, "a timer of the kernel alone"),
        *_figures(f"{pending} pending, the other core busy", busy, bare_busy),
        *_figures(f"{pending} pending, fsync of {1e3 * FSYNC_S:g} ms", slow, bare),
        added_figure(f"a disk with an fsync of {1e3 * FSYNC_S:g} ms", size, slow_disk=True),
        *[
            _growth(asyncio.run(worker_lateness(min(due, fewer), fewer)), fewer, quiet)
            for fewer in size.of((), (10, 100), (10, 100))
        ],
    ]


async def worker_lateness(due: int, pending: int, **how: Any) -> list[float]:
    """Seconds by which each of the due ones began late."""
    moments = [*_moments(due), *(LATER_S + number for number in range(pending - due))]
    async with working([slice_with(moments)], **how) as at_work:
        await asyncio.sleep(FIRST_S + due * EVERY_S + SETTLE_S)
        late = at_work.lateness_s()
    assert len(late) == due, f"{len(late)} of {due} began"
    return late


async def _bare(due: int, pending: int) -> list[float]:
    """The loop's own timers."""
    loop, late = asyncio.get_running_loop(), list[float]()
    began_s = loop.time()

    def note(at_s: float) -> None:
        late.append(loop.time() - at_s)

    later = [loop.call_at(began_s + LATER_S + n, note, 0.0) for n in range(pending - due)]
    for moment_s in _moments(due):
        loop.call_at(began_s + moment_s, note, began_s + moment_s)
    await asyncio.sleep(FIRST_S + due * EVERY_S + SETTLE_S)
    for timer in later:
        timer.cancel()
    assert len(late) == due
    return late


async def _bare_timer(due: int) -> list[float]:
    """What wakes a worker, a timer of the kernel where there is one, with nothing to do at all."""
    late, began_s = list[float](), time.monotonic()

    def note(at_s: float) -> None:
        late.append(time.monotonic() - at_s)

    for moment_s in _moments(due):
        timers().call_at(began_s + moment_s, partial(note, began_s + moment_s))
    await asyncio.sleep(FIRST_S + due * EVERY_S + SETTLE_S)
    assert len(late) == due
    return late


def _moments(due: int) -> Iterator[float]:
    """Not on whole milliseconds, which would be kind to some timers."""
    return (FIRST_S + EVERY_S * number + 1e-5 * (number * 37 % 100) for number in range(due))


@contextmanager
def _busy_neighbour() -> Iterator[None]:
    with child((PYTHON, "-c", "while True: pass")):
        yield


def _figures(
    how: str, ours: list[float], bare: list[float], bare_is: str = "asyncio's call_at"
) -> list[Figure]:
    return [
        Figure(
            what=f"lateness of timed actions, {how}, p{100 * share:.0f}",
            ours=1e3 * percentile(ours, share),
            unit="ms",
            baseline=1e3 * percentile(bare, share),
            baseline_is=bare_is,
            budget=_budget() if share == 0.99 else None,
            quoted=PEERS[share],
        )
        for share in (0.5, 0.99)
    ]


def _budget() -> Budget:
    if has_timerfd():
        return Budget(text="p99 ≤ 0.2 ms where the system has timerfd, else 1", most=0.2)
    return Budget(text="p99 ≤ 1 ms", most=1.0)


def has_timerfd() -> bool:
    """Whether the C library offers timers as files."""
    return hasattr(ctypes.CDLL(None), "timerfd_create")


def added_figure(what: str, size: Size, **trouble: bool) -> Figure:
    """What some trouble adds to the lateness: with and without it in turn, medians of the rounds.

    Below zero means that the neighbours of this machine were felt more than the trouble.
    """
    due, times = size.of(10, 200, 300), size.of(1, 3, 5)
    rounds = [
        [percentile(asyncio.run(worker_lateness(due, due, **how)), 0.99) for how in ({}, trouble)]
        for _ in range(times)
    ]
    return Figure(
        what=f"lateness that {what} adds, p99",
        ours=1e3 * median(with_it_s - without_s for without_s, with_it_s in rounds),
        unit="ms",
        baseline=1e3 * median(without_s for without_s, _ in rounds),
        baseline_is="lateness without it",
        budget=Budget(text="≤ 1 ms", most=1.0),
        quoted="Pioreactor 2 s a read; prototypes 0, p99 0.5 ms with a writer thread",
        note=f"rounds: {', '.join(f'{1e3 * (b - a):.2g}' for a, b in rounds)} ms",
    )


def _growth(late: list[float], pending: int, most: list[float]) -> Figure:
    return Figure(
        what=f"lateness of timed actions, {pending} pending, quiet, p50",
        ours=1e3 * percentile(late, 0.5),
        unit="ms",
        baseline=1e3 * percentile(most, 0.5),
        baseline_is="with all pending",
        budget=None,
        note="growth: flat or n log n in timers",
    )
