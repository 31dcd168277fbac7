"""`axenic leader`."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli import wiring
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import make_folder
from orchestrator.cli.laboratory import CLUSTER, cluster_option
from orchestrator.cli.pairs import pairs
from orchestrator.cli.recipients import Recipient, notify_option
from orchestrator.cli.services.broker import tell_others
from orchestrator.cli.services.library_options import LibraryWish, library_options
from orchestrator.cli.services.names import names_of
from orchestrator.cli.services.options import (
    BROKER_PORT,
    PORT,
    backups_option,
    clock_option,
    data_option,
    keep_option,
    maintenance_option,
    readable_option,
    settled,
    store_option,
    sync_option,
    timezone_option,
    trust_option,
)
from orchestrator.cli.upkeep import Upkeep

if TYPE_CHECKING:
    from orchestrator.leader.situation import Rules

broker_option = click.option(
    "--broker",
    default="auto",
    show_default=True,
    envvar="AXENIC_BROKER",
    metavar="URL|auto|mosquitto|embedded",
    help="mqtt://user:password@host:port, or what to start here.",
)


@click.command()
@data_option
@store_option
@broker_option
@click.option(
    "--broker-port", default=BROKER_PORT, show_default=True, help="Of a broker that is started."
)
@click.option("--workers", default="", metavar="NAMES", help="Who may join, separated by commas.")
@readable_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8420, show_default=True)
@notify_option
@timezone_option
@click.option(
    "--open-per-user",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="Experiments that one user may have waiting, running or paused at a time.",
)
@click.option(
    "--pool",
    "pools",
    multiple=True,
    metavar="NAME=REACTORS",
    help="A group that experiments can ask for: --pool front=unit1,unit2/left.",
)
@click.option(
    "--rehearse/--no-rehearse",
    default=True,
    show_default=True,
    help="Rehearse what is queued, beside everything else, to tell waits and media.",
)
@click.option(
    "--broker-is-ours",
    is_flag=True,
    help="`axenic broker` runs at that URL, with these --readable-topics.",
)
@library_options
@maintenance_option
@backups_option
@keep_option
@sync_option
@cluster_option
@clock_option
@trust_option
def leader(
    data: Path,
    store: str | None,
    broker: str,
    broker_port: int,
    workers: str,
    readable_topics: tuple[str, ...],
    host: str,
    port: int,
    notify: tuple[Recipient, ...],
    timezone: str,
    open_per_user: int,
    pools: tuple[str, ...],
    rehearse: bool,
    broker_is_ours: bool,
    maintenance: str,
    backups: Path | None,
    keep_backups: int,
    sync: str,
    clock: Path | None,
    trust_clock: bool,
    wish: LibraryWish,
) -> None:
    """Plan, record and serve the dashboard."""
    queue = wiring.queue_rules(open_per_user, pairs(pools, "--pool"), timezone)
    if not _is_loopback(host):
        raise BadRequest(
            f"--host {host}: there is no sign-in yet, so the leader listens on the loopback only; "
            "reach it through an ssh tunnel"
        )
    names = names_of(workers)
    make_folder(data, "--data")
    settled(
        _lead(
            data=data,
            store_url=store,
            broker=broker,
            broker_port=broker_port,
            workers=names,
            readable=readable_topics,
            is_ours=broker_is_ours,
            host=host,
            port=port,
            notify=notify,
            rules=queue,
            rehearsing=rehearse,
            upkeep=Upkeep(cron=maintenance, folder=backups, keep=keep_backups, sync=sync),
            epoch=clock,
            trusted=trust_clock,
            wish=wish,
            cluster=click.get_current_context().meta.get(CLUSTER),
        )
    )


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


async def _lead(
    *,
    data: Path,
    store_url: str | None,
    broker: str,
    broker_port: int,
    workers: list[str],
    readable: tuple[str, ...],
    is_ours: bool,
    host: str,
    port: int,
    notify: tuple[Recipient, ...],
    rules: Rules,
    rehearsing: bool,
    upkeep: Upkeep,
    epoch: Path | None,
    trusted: bool,
    wish: LibraryWish,
    cluster: Path | None,
) -> None:
    from orchestrator.ports.library import LibraryUnusable
    from orchestrator.ports.store import StoreUnusable
    from orchestrator.server.serve import ServerError
    from orchestrator.transport.broker import start_broker

    users = wiring.broker_users(sorted({*workers, *wiring.known_workers(data)}), readable)
    folder = wiring.broker_folder(data)
    async with start_broker(broker, folder, broker_port, users) as running:
        if running.users or is_ours:
            rules = wiring.knowing(rules, readable)
        try:
            async with wiring.leading(
                data=data,
                store_url=store_url,
                broker_url=running.url_for(wiring.LEADER),
                clock=wiring.open_clock(epoch, trusted=trusted),
                host=host,
                port=port,
                notify=notify,
                rules=rules,
                rehearsing=rehearsing,
                upkeep=upkeep,
                wish=wish,
                cluster=cluster,
            ) as (address, life):
                logging.getLogger("axenic").info("dashboard on %s", address)
                click.echo(f"The dashboard is on {address}")
                for name in workers if running.users else ():
                    click.echo(f"  axenic worker {name} --broker '{running.url_for(name)}'")
                if not is_ours:
                    tell_others(running, readable)
                await life()
        except (ServerError, StoreUnusable, LibraryUnusable) as error:
            raise BadRequest(str(error)) from error
