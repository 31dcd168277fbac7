"""What sensors that do not answer add to the lateness of everything else."""

from __future__ import annotations

from tools.bench.figure import Figure
from tools.bench.lateness import added_figure
from tools.bench.size import Size


def measure(size: Size) -> list[Figure]:
    """All sensors of a vessel block their drivers; what is timed goes on beside them."""
    return [added_figure("silence of all sensors", size, silent=True)]
