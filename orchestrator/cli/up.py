"""`axenic up` and `axenic demo`: a cluster with one command, and nothing left after Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.api import Api, connect
from orchestrator.cli.cluster import Layout, on_terminal, running_cluster
from orchestrator.cli.laboratory import cluster_option
from orchestrator.cli.recipients import Recipient, notify_option
from orchestrator.cli.services.options import angles_option, readable_option, timezone_option
from orchestrator.cli.wiring import until_told
from orchestrator.resources import resource

DASHBOARDS = "local"
"""Who the dashboard's visitors are; the demo's experiment is theirs."""
EXAMPLE = "heat-adapted-turbidostat.yaml"
DEMO_SPEED = 600.0
"""Ten days in 24 minutes."""
port_option = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8420,
    show_default=True,
    help="Of the dashboard.",
)
broker_port_option = click.option("--broker-port", default=8421, show_default=True)
broker_option = click.option(
    "--broker",
    default="auto",
    show_default=True,
    metavar="auto|mosquitto|embedded|URL",
    help="Mosquitto where it is installed, else the embedded one.",
)


@click.command()
@click.option("--workers", type=click.IntRange(1, 32), default=2, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("axenic-data"),
    show_default=True,
)
@port_option
@broker_port_option
@broker_option
@click.option("--speed", type=click.FloatRange(0.1, 5000), default=1.0, show_default=True)
@notify_option
@readable_option
@timezone_option
@angles_option
@cluster_option
def up(
    workers: int,
    data: Path,
    port: int,
    broker_port: int,
    broker: str,
    speed: float,
    notify: tuple[Recipient, ...],
    readable_topics: tuple[str, ...],
    timezone: str,
    angles: tuple[int, ...],
) -> None:
    """Start leader, broker and simulated workers together; Ctrl-C ends them."""
    layout = Layout(
        data=data,
        workers=[f"unit{number}" for number in range(1, workers + 1)],
        port=port,
        broker_port=broker_port,
        broker=broker,
        speed=speed,
        notify=notify,
        readable=readable_topics,
        timezone=timezone,
        angles=angles,
    )
    _run(layout, _stand_by, answers=False)


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".demo"),
    show_default=True,
    help="The demo goes on from here when it is started again.",
)
@port_option
@broker_port_option
@broker_option
@click.option(
    "--speed",
    type=click.FloatRange(1, 5000),
    default=DEMO_SPEED,
    show_default=True,
    help="Simulated seconds in one second.",
)
@click.option("--profile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@angles_option
def demo(
    data: Path,
    port: int,
    broker_port: int,
    broker: str,
    speed: float,
    profile: Path | None,
    angles: tuple[int, ...],
) -> None:
    """Run the example on three simulated workers, faster than life; Ctrl-C ends it."""
    layout = Layout(
        data=data,
        workers=["unit1", "unit2", "unit3"],
        port=port,
        broker_port=broker_port,
        broker=broker,
        speed=speed,
        angles=angles or (angles_in_profile(profile) if profile is not None else ()),
    )
    path = profile or resource("profiles") / EXAMPLE
    _run(layout, lambda api: _show(api, path), answers=True)


def _run(layout: Layout, body: Callable[[Api], Awaitable[None]], *, answers: bool) -> None:
    click.echo("Starting leader, broker and simulated workers …")
    asyncio.run(until_told(_with_cluster(layout, body, answers)))
    click.echo(
        f"Everything has ended; started again with the same --data {layout.data}, it goes on."
    )


async def _with_cluster(
    layout: Layout, body: Callable[[Api], Awaitable[None]], answers: bool
) -> None:
    from orchestrator.cli.bystander import Bystander

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            running_cluster(layout, lambda text: click.secho(text, fg="yellow", err=True))
        )
        api = await stack.enter_async_context(connect(layout.address, DASHBOARDS))
        bystander = asyncio.create_task(
            Bystander(layout, api, answers=answers).run(), name="stand by"
        )
        stack.push_async_callback(_end, bystander)
        click.echo("The dashboard is on " + click.style(layout.address, bold=True))
        await body(api)


def angles_in_profile(profile: Path) -> tuple[int, ...]:
    """Those of the photodiodes that some vessel of a profile makes its od600 of."""
    from orchestrator.cli.prepare import prepare
    from orchestrator.ports.check import Folder
    from orchestrator.sim.rehearse import angles_wanted

    text = profile.read_text("utf-8", "replace")
    plan = prepare(text, str(profile), {}, Folder(profile.parent)).plan
    vessels = () if plan is None else plan.vessels  # what is wrong with it is told when it is sent
    return tuple(sorted({angle for each in vessels for angle in angles_wanted(each)}))


async def _stand_by(_: Api) -> None:
    click.echo("Ctrl-C ends everything.")
    await asyncio.Event().wait()


async def _show(api: Api, profile: Path) -> None:
    """Submit the example unless there is an experiment already; follow it."""
    from orchestrator.cli.prepare import upload_of
    from orchestrator.cli.progress import follow

    found = await _newest(api)
    if found is None:
        found = await api.post("/experiments", await asyncio.to_thread(upload_of, profile))
    click.echo(f"{found['name']}: {api_page(found['id'])}; Ctrl-C ends the demo.")
    await follow(api, found["id"], live=on_terminal())
    click.echo("The experiment is over; the dashboard stays until Ctrl-C.")
    await asyncio.Event().wait()


def api_page(experiment: str) -> str:
    """Path of an experiment's page."""
    return f"/experiments/{experiment}"


async def _newest(api: Api) -> dict[str, Any] | None:
    """The newest one that goes on, else the newest."""
    items: list[dict[str, Any]] = (await api.get("/experiments", limit=50))["items"]
    going_on = [item for item in items if item["state"] in ("running", "paused")]
    return next(iter(going_on or items), None)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
