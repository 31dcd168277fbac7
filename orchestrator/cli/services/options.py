"""What the commands of several services take, and how a service is run to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from orchestrator.cli import wiring
from orchestrator.cli.exits import BadRequest, Unreachable

BROKER_PORT = 8421
PORT = click.IntRange(0, 65535)

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("axenic-data"),
    show_default=True,
    envvar="AXENIC_DATA",
    help="Folder for everything that must survive.",
)


def _database(_context: click.Context, _parameter: click.Parameter, url: str | None) -> str | None:
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise click.BadParameter("write postgresql://USER@HOST/DATABASE")
    return url or None


store_option = click.option(
    "--store",
    envvar="AXENIC_STORE",
    metavar="URL",
    callback=_database,
    help="postgresql://user@host/database; a file in the data folder otherwise.",
)


def _readable(_context: click.Context, _parameter: click.Parameter, said: Any) -> tuple[str, ...]:
    from orchestrator.transport.readable import checked_readable

    try:
        return checked_readable(said)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


readable_option = click.option(
    "--readable-topics",
    multiple=True,
    metavar="FILTER",
    callback=_readable,
    help="What workers may read beside Axenic's own, such as 'lab/#', on a broker started here.",
)


def _zone(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    from orchestrator.documents.zones import find_zone

    if find_zone(name) is None:
        raise click.BadParameter(f"there is no timezone '{name}'; write Europe/Berlin or UTC")
    return name


timezone_option = click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    callback=_zone,
    help="Of cron entries in profiles that name none.",
)


def _cron(_context: click.Context, _parameter: click.Parameter, cron: str) -> str:
    from orchestrator.execution.cron import validate

    if cron and (wrong := validate(cron)):
        raise click.BadParameter(wrong)
    return cron


maintenance_option = click.option(
    "--maintenance",
    default="",
    metavar="CRON",
    callback=_cron,
    help="When the store is checked and copied, such as '30 3 * * *'; else when somebody asks.",
)
backups_option = click.option(
    "--backups",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the backups; backups in the data folder otherwise.",
)
keep_option = click.option(
    "--keep-backups",
    type=click.IntRange(1, 10_000),
    default=14,
    show_default=True,
    help="So many of them.",
)
sync_option = click.option(
    "--sync",
    default="",
    metavar="FOLDER|HOST:FOLDER",
    help="Where maintenance brings backups, too: a mounted folder, or a target of rsync.",
)
clock_option = click.option(
    "--clock",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A demo's clock file; the machine's clock otherwise.",
)
trust_option = click.option(
    "--trust-clock", is_flag=True, help="Somebody looked: the machine's clock is right."
)


def settled(service: Coroutine[Any, Any, None]) -> None:
    """Run a service; what a person can mend is one clear line."""
    from orchestrator.hardware.epoch import ClockStands
    from orchestrator.ports.journal import JournalUnusable
    from orchestrator.ports.link import LinkRefused
    from orchestrator.ports.reactor import DeviceFault
    from orchestrator.transport.process import BrokerError

    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        asyncio.run(wiring.until_told(service))
    except (ClockStands, BrokerError, DeviceFault, JournalUnusable) as error:
        raise BadRequest(str(error)) from error
    except LinkRefused as error:
        raise Unreachable(str(error)) from error
    except KeyboardInterrupt:
        return


def _angles(
    _context: click.Context, _parameter: click.Parameter, said: str | None
) -> tuple[int, ...]:
    """Read `45,135`, or `all`."""
    from orchestrator.model.photodiode import ANGLES

    if said is None:
        return ()
    if said == "all":
        return ANGLES
    words = [each.strip().removesuffix("°") for each in said.split(",")]
    known = {str(angle): angle for angle in ANGLES}
    wrong = [each for each in words if each not in known]
    if wrong:
        raise click.BadParameter(
            f"'{wrong[0]}' is none of {', '.join(known)}, and not all", param_hint="--angles"
        )
    return tuple(sorted({known[each] for each in words}))


angles_option = click.option(
    "--angles",
    metavar="45,90,135,180|all",
    callback=_angles,
    help="Simulate photodiodes at these angles besides the first.",
)
