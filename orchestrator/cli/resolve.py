"""`axenic resolve`: what really moved in a dose of which nobody saw the end."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest


@click.command()
@click.argument("experiment")
@click.argument("key", required=False)
@click.option("--happened", is_flag=True, help="All of it moved.")
@click.option("--did-not", is_flag=True, help="Nothing moved.")
@click.option("--volume", metavar="VOLUME", help="So much moved, such as '1.2 mL'.")
@click.option("--note", default="", metavar="TEXT", help="How you know.")
@leader_option
@format_option
def resolve(
    experiment: str,
    key: str | None,
    happened: bool,
    did_not: bool,
    volume: str | None,
    note: str,
    leader_url: str,
    form: str,
) -> None:
    """Say what moved in the unknown dose KEY; without KEY, list the unknown doses of EXPERIMENT.

    The outcome stays unknown and nothing is pumped again: limits, volumes and bottles count what
    you say instead of the whole dose.
    """
    path = f"/experiments/{quote(experiment, safe='')}/doses"
    unknown = ask(leader_url, lambda api: _unknown(api, path))
    if key is None:
        _list(unknown, form)
        return
    found = next((each for each in unknown if each["key"] == key), None)
    if found is None:
        raise BadRequest(f"no dose {key} waits to be resolved; 'axenic resolve {experiment}' lists")
    if sum((happened, did_not, volume is not None)) != 1:
        raise click.UsageError("say --happened, --did-not or --volume")
    moved_ml = _volume_ml(volume) if volume else found["volume_ml"] if happened else 0.0
    body = {"key": key, "volume_ml": moved_ml, "note": note}
    said = ask(leader_url, lambda api: api.post(f"{path}/resolve", body))
    if said["outcome"] != "done":
        raise BadRequest(said["reason"] or said["outcome"])
    click.echo(f"{found['vessel']}: {moved_ml:g} mL by {found['pump']} count from now on")


async def _unknown(api: Api, path: str) -> list[dict[str, Any]]:
    return [each async for each in api.pages(path, unresolved="true")]


def _list(unknown: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        show.print_json(unknown)
    elif not unknown:
        click.echo("Of all doses somebody saw the end, or has said what moved.")
    else:
        show.table(
            ("vessel", "dose", "began", "reason", "key"),
            [
                (
                    each["vessel"],
                    f"{each['volume_ml']:g} mL by {each['pump']}",
                    show.wall(each["began_wall_s"]),
                    each["reason"],
                    each["key"],
                )
                for each in unknown
            ],
        )


def _volume_ml(text: str) -> float:
    from orchestrator.model.units import UnitError, parse_quantity

    try:
        return parse_quantity(text, "volume")
    except UnitError as error:
        raise BadRequest(f"--volume {text}: {error}") from error
