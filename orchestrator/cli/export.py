"""An experiment's data as files."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.api import Api, ask, leader_option
from orchestrator.cli.files import make_folder, written_whole


@click.command()
@click.argument("experiment")
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; EXPERIMENT in this folder unless you say.",
)
@leader_option
def export(experiment: str, form: str, out: Path | None, leader_url: str) -> None:
    """Write EXPERIMENT's readings, actions, profile and plan into a folder."""
    folder = out or Path(experiment)
    make_folder(folder, "--out")

    async def work(api: Api) -> None:
        parts = {
            f"readings.{form}": f"/experiments/{experiment}/export.{form}",
            f"actions.{form}": f"/experiments/{experiment}/actions.{form}",
            "profile.yaml": f"/experiments/{experiment}/profile",
            "plan.json": f"/experiments/{experiment}/plan",
        }
        for name, path in parts.items():
            size = await _save(api, path, folder / name)
            click.echo(f"{folder / name}  {size:,} bytes", err=True)

    ask(leader_url, work)


async def _save(api: Api, path: str, target: Path) -> int:
    with written_whole(target) as file:
        size = 0
        async for line in api.lines(path):
            size += file.write(line)
    return size
