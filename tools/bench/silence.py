"""What sensors that do not answer add to the lateness of everything else."""

from __future__ import annotations

import asyncio

from tools.bench.figure import Figure
from tools.bench.lateness import added_figure, worker_lateness
from tools.bench.size import Size


def measure(size: Size) -> list[Figure]:
    """All sensors of a vessel block their drivers; what is timed goes on beside them."""
    due, pending = size.of(10, 300, 1_000), size.of(10, 300, 1_000)
    answering = asyncio.run(worker_lateness(due, pending))
    silent = asyncio.run(worker_lateness(due, pending, silent=True))
    return [added_figure("silent sensors", silent, answering)]
