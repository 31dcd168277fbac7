"""An experiment's data as files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import click

from orchestrator.cli.api import Api, ask, leader_option
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import make_folder, written_whole
from orchestrator.cli.parquet import refuse_without_library, to_parquet
from orchestrator.cli.plain_names import plain


@click.command()
@click.argument("experiment")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "bundle"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the files, EXPERIMENT unless you say; of a bundle the file, EXPERIMENT.zip.",
)
@click.option(
    "--calibration",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the readings as this axenic: calibration/1 document would have made them.",
)
@click.option(
    "--name-calibrations",
    is_flag=True,
    help="A column more in the readings: the calibration that made each.",
)
@click.option("--pictures", is_flag=True, help="Of a bundle: with the pictures that are there.")
@click.option("--vessel", help="Of this vessel only; the others' were made by other devices.")
@leader_option
def export(
    experiment: str,
    form: str,
    out: Path | None,
    calibration: Path | None,
    name_calibrations: bool,
    pictures: bool,
    vessel: str | None,
    leader_url: str,
) -> None:
    """Write EXPERIMENT's readings, actions, profile and plan into a folder.

    With --format parquet the readings are Parquet, with their calibrations; with --format bundle,
    all that is known of it comes into one zip archive that explains itself.
    """
    if form == "bundle":
        if calibration is not None or vessel is not None:
            raise BadRequest("--format bundle holds the readings as they were made, of all vessels")
        _save_bundle(experiment, out, leader_url, pictures=pictures)
        return
    from orchestrator.cli.recalibrate import read_calibration, recalibrate

    made = None if calibration is None else read_calibration(calibration)
    folder = out or Path(plain(experiment, "an experiment"))
    make_folder(folder, "--out")
    path = f"/experiments/{quote(experiment, safe='')}"

    if form == "parquet":
        refuse_without_library()
    is_named = name_calibrations or made is not None or form == "parquet"
    named = "?calibrations=true" if is_named else ""

    async def work(api: Api) -> None:
        parts = {
            "readings.csv": f"{path}/export.csv{named}",
            "actions.csv": f"{path}/actions.csv",
            "profile.yaml": f"{path}/profile",
            "plan.json": f"{path}/plan",
        }
        for name, address in parts.items():
            size = await _save(api, address, folder / name)
            click.echo(f"{folder / name}  {size:,} bytes", err=True)

    ask(leader_url, work)
    tables = [folder / "readings.csv"]
    if made is not None:
        target = folder / f"readings-{made.name.replace(':', '-')}.csv"
        values = recalibrate(folder / "readings.csv", target, made, vessel)
        click.echo(f"{target}  {values:,} values by {made.name}", err=True)
        tables.append(target)
    if form == "parquet":
        _as_parquet(tables)


def _as_parquet(tables: Sequence[Path]) -> None:
    """What was just made becomes Parquet and goes; what lay there before is somebody's."""
    for source in tables:
        target = source.with_suffix(".parquet")
        rows = to_parquet(source, target)
        source.unlink()
        click.echo(f"{target}  {rows:,} readings", err=True)


def _save_bundle(experiment: str, out: Path | None, leader_url: str, *, pictures: bool) -> None:
    target = out or Path(f"{plain(experiment, 'an experiment')}.zip")
    query = "?pictures=true" if pictures else ""
    path = f"/experiments/{quote(experiment, safe='')}/bundle.zip{query}"

    async def work(api: Api) -> int:
        size = 0
        with written_whole(target) as file, counted(target.name) as count:
            async for piece in api.pieces(path):
                size += file.write(piece)
                count(size)
        return size

    click.echo(f"{target}  {ask(leader_url, work):,} bytes", err=True)


@contextmanager
def counted(what: str) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how much has come; nobody knows how much there will be."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn(what), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda size: bar.update(task, completed=size)


async def _save(api: Api, path: str, target: Path) -> int:
    with written_whole(target) as file:
        size = 0
        async for line in api.lines(path):
            size += file.write(line)
    return size
