"""`axenic import bundle`: an experiment that another leader saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestrator.cli.api import Api, ask, leader_option


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@leader_option
def bundle(file: Path, leader_url: str) -> None:
    """Read FILE, which 'axenic export --format bundle' wrote, into a leader's store.

    It becomes a finished experiment, marked as imported; reading it again changes nothing.
    """

    async def send(api: Api) -> Any:
        with file.open("rb") as content:
            return await api.send_file("/imports", content, "application/zip")

    made = ask(leader_url, send)
    click.echo(f"{made['id']}  {made['name']}  {made['state']}  {made['reason']}")
