"""`axenic simulate --compare A B`: two rehearsals side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import make_folder, written_whole
from orchestrator.cli.rehearsal.compare import Row, compare, read_finished
from orchestrator.cli.rehearsal.page import render_comparison

PAGE = "compare.html"


def compare_two(
    two: tuple[Path, Path], out: Path | None, rehearse: Callable[[Path, Path], None]
) -> None:
    """Print in what two differ, and write the page below `out`; profiles are rehearsed first."""
    if two[0].is_dir() != two[1].is_dir():
        raise BadRequest("--compare: give two profiles or two folders, not one of each")
    if out is not None:
        make_folder(out, "--out")
    with tempfile.TemporaryDirectory() as scratch:
        folders = two
        if not two[0].is_dir():
            folders = (out or Path(scratch)) / "a", (out or Path(scratch)) / "b"
            for profile, folder in zip(two, folders, strict=True):
                with redirect_stdout(StringIO()):  # what each came to stands in the comparison
                    rehearse(profile, folder)
        a, b = read_finished(folders[0]), read_finished(folders[1])
    names = _names(two)
    rows = compare(a, b)
    _tell(names, rows)
    if out is not None:
        with written_whole(out / PAGE) as file:
            file.write(render_comparison(a, b, names, rows).encode())
        click.echo(f"  {out / PAGE}")


def _names(two: tuple[Path, Path]) -> tuple[str, str]:
    short = two[0].name, two[1].name
    return short if short[0] != short[1] else (str(two[0]), str(two[1]))


def _tell(names: tuple[str, str], rows: list[Row]) -> None:
    click.echo(f"A is {names[0]}, B is {names[1]}")
    differing = [row for row in rows if row.differs]
    for row in differing:
        click.echo(f"  {row.what}: {row.a} in A, {row.b} in B")
    alike = len(rows) - len(differing)
    click.echo(f"  {alike} of {len(rows)} things are alike" if differing else "  nothing differs")
