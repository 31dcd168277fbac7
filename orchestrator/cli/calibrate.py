"""`axenic calibrate`: devices are compared with scales, standards and other instruments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.quantity_option import QUANTITY, quantities

METHODS = ("proportional", "offset", "linear", "polynomial", "spline")
on_option = click.option(
    "--on",
    "place",
    metavar="WORKER[/REACTOR]",
    help="Where the device is; may be left out where there is only one.",
)
fit_option = click.option(
    "--fit", type=click.Choice(METHODS), help="How the curve is laid; the usual one of the device."
)
degree_option = click.option(
    "--degree", type=click.IntRange(1, 5), default=2, show_default=True, help="Of a polynomial."
)


@click.group()
def calibrate() -> None:
    """Compare devices with scales, standards and other instruments, and keep what came of it."""


@calibrate.command()
@click.argument("device")
@on_option
@click.option(
    "--at",
    "at",
    metavar="LIST",
    help="Where to compare, separated by commas: 2 s, 10 s of a pump, 10 %, 50 % of a stirrer, "
    "the values of standards of all others.",
)
@click.option("--dilute-from", type=float, metavar="OD600", help="A culture that is diluted,")
@click.option("--factor", type=float, default=2.0, show_default=True, help="by so much each time,")
@click.option("--steps", type=click.IntRange(2, 20), default=6, show_default=True, help="so often.")
@click.option("--repeats", type=click.IntRange(1, 10), default=1, show_default=True)
@click.option("--density", type=float, default=1.0, show_default=True, help="Of the liquid, g/mL.")
@click.option(
    "--vessel-holds",
    metavar="VOLUME",
    help="What is in the vessel now: more than it takes besides is never pumped, in case the "
    "outlet hangs in it.",
)
@leader_option
def start(
    device: str,
    place: str | None,
    at: str | None,
    dilute_from: float | None,
    factor: float,
    steps: int,
    repeats: int,
    density: float,
    vessel_holds: str | None,
    leader_url: str,
) -> None:
    """Compare DEVICE (feed_pump, photodiode, stirrer, thermometer, ph_probe, …), by questions.

    What is done is kept on the worker: Ctrl-C loses nothing, and 'axenic calibrate resume' goes on.
    """
    from orchestrator.cli.comparing import begin, talk
    from orchestrator.control.calibration.protocol import dilution_series

    args: dict[str, Any] = {"device": device, "repeats": repeats, "density_g_ml": density}
    if dilute_from is not None:
        args["values"] = list(dilution_series(dilute_from, factor, steps))
    elif at is not None:
        args["values"] = quantities(at, device)
    if vessel_holds is not None:
        args["vessel_holds_ml"] = QUANTITY["volume"].convert(vessel_holds, None, None)

    async def work(api: Api) -> None:
        await talk(api, *await begin(api, place, args))

    _talking(leader_url, work)


@calibrate.command()
@click.argument("session", required=False)
@leader_option
def resume(session: str | None, leader_url: str) -> None:
    """Go on with SESSION, or with the only one that is open."""
    from orchestrator.cli.comparing import find_session, talk

    async def work(api: Api) -> None:
        found = await find_session(api, session)
        await talk(api, found["worker"], found["session"]["id"])

    _talking(leader_url, work)


@calibrate.command()
@leader_option
@format_option
def sessions(leader_url: str, form: str) -> None:
    """List the sessions that are open."""
    items = ask(leader_url, lambda api: api.get("/calibrations/sessions"))["items"]
    if form == "json":
        show.print_json(items)
        return
    show.table(
        ("SESSION", "WORKER", "REACTOR", "DEVICE", "STAGE", "DONE", "BY", "SINCE"),
        [
            (
                one["session"]["id"],
                one["worker"],
                one["session"]["reactor"],
                one["session"]["device"],
                one["session"]["stage"],
                f"{one['session']['done']} of {one['session']['of']}",
                one["session"]["by"],
                show.wall(one["session"]["began_wall_s"]),
            )
            for one in items
        ],
    )


@calibrate.command()
@click.argument("session")
@leader_option
def abandon(session: str, leader_url: str) -> None:
    """End SESSION without a calibration."""
    from orchestrator.cli.comparing import do, find_session

    async def work(api: Api) -> None:
        found = await find_session(api, session)
        await do(api, found["worker"], "abandon", session=session)

    ask(leader_url, work)
    click.echo(f"{session} is abandoned")


@calibrate.command("list")
@on_option
@click.option("--device", help="Only of this one.")
@leader_option
@format_option
def list_(place: str | None, device: str | None, leader_url: str, form: str) -> None:
    """List calibrations, those in force and older ones."""
    from orchestrator.cli.comparing import known

    items = ask(leader_url, lambda api: known(api, place, device))
    if form == "json":
        show.print_json(items)
        return
    show.table(
        ("WORKER", "REACTOR", "DEVICE", "NAME", "IN FORCE", "FIT", "POINTS", "MADE", "EXPIRES"),
        [
            (
                one["worker"],
                one["reactor"],
                one["device"],
                one["name"],
                "yes" if one["active"] else "",
                one["method"],
                str(len(one["points"])),
                show.wall(one["made_wall_s"]),
                "expired" if one["expired"] else show.wall(one["expires_wall_s"]),
            )
            for one in items
        ],
    )


@calibrate.command("show")
@click.argument("name")
@on_option
@click.option("--device")
@leader_option
@format_option
def show_(name: str, place: str | None, device: str | None, leader_url: str, form: str) -> None:
    """Show the calibration NAME: its curve, and how far each point is from it."""
    from orchestrator.cli.comparing import draw, one_known

    found = ask(leader_url, lambda api: one_known(api, name, place, device))
    if form == "json":
        show.print_json(found)
    else:
        draw(found)


@calibrate.command()
@click.argument("device")
@click.argument("name")
@on_option
@leader_option
def activate(device: str, name: str, place: str | None, leader_url: str) -> None:
    """Let DEVICE go by the calibration NAME from now on; what runs, too."""
    _file(leader_url, place, "activate", device=device, name=name)
    click.echo(f"{device} goes by {name}")


@calibrate.command()
@click.argument("device")
@on_option
@leader_option
def deactivate(device: str, place: str | None, leader_url: str) -> None:
    """Let DEVICE go by the hardware description again."""
    _file(leader_url, place, "activate", device=device, name="")
    click.echo(f"{device} goes by the hardware description")


@calibrate.command()
@click.argument("device")
@click.argument("name")
@on_option
@leader_option
def delete(device: str, name: str, place: str | None, leader_url: str) -> None:
    """Forget a calibration that is not in force; readings go on naming it."""
    _file(leader_url, place, "delete", device=device, name=name)
    click.echo(f"{name} is forgotten")


@calibrate.command("export")
@click.argument("name")
@on_option
@click.option("--device")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file instead.")
@leader_option
def export_(
    name: str, place: str | None, device: str | None, out: Path | None, leader_url: str
) -> None:
    """Write the calibration NAME as an axenic: calibration/1 document."""
    from orchestrator.cli.comparing import one_known, value_of
    from orchestrator.cli.files import written_whole
    from orchestrator.documents.calibration import calibration_text

    text = calibration_text(
        value_of(ask(leader_url, lambda api: one_known(api, name, place, device)))
    )
    if out is None:
        click.echo(text, nl=False)
        return
    with written_whole(out) as file:
        file.write(text.encode())


@calibrate.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@on_option
@click.option("--activate", "activates", is_flag=True, help="Go by it at once.")
@leader_option
def import_(file: Path, place: str | None, activates: bool, leader_url: str) -> None:
    """Take the axenic: calibration/1 document FILE to a worker."""
    from orchestrator.cli.comparing import record_to_import
    from orchestrator.cli.recalibrate import read_calibration

    made = read_calibration(file)
    body = {"calibration": record_to_import(made), "activate": activates}
    _file(leader_url, place, "import", **body)
    click.echo(f"{made.device} has {made.name}" + (" and goes by it" if activates else ""))


def _file(leader_url: str, place: str | None, verb: str, **args: Any) -> None:
    from orchestrator.cli.comparing import do, place_of

    async def work(api: Api) -> None:
        worker, reactor = await place_of(api, place)
        await do(api, worker, verb, reactor, **args)

    ask(leader_url, work)


def _talking(leader_url: str, work: Any) -> None:
    try:
        ask(leader_url, work)
    except click.Abort:
        raise BadRequest(
            "left; the worker keeps what was done, and 'axenic calibrate resume' goes on"
        ) from None
