"""`axenic broker`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli import wiring
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import make_folder
from orchestrator.cli.services.names import names_of
from orchestrator.cli.services.options import (
    BROKER_PORT,
    PORT,
    data_option,
    readable_option,
    settled,
)

if TYPE_CHECKING:
    from orchestrator.transport.broker import Broker


@click.command()
@data_option
@click.option(
    "--kind",
    type=click.Choice(["auto", "mosquitto", "embedded"]),
    default="auto",
    show_default=True,
)
@click.option("--port", type=PORT, default=BROKER_PORT, show_default=True)
@click.option("--workers", default="", metavar="NAMES", help="Who may join, separated by commas.")
@readable_option
def broker(
    data: Path, kind: str, port: int, workers: str, readable_topics: tuple[str, ...]
) -> None:
    """Run a broker on loopback with a user for the leader and one for each worker."""
    names = names_of(workers)
    settled(_broke(data, kind, port, names, readable_topics))


async def _broke(
    data: Path, kind: str, port: int, workers: list[str], readable: tuple[str, ...]
) -> None:
    from orchestrator.transport.broker import start_broker

    folder = wiring.broker_folder(data)
    make_folder(folder, "--data")
    users = wiring.broker_users(sorted({*workers, *wiring.known_workers(data)}), readable)
    async with start_broker(kind, folder, port, users) as running:
        click.echo(f"{running.kind} listens on {running.url}; passwords are in {folder}")
        for name in (wiring.LEADER, *workers):
            click.echo(f"  {name}: {running.url_for(name)}")
        tell_others(running, readable)
        await asyncio.Event().wait()


def tell_others(running: Broker, readable: Sequence[str]) -> None:
    """Say how other machines publish what workers may read."""
    if not readable:
        return
    if not running.users:
        raise BadRequest(
            "--readable-topics is for a broker that is started here; a broker of your own has "
            "rules of its own"
        )
    click.echo(
        f"  other machines publish {', '.join(readable)} with {running.url_for(wiring.OTHERS)}"
    )
