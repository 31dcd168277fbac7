"""A session of comparisons as a conversation, and calibrations as the leader knows them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli.api import Api
from orchestrator.cli.drawing.scatter import scatter
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.quantity_option import QUANTITY
from orchestrator.model.calibration import Calibration, Point

LOOK_S = 0.3
"""Between two looks at a machine that is busy."""
Found = dict[str, Any]


async def place_of(api: Api, place: str | None) -> tuple[str, str]:
    """Worker and reactor; the only ones there are, if nobody says."""
    if place is not None:
        worker, _, reactor = place.partition("/")
        return worker, reactor
    workers = (await api.get("/workers"))["items"]
    if len(workers) != 1 or len(workers[0]["reactors"]) != 1:
        names = ", ".join(each["worker"] for each in workers) or "none"
        raise BadRequest(f"say where with --on WORKER or --on WORKER/REACTOR; there are {names}")
    return workers[0]["worker"], next(iter(workers[0]["reactors"]))


async def do(api: Api, worker: str, verb: str, reactor: str = "", **args: Any) -> Found:
    """Have a worker do something.

    Raises:
        BadRequest: it did not, with its reason.
    """
    body = {"do": verb, "reactor": reactor, "args": args}
    said = await api.post(f"/workers/{quote(worker, safe='')}/calibrate", body)
    if said["outcome"] != "done":
        raise BadRequest(f"{said['outcome']}: {said['reason']}")
    result: Found = said["result"]
    return result


async def begin(api: Api, place: str | None, args: dict[str, Any]) -> tuple[str, str]:
    """Begin a session; answers its worker and its id."""
    worker, reactor = await place_of(api, place)
    session = (await do(api, worker, "start", reactor, **args))["session"]
    click.echo(f"Session {session['id']}: {session['of']} comparisons of {session['device']}")
    return worker, session["id"]


async def find_session(api: Api, id_: str | None) -> Found:
    """One that is open; the only one, if nobody says which."""
    items: list[Found] = (await api.get("/calibrations/sessions"))["items"]
    found = [one for one in items if id_ is None or one["session"]["id"] == id_]
    if len(found) != 1:
        names = ", ".join(one["session"]["id"] for one in items) or "none"
        raise BadRequest(f"say which session; open are {names}")
    return found[0]


async def talk(api: Api, worker: str, id_: str) -> None:
    """Say what is to be prepared, let the machine act, ask, until all is compared and kept."""
    while True:
        found = await find_session(api, id_)
        session = found["session"]
        if session["stage"] == "acting":
            await asyncio.sleep(LOOK_S)
        elif session["stage"] == "preparing":
            await _prepare(api, worker, session)
        elif session["stage"] == "asking":
            await _answer(api, worker, found)
        else:
            await _keep(api, worker, session, found["method"])
            return


async def _prepare(api: Api, worker: str, session: Found) -> None:
    if session["trouble"]:
        click.secho(f"  {session['trouble']}", fg="yellow")
    click.echo(f"\n[{session['done'] + 1}/{session['of']}] {session['prepare']}")
    said = click.prompt("Enter when ready (r repeats the last one)", default="", show_default=False)
    verb = "again" if said.strip().lower() == "r" else "go"
    await _settled(api, worker, verb, session["id"])


async def _answer(api: Api, worker: str, found: Found) -> None:
    session, asked = found["session"], found["session"]["asked"]
    raw = f"{session['raw']:.5g} {found['raw_unit']}".strip()
    click.echo(f"  {session['device']}: {raw}")
    value = click.prompt(
        f"  {asked['question']}", default=asked["expected"], type=QUANTITY[asked["type"]]
    )
    await _settled(api, worker, "answer", session["id"], value=value)


async def _settled(api: Api, worker: str, verb: str, id_: str, **args: Any) -> None:
    """A refusal is told, and asked about again; the copy follows the worker a moment later."""
    try:
        told = (await do(api, worker, verb, session=id_, **args))["session"]
    except BadRequest as refusal:
        click.secho(f"  {refusal}", fg="red")
        return
    for _ in range(20):
        now = (await find_session(api, id_))["session"]
        if (now["stage"], now["done"]) != ("preparing", told["done"]) or now == told:
            return
        await asyncio.sleep(LOOK_S / 3)


async def _keep(api: Api, worker: str, session: Found, method: str) -> None:
    day = datetime.now(UTC).strftime("%Y-%m-%dT%H%M")
    while True:
        click.echo("")
        method = click.prompt("Fit", default=method)
        name = click.prompt("Name", default=f"{session['device']}-{day}")
        valid_for = click.prompt("Valid for (such as 90 d, or never)", default="never")
        activate = click.confirm("Go by it from now on?", default=True)
        args = {"session": session["id"], "name": name, "method": method, "activate": activate}
        if valid_for != "never":
            args["valid_for_s"] = QUANTITY["time"].convert(valid_for, None, None)
        try:
            await do(api, worker, "keep", **args)
        except BadRequest as refusal:
            click.secho(f"  {refusal}", fg="red")
            continue
        break
    for _ in range(20):
        kept = [one for one in await known(api, worker, session["device"]) if one["name"] == name]
        if kept:
            draw(kept[0])
            return
        await asyncio.sleep(LOOK_S)


async def known(api: Api, place: str | None, device: str | None) -> list[Found]:
    """Calibrations of a place and a device, or of all."""
    worker, _, reactor = (place or "").partition("/")
    items: list[Found] = [each async for each in api.pages("/calibrations")]
    return [
        one
        for one in items
        if worker in ("", one["worker"])
        and reactor in ("", one["reactor"])
        and device in (None, one["device"])
    ]


async def one_known(api: Api, name: str, place: str | None, device: str | None) -> Found:
    """The one of that name."""
    items = await known(api, place, device)
    found = [one for one in items if one["name"] == name]
    if not found:
        listed = ", ".join(sorted({one["name"] for one in items})) or "none"
        raise BadRequest(f"there is no calibration {name} here; there are {listed}")
    if len(found) > 1:
        places = ", ".join(f"{one['worker']}/{one['reactor']} {one['device']}" for one in found)
        raise BadRequest(f"{name} is a calibration of {places}: say which with --on and --device")
    return found[0]


def value_of(found: Found) -> Calibration:
    """A calibration as the leader told it."""
    return Calibration(
        name=found["name"],
        device=found["device"],
        kind=found["kind"],
        method=found["method"],
        points=tuple(Point(raw=raw, actual=actual) for raw, actual in found["points"]),
        degree=found["degree"],
        made_wall_s=found["made_wall_s"],
        by=found["by"],
        note=found["note"],
        valid_for_s=found["valid_for_s"],
        raw_type=found["raw_type"],
        actual_type=found["actual_type"],
        curve=tuple(Point(raw=raw, actual=actual) for raw, actual in found["through"]),
    )


def record_to_import(made: Calibration) -> Found:
    """What a worker takes."""
    import msgspec

    from orchestrator.messages.calibrations import record_of

    record: Found = msgspec.to_builtins(record_of("", made))
    return record


def draw(found: Found) -> None:
    """The curve, the points, and how far apart they are."""
    state = "in force" if found["active"] else "not in force"
    expired = ", expired" if found["expired"] else ""
    click.secho(
        f"{found['name']} of {found['device']}: {found['method']}, {state}{expired}", bold=True
    )
    fit = found["fit"]
    raw, actual = (f"{word} {unit}".strip() for word, unit in _axes(found))
    if fit is None:
        click.echo("No curve can be laid through its points.")
        return
    click.echo("\n".join(scatter(found["points"], fit["curve"], (raw, actual))))
    for (x, y), residual in zip(found["points"], fit["residuals"], strict=True):
        click.echo(f"  {x:>12.5g} {y:>12.5g}  off by {residual:+.3g}")
    share = "" if fit["r_squared"] is None else f", R² {fit['r_squared']:.5f}"
    unit = found["actual_unit"]
    click.echo(f"standard deviation {fit['deviation']:.3g} {unit}".rstrip() + share)


def _axes(found: Found) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("raw", found["raw_unit"]), ("actual", found["actual_unit"])
