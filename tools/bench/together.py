"""From the first to the last of many units that are due at one instant."""

from __future__ import annotations

import asyncio
from statistics import median

from tools.bench.figure import Budget, Figure
from tools.bench.size import Size
from tools.bench.working import slice_with, working

DUE_S = 1.5
SETTLE_S = 1.0
PIOREACTOR_MS = 183.0


def measure(size: Size) -> list[Figure]:
    """64 vessels of one worker, each with one thing to do at the same moment."""
    units, times = size.of(4, 64, 64), size.of(1, 3, 9)
    runs = [asyncio.run(_units(units)) for _ in range(times)]
    ours_s, written_s = (median(each) for each in zip(*runs, strict=True))
    bare_s = median(asyncio.run(_bare(units)) for _ in range(times))
    most_ms = PIOREACTOR_MS / 40.0
    return [
        Figure(
            what=f"first to last of {units} units due at one instant",
            ours=1e3 * ours_s,
            unit="ms",
            baseline=1e3 * bare_s,
            baseline_is="asyncio's call_at",
            budget=Budget(text=f"≤ 1/40 of Pioreactor as quoted, {most_ms:.2g} ms", most=most_ms),
            quoted="Pioreactor 183 ms; a prototype 2.6",
        ),
        Figure(
            what=f"first to last of {units} units that has decided and written its turn",
            ours=1e3 * written_s,
            unit="ms",
            baseline=1e3 * ours_s,
            baseline_is="first to last that has acted",
            budget=None,
        ),
    ]


async def _units(units: int) -> tuple[float, float]:
    """From the first stirrer that is told its new speed to the last; and until all is written."""
    slices = [slice_with([DUE_S], vessel=f"v{number}") for number in range(units)]
    async with working(slices) as at_work:
        await asyncio.sleep(DUE_S + SETTLE_S)
        acted_s = at_work.acted_s()
        written_s = [each.written_s for each in at_work.journal.began]
    assert len(acted_s) == units, f"{len(acted_s)} of {units} began"
    return max(acted_s) - min(acted_s), max(written_s) - min(written_s)


async def _bare(units: int) -> float:
    loop, began_s = asyncio.get_running_loop(), list[float]()
    at_s = loop.time() + 0.1
    for _ in range(units):
        loop.call_at(at_s, lambda: began_s.append(loop.time()))
    await asyncio.sleep(0.3)
    return max(began_s) - min(began_s)
