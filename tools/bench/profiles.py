"""What each further profile in a folder costs, and whether that grows with their number.

In processor time, so that spreading the work over cores does not pass for doing less of it: the
bare script has one core only. What a person waits stands in the note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tools.bench.commands import Commands, commands
from tools.bench.figure import Budget, Figure
from tools.bench.made_profile import LINES, write_profiles
from tools.bench.processes import whole_and_cpu_s
from tools.bench.size import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds for a folder, or for each further profile of it."""

    wall_s: float
    cpu_s: float
    bare_cpu_s: float

    def further(self, one: Took, count: int) -> Took:
        """Each beyond the first."""
        more = count - 1
        return Took(
            wall_s=(self.wall_s - one.wall_s) / more,
            cpu_s=(self.cpu_s - one.cpu_s) / more,
            bare_cpu_s=(self.bare_cpu_s - one.bare_cpu_s) / more,
        )


def measure(size: Size) -> list[Figure]:
    """Folders of 1, 10 and 100 profiles, no two of them alike."""
    counts = size.of((1, 3), (1, 10, 100), (1, 10, 100))
    with TemporaryDirectory() as made:
        folder = Path(made)
        run = commands(folder)
        one, *more = (_took(run, folder, count, size) for count in counts)
    return [
        _figure(count, each.further(one, count))
        for count, each in zip(counts[1:], more, strict=True)
    ]


def _took(run: Commands, folder: Path, count: int, size: Size) -> Took:
    where = str(write_profiles(folder / f"times-{count}", count))
    times = size.of(1, 3 if count == 100 else 7, 5 if count == 100 else 15)
    ours, bare = (*run.axenic, "check", where), (*run.bare, where)
    rounds = [(whole_and_cpu_s(ours), whole_and_cpu_s(bare)) for _ in range(times + 1)]
    return _medians(rounds[1:])


def _medians(rounds: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> Took:
    return Took(
        wall_s=median(wall_s for (wall_s, _), _ in rounds),
        cpu_s=median(cpu_s for (_, cpu_s), _ in rounds),
        bare_cpu_s=median(cpu_s for _, (_, cpu_s) in rounds),
    )


def _figure(count: int, further: Took) -> Figure:
    return Figure(
        what=f"each further profile of {LINES} lines, × {count}, processor time",
        ours=max(0.0, 1e3 * further.cpu_s),
        unit="ms",
        baseline=1e3 * further.bare_cpu_s,
        baseline_is="PyYAML + jsonschema",
        budget=Budget(text="15 ms for each further profile", most=15.0),
        note=f"waited {1e3 * further.wall_s:.1f} ms, on all cores",
    )
