"""`axenic worker`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from orchestrator.cli import wiring
from orchestrator.cli.files import make_folder
from orchestrator.cli.laboratory import cluster_option
from orchestrator.cli.services.names import worker_name
from orchestrator.cli.services.options import (
    PORT,
    clock_option,
    data_option,
    settled,
    trust_option,
)

if TYPE_CHECKING:
    from orchestrator.messages.machine import MachineDeed

UNIT_PORT = 8430


@click.command()
@click.argument("name")
@data_option
@click.option(
    "--broker",
    required=True,
    envvar="AXENIC_BROKER",
    metavar="URL",
    help="As the leader printed it.",
)
@click.option(
    "--hardware",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="What hangs on this machine, an axenic: hardware/1 document.",
)
@click.option(
    "--keeper",
    type=click.Path(path_type=Path),
    help="The keeper's socket; one is started if nobody answers.",
)
@click.option("--supervisor", type=int, help="Process with which the keeper ends at the latest.")
@click.option("--tags", default="", metavar="TAGS", help="Separated by commas.")
@click.option(
    "--unit-port",
    type=PORT,
    default=UNIT_PORT,
    show_default=True,
    help="Of /unit_api on the loopback; any free one where it is taken.",
)
@click.option(
    "--reboot-command",
    default="",
    metavar="COMMAND",
    help="Lets administrators reboot the machine, by this: 'sudo systemctl reboot'.",
)
@click.option(
    "--shutdown-command",
    default="",
    metavar="COMMAND",
    help="Lets them turn it off, by this: 'sudo systemctl poweroff'.",
)
@click.option(
    "--restart-command",
    default="",
    metavar="COMMAND",
    help="Lets them start this service anew: 'sudo systemctl restart axenic-worker'.",
)
@click.option(
    "--update-command",
    default="",
    metavar="COMMAND",
    help="Lets them update the software: 'sudo systemctl start --no-block axenic-update'.",
)
@click.option(
    "--move-damaged-journal",
    "move_damaged",
    is_flag=True,
    help="Begin a new journal where the one that is there is damaged, which is kept aside.",
)
@cluster_option
@clock_option
@trust_option
def worker(
    name: str,
    data: Path,
    broker: str,
    hardware: Path,
    keeper: Path | None,
    supervisor: int | None,
    tags: str,
    unit_port: int,
    reboot_command: str,
    shutdown_command: str,
    restart_command: str,
    update_command: str,
    move_damaged: bool,
    clock: Path | None,
    trust_clock: bool,
) -> None:
    """Run the worker NAME: it owns the reactors of its hardware description."""
    folder = data / "workers" / worker_name(name)
    socket = keeper or wiring.socket_path(folder, "keeper.sock")
    make_folder(folder, "--data")
    make_folder(socket.parent, "--keeper", mode=0o700)
    settled(
        _work(
            name,
            data=folder,
            broker=broker,
            hardware=hardware,
            keeper=socket,
            supervisor=supervisor,
            tags=[tag.strip() for tag in tags.split(",") if tag.strip()],
            unit_port=unit_port,
            commands=_commands(
                reboot=reboot_command,
                shutdown=shutdown_command,
                restart=restart_command,
                update=update_command,
            ),
            move_damaged=move_damaged,
            epoch=clock,
            trusted=trust_clock,
        )
    )


async def _work(
    name: str,
    *,
    data: Path,
    broker: str,
    hardware: Path,
    keeper: Path,
    supervisor: int | None,
    tags: list[str],
    unit_port: int,
    commands: dict[MachineDeed, list[str]],
    move_damaged: bool,
    epoch: Path | None,
    trusted: bool,
) -> None:
    from orchestrator.cli.hardware import read_hardware

    async with wiring.working(
        name,
        data=data,
        broker_url=broker,
        hardware=read_hardware(hardware),
        keeper=keeper,
        supervisor_pid=supervisor,
        clock=wiring.open_clock(epoch, trusted=trusted),
        tags=tags,
        unit_port=unit_port,
        commands=commands,
        told={"hardware": hardware},
        move_damaged=move_damaged,
    ) as life:
        # All that was imported stays for good: to look through it for garbage would hold up every
        # vessel for tens of milliseconds, now and then.
        gc.collect()
        gc.freeze()
        await life()


def _commands(**said: str) -> dict[MachineDeed, list[str]]:
    """What may be done to the machine, and by which words; no shell reads them."""
    import shlex

    try:
        parted = {name: shlex.split(words) for name, words in said.items() if words.strip()}
    except ValueError as error:
        raise click.UsageError(f"a command cannot be read: {error}") from error
    return cast("dict[MachineDeed, list[str]]", parted)
