"""The services as processes: leader, worker, keeper, bench, broker."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from orchestrator.cli import wiring
from orchestrator.cli.exits import BadRequest, Unreachable
from orchestrator.cli.laboratory import cluster_option
from orchestrator.cli.pairs import pairs
from orchestrator.cli.plain_names import plain

if TYPE_CHECKING:
    from orchestrator.leader.situation import Rules
    from orchestrator.transport.broker import Broker

F = TypeVar("F", bound=Callable[..., Any])
BROKER_PORT = 8421
UNIT_PORT = 8430
PORT = click.IntRange(0, 65535)

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("axenic-data"),
    show_default=True,
    envvar="AXENIC_DATA",
    help="Folder for everything that must survive.",
)
broker_option = click.option(
    "--broker",
    default="auto",
    show_default=True,
    envvar="AXENIC_BROKER",
    metavar="URL|auto|mosquitto|embedded",
    help="mqtt://user:password@host:port, or what to start here.",
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
clock_option = click.option(
    "--clock",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A demo's clock file; the machine's clock otherwise.",
)
trust_option = click.option(
    "--trust-clock", is_flag=True, help="Somebody looked: the machine's clock is right."
)


def settled(service: Callable[..., Awaitable[None]], *args: Any, **settings: Any) -> None:
    """Run a service; what a person can mend is one clear line."""
    from orchestrator.hardware.epoch import ClockStands
    from orchestrator.ports.link import LinkRefused
    from orchestrator.ports.reactor import DeviceFault
    from orchestrator.transport.process import BrokerError

    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        asyncio.run(_told(service, *args, **settings))
    except (ClockStands, BrokerError, DeviceFault) as error:
        raise BadRequest(str(error)) from error
    except LinkRefused as error:
        raise Unreachable(str(error)) from error
    except KeyboardInterrupt:
        return


async def _told(service: Callable[..., Awaitable[None]], *args: Any, **settings: Any) -> None:
    await wiring.until_told(service(*args, **settings))


@click.command()
@data_option
@broker_option
@click.option(
    "--broker-port", default=BROKER_PORT, show_default=True, help="Of a broker that is started."
)
@click.option("--workers", default="", metavar="NAMES", help="Who may join, separated by commas.")
@readable_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8420, show_default=True)
@click.option("--notify", multiple=True, metavar="URL", help="Where alerts go, in apprise's form.")
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
@cluster_option
@clock_option
@trust_option
def leader(
    data: Path,
    broker: str,
    broker_port: int,
    workers: str,
    readable_topics: tuple[str, ...],
    host: str,
    port: int,
    notify: tuple[str, ...],
    timezone: str,
    open_per_user: int,
    pools: tuple[str, ...],
    rehearse: bool,
    broker_is_ours: bool,
    clock: Path | None,
    trust_clock: bool,
) -> None:
    """Plan, record and serve the dashboard."""
    queue = wiring.queue_rules(open_per_user, pairs(pools, "--pool"), timezone)
    if not _is_loopback(host):
        raise BadRequest(
            f"--host {host}: there is no sign-in yet, so the leader listens on the loopback only; "
            "reach it through an ssh tunnel"
        )
    names = _names(workers)
    data.mkdir(parents=True, exist_ok=True)
    place = (broker, broker_port, names, readable_topics, broker_is_ours)
    settled(_lead, data, *place, host, port, notify, queue, rehearse, clock, trust_clock)


def _names(workers: str) -> list[str]:
    """Of workers that may join."""
    names = [name.strip() for name in workers.split(",")]
    return [_worker_name(name) for name in names if name]


def _worker_name(name: str) -> str:
    """A plain name that nobody else has at the broker.

    Raises:
        BadRequest: it is none.
    """
    if name in wiring.NO_WORKERS:
        raise BadRequest(
            f"'{name}' cannot be a worker's name: at the broker it stands for "
            f"{wiring.NO_WORKERS[name]}; take another one, such as unit1"
        )
    return plain(name, "a worker's name")


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


async def _lead(
    data: Path,
    broker: str,
    broker_port: int,
    workers: list[str],
    readable: tuple[str, ...],
    is_ours: bool,
    host: str,
    port: int,
    notify: tuple[str, ...],
    rules: Rules,
    rehearsing: bool,
    epoch: Path | None,
    trusted: bool,
) -> None:
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
                broker_url=running.url_for(wiring.LEADER),
                clock=wiring.open_clock(epoch, trusted=trusted),
                host=host,
                port=port,
                notify=notify,
                rules=rules,
                rehearsing=rehearsing,
            ) as (address, life):
                logging.getLogger("axenic").info("dashboard on %s", address)
                click.echo(f"The dashboard is on {address}")
                for name in workers if running.users else ():
                    click.echo(f"  axenic worker {name} --broker '{running.url_for(name)}'")
                if not is_ours:
                    _tell_others(running, readable)
                await life()
        except (ServerError, StoreUnusable) as error:
            raise BadRequest(str(error)) from error


def _tell_others(running: Broker, readable: Sequence[str]) -> None:
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
    clock: Path | None,
    trust_clock: bool,
) -> None:
    """Run the worker NAME: it owns the reactors of its hardware description."""
    folder = data / "workers" / _worker_name(name)
    socket = keeper or wiring.socket_path(folder, "keeper.sock")
    folder.mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = (socket, supervisor)
    settled(_work, name, folder, broker, hardware, *kept, tags, unit_port, clock, trust_clock)


async def _work(
    name: str,
    data: Path,
    broker: str,
    hardware: Path,
    keeper: Path,
    supervisor: int | None,
    tags: str,
    unit_port: int,
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
        tags=[tag.strip() for tag in tags.split(",") if tag.strip()],
        unit_port=unit_port,
    ) as life:
        await life()


@click.command()
@click.option("--socket", required=True, type=click.Path(path_type=Path))
@click.option(
    "--hardware", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--idle-s",
    type=float,
    default=60.0,
    show_default=True,
    help="Without a worker, it ends after so long.",
)
@clock_option
def keeper(socket: Path, hardware: Path, idle_s: float, clock: Path | None) -> None:
    """Own the outputs of a worker's hardware, and turn them off when it falls silent."""
    import msgspec

    from orchestrator.cli.hardware import read_hardware
    from orchestrator.hardware.keeper.process import main
    from orchestrator.hardware.reactor import keeper_config

    speed = wiring.open_clock(clock, trusted=True).speed
    config = keeper_config(read_hardware(hardware), socket, speed)
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    raise SystemExit(main(msgspec.structs.replace(config, idle_s=idle_s)))


