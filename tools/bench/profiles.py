"""What each further profile in a folder costs, and whether that grows with their number."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.bench.commands import Commands, commands
from tools.bench.figure import Budget, Figure
from tools.bench.made_profile import LINES, write_profiles
from tools.bench.processes import whole_s
from tools.bench.sampling import in_turn
from tools.bench.size import Size


def measure(size: Size) -> list[Figure]:
    """Folders of 1, 10 and 100 profiles, checked in one process."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        run = commands(folder)
        counts = size.of((1, 3), (1, 10, 100), (1, 10, 100))
        took = {count: _both(run, folder, count, size) for count in counts}
    one, one_bare = took[counts[0]]
    return [
        _figure(
            count, (took[count][0] - one) / (count - 1), (took[count][1] - one_bare) / (count - 1)
        )
        for count in counts[1:]
    ]


def _both(run: Commands, folder: Path, count: int, size: Size) -> tuple[float, float]:
    where = str(write_profiles(folder / f"times-{count}", count))
    times = size.of(1, 3 if count == 100 else 7, 5 if count == 100 else 15)
    ours_s, bare_s = in_turn(
        times,
        partial(whole_s, (*run.axenic, "check", where)),
        partial(whole_s, (*run.bare, where)),
        warm_up=0 if count == 100 else 1,
    )
    return ours_s, bare_s


def _figure(count: int, further_s: float, bare_s: float) -> Figure:
    return Figure(
        what=f"each further profile of {LINES} lines, × {count}",
        ours=1e3 * further_s,
        unit="ms",
        baseline=1e3 * bare_s,
        baseline_is="PyYAML + jsonschema",
        budget=Budget(text="15 ms for each further profile", most=15.0),
    )
