"""`axenic jobs`, `axenic media` and `axenic logs`: how things stand at the vessels."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import connect, format_option, leader_option
from orchestrator.cli.at_workers import (
    Said,
    Workers,
    addresses_below,
    direct_option,
    end,
    on_option,
    places_of,
    tell_what_came,
)
from orchestrator.cli.exits import BadRequest, Unreachable
from orchestrator.cli.hand_values import VOLUME, shown
from orchestrator.cli.services.options import data_option

LOG_LIMIT_S = 5.0


@click.command()
@on_option
@direct_option
@leader_option
@data_option
@format_option
def jobs(form: str, **where: Any) -> None:
    """List the jobs that run, with their settings and newest values, and what hands hold."""
    found, missing = Workers(where.pop("places"), **where).standings()
    if form == "json":
        show.print_json(found)
    elif found:
        rows = [row for each in found for row in _job_rows(each)]
        show.table(("reactor", "job", "state", "settings", "values", "by hand"), rows)
    _tell_missing(missing)


@click.command()
@click.argument("medium", required=False)
@click.argument("holds", required=False)
@click.option("--note", default="", help="Such as the lot.")
@on_option
@direct_option
@leader_option
@data_option
@format_option
def media(medium: str | None, holds: str | None, note: str, form: str, **where: Any) -> None:
    """List bottles, with when each will be empty; with MEDIUM and HOLDS, record a changed one.

    axenic media feed '5 L' says that a new bottle of 5 L stands there now. Of waste it is the room
    that there is again.
    """
    workers = Workers(where.pop("places"), **where)
    if medium is not None:
        if holds is None:
            raise click.UsageError("say what the new bottle holds: axenic media feed '5 L'")
        holds_ml = VOLUME.convert(holds, None, None)
        args = {"medium": medium, "holds_ml": holds_ml, "note": note}
        tell_what_came(workers.tell("bottle", args), f"a changed bottle of {medium}", form)
        return
    found, missing = workers.standings()
    if form == "json":
        bottles = [
            {"worker": each["worker"], "reactor": each["reactor"], **bottle}
            for each in found
            for bottle in each["bottles"]
        ]
        show.print_json(bottles)
    else:
        rows = [row for each in found for row in _bottle_rows(each)]
        show.table(("reactor", "bottle", "left", "of late", "forecast"), rows)
    _tell_missing(missing)


@click.command()
@on_option
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@leader_option
@data_option
@format_option
def logs(places: tuple[str, ...], limit: int, leader_url: str, data: Any, form: str) -> None:
    """Print what workers logged since they began.

    Those of this machine (below --data) are asked directly, and are all that is meant without --on;
    others by way of the leader. What happened to an experiment is told by 'axenic events'.
    """
    here = addresses_below(data)
    meant = places_of(places) or [*here]
    if not meant:
        raise Unreachable(f"there is no worker below {data}; name one of the leader's with --on")
    found, missing = asyncio.run(_all_logs(meant, here, leader_url, limit))
    lines = sorted(found, key=lambda each: each["at_wall_s"])[-limit:]
    if form == "json":
        show.print_json(lines)
    else:
        for line in lines:
            where = f"{line['worker']} {line['source']}"
            level = "" if line["level"] == "info" else f"{line['level'].upper()} "
            click.echo(f"{show.wall(line['at_wall_s'])}  {where}: {level}{line['text']}")
    _tell_missing(missing)


async def _all_logs(
    meant: Sequence[str], here: Mapping[str, str], leader_url: str, limit: int
) -> tuple[list[dict[str, Any]], Said]:
    each = await asyncio.gather(*(_logs(name, here, leader_url, limit) for name in meant))
    lines = [line for found in each if isinstance(found, list) for line in found]
    missing = {
        name: {"outcome": "unreached", "reason": found}
        for name, found in zip(meant, each, strict=True)
        if isinstance(found, str)
    }
    return lines, missing


async def _logs(
    name: str, here: Mapping[str, str], leader_url: str, limit: int
) -> list[dict[str, Any]] | str:
    try:
        if name not in here:
            async with connect(leader_url) as api:
                path = f"/workers/{quote(name, safe='')}/logs"
                found = (await api.get(path, limit=limit))["items"]
        else:
            async with asyncio.timeout(LOG_LIMIT_S), connect(here[name]) as api:
                found = await api.get_there(f"/unit_api/logs?limit={limit}")
    except (BadRequest, Unreachable, TimeoutError, OSError) as error:
        return str(error) or "it did not answer"
    return [{"worker": name, **line} for line in found]


def place_of(standing: Mapping[str, Any]) -> str:
    """As `--on` names it."""
    worker, reactor = standing["worker"], standing["reactor"]
    return str(worker) if worker == reactor else f"{worker}/{reactor}"


def _job_rows(standing: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    from orchestrator.documents.catalogue import load_catalogue

    catalogue, place = load_catalogue(), place_of(standing)
    hands = {hand["name"]: hand for hand in (standing["run"] or {}).get("hands", ())}
    if not standing["jobs"]:
        stopped = standing["stopped"]
        state = f"stopped by {stopped['by']}" if stopped else "nothing runs"
        yield place, "–", state, "", "", _held(hands.values())
    for job in standing["jobs"]:
        known = catalogue.settings_of(job["job"]) if job["job"] in catalogue.jobs else {}
        settings = {
            name: shown(known[name], value) if name in known else str(value)
            for name, value in job["settings"].items()
        }
        law = {"automation": job["automation"]} if job["automation"] else {}
        own = [hand for name, hand in hands.items() if name.partition(".")[0] == job["job"]]
        yield (
            place,
            job["job"],
            job["state"],
            _pairs(law | settings),
            _pairs({name: _value(each) for name, each in job["signals"].items()}),
            _held(own),
        )


def _value(signal: Mapping[str, Any]) -> str:
    value = signal["value"]
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if signal["is_known"] else f"{text} ({show.span(signal['age_s'])} ago)"


def _held(hands: Any) -> str:
    return ", ".join(
        f"{hand['name']} {hand['value'] if '.' not in hand['name'] else ''}".rstrip()
        + f" by {hand['by']}"
        + (f" for {show.span(hand['for_s'])}" if hand["for_s"] is not None else "")
        for hand in hands
    )


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _bottle_rows(standing: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for bottle in standing["bottles"]:
        is_waste, through_s = bottle["medium"] == "waste", bottle["through_s"]
        word = "full" if is_waste else "empty"
        rate = bottle["rate_ml_h"]
        yield (
            place_of(standing),
            bottle["medium"] + (" (shared)" if bottle["shared"] else ""),
            f"{max(0.0, bottle['left_ml']):.4g} mL" + (" of room" if is_waste else ""),
            f"{rate:.3g} mL/h" if rate else "–",
            f"{word} in {show.span(through_s)}" if through_s is not None else "–",
        )


def _tell_missing(missing: Said) -> None:
    for place, each in sorted(missing.items()):
        click.echo(f"{place}: {each['reason']}", err=True)
    end(missing)