@click.command()
@click.argument("reactors", nargs=-1, required=True)
@click.option("--socket", required=True, type=click.Path(path_type=Path))
@click.option(
    "--hardware",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write its description there.",
)
@click.option(
    "--kept",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Go on from this file, and keep it.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--inoculated", is_flag=True, help="Cells are in from the start.")
@clock_option
def bench(
    reactors: tuple[str, ...],
    socket: Path,
    hardware: Path | None,
    kept: Path | None,
    seed: int,
    inoculated: bool,
    clock: Path | None,
) -> None:
    """Simulate REACTORS, as real ones would stand on a bench: whoever uses them may die."""
    from orchestrator.cli.files import written_whole
    from orchestrator.sim.bench_hardware import describe
    from orchestrator.sim.bench_process import BenchConfig, main, reactors_of

    config = BenchConfig(
        path=str(socket),
        reactors={name: seed + number for number, name in enumerate(reactors)},
        kept_in=str(kept) if kept else "",
        epoch=str(clock) if clock else "",
        inoculated=inoculated,
    )
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if hardware is not None:
        hardware.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(hardware) as file:
            file.write(json.dumps(describe(reactors_of(config), socket), indent=1).encode())
    raise SystemExit(main(config))


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
    names = _names(workers)
    settled(_broke, data, kind, port, names, readable_topics)


async def _broke(
    data: Path, kind: str, port: int, workers: list[str], readable: tuple[str, ...]
) -> None:
    from orchestrator.transport.broker import start_broker

    folder = wiring.broker_folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    users = wiring.broker_users(sorted({*workers, *wiring.known_workers(data)}), readable)
    async with start_broker(kind, folder, port, users) as running:
        click.echo(f"{running.kind} listens on {running.url}; passwords are in {folder}")
        for name in (wiring.LEADER, *workers):
            click.echo(f"  {name}: {running.url_for(name)}")
        _tell_others(running, readable)
        await asyncio.Event().wait()
