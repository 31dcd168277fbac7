"""`axenic stop` and `axenic release`: the emergency stop, with or without a leader."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, Refused, connect, format_option, leader_option
from orchestrator.cli.at_workers import (
    UNREACHED,
    UNSURE,
    Said,
    addresses_below,
    all_option,
    only_option,
    places_of,
)
from orchestrator.cli.exits import BadRequest, Unreachable
from orchestrator.cli.services.options import data_option

LOCAL_LIMIT_S = 6.0


@click.command()
@click.argument("name", required=False, default="", metavar="")
@all_option
@only_option
@leader_option
@data_option
@format_option
def stop(
    name: str,
    everything: bool,
    places: tuple[str, ...],
    leader_url: str,
    data: Path,
    form: str,
) -> None:
    """Turn everything off now: an emergency stop, until 'axenic release'.

    Workers of this machine (below --data) are told directly as well, so that it works without
    leader and broker. One job is turned off by 'axenic off JOB'.
    """
    if name:
        raise click.UsageError(
            f"'axenic stop' is the emergency stop of whole workers: 'axenic stop --on {name}', or "
            f"'axenic stop --all'. To turn off the job {name} alone: 'axenic off {name}'"
        )
    _act("stop", everything, places, leader_url, data, form)


@click.command()
@all_option
@only_option
@leader_option
@data_option
@format_option
def release(
    everything: bool, places: tuple[str, ...], leader_url: str, data: Path, form: str
) -> None:
    """End an emergency stop. Nothing starts: vessels stay paused until 'axenic resume'."""
    _act("release", everything, places, leader_url, data, form)


def _act(
    verb: str, everything: bool, places: Sequence[str], leader_url: str, data: Path, form: str
) -> None:
    meant = places_of(places)
    if everything == bool(meant):
        raise click.UsageError(f"say what to {verb}: --all, or --on WORKER")
    told = asyncio.run(_tell(verb, meant, leader_url, addresses_below(data)))
    if form == "json":
        show.print_json([{"worker": name, **each} for name, each in sorted(told.items())])
    else:
        for name, each in sorted(told.items()):
            done = {"stop": "stopped", "release": "released, to be resumed"}[verb]
            click.echo(f"{name}: {done if each['outcome'] == 'done' else each['reason']}")
    _end(verb, told)


def _end(verb: str, told: Said) -> None:
    """Exit 1 where a worker could not do it, 3 where one could not be reached."""
    missing = [name for name, each in told.items() if each["outcome"] in UNSURE]
    failed = [name for name, each in told.items() if each["outcome"] in ("failed", "refused")]
    if not told:
        raise BadRequest(f"there is no worker to {verb}")
    if missing:
        raise Unreachable(
            f"not reached: {', '.join(sorted(missing))}. Each has /unit_api/{verb} on its own "
            "machine; a stop button or the mains switch helps where nothing else does"
        )
    if failed:
        raise BadRequest(f"{', '.join(sorted(failed))} did not {verb}")


async def _tell(
    verb: str, places: list[str], leader_url: str, addresses: Mapping[str, str]
) -> Said:
    """By both ways at once; whoever says that it is done is right."""
    by_leader, here = await asyncio.gather(
        _by_leader(verb, places, leader_url), _here(verb, places, addresses)
    )
    told = {**here}
    for place, said in by_leader.items():
        if told.get(place, {}).get("outcome") != "done":
            told[place] = said
    return told


async def _by_leader(verb: str, places: list[str], leader_url: str) -> Said:
    try:
        async with connect(leader_url) as api:
            if verb == "stop" and not places:
                said: Said = (await api.post("/emergency_stop"))["workers"]
                return said
            workers = places or await _stopped(api)
            each = await asyncio.gather(*(_one(api, verb, place) for place in workers))
            return dict(zip(workers, each, strict=True))
    except (BadRequest, Unreachable) as error:  # whatever it is, it keeps nobody from stopping here
        reason = str(error)
        return {place: _unreached(reason) for place in places or ["the leader"]}


async def _stopped(api: Api) -> list[str]:
    return [one["worker"] for one in (await api.get("/workers"))["items"] if one["stopped"]]


async def _one(api: Api, verb: str, place: str) -> dict[str, Any]:
    worker, _, reactor = place.partition("/")
    path = f"/workers/{quote(worker, safe='')}/{verb}?reactor={quote(reactor, safe='')}"
    try:
        said: dict[str, Any] = await api.post(path)
    except Refused as refusal:
        return _unreached(str(refusal))
    return said


async def _here(verb: str, places: list[str], addresses: Mapping[str, str]) -> Said:
    """Workers of this machine that are meant as a whole."""
    meant = {name: url for name, url in addresses.items() if not places or name in places}
    each = await asyncio.gather(*(_directly(verb, url) for url in meant.values()))
    said = dict(zip(meant, each, strict=True))
    # One that ended left its address behind: that is no news where all were meant.
    return {name: one for name, one in said.items() if places or one["outcome"] != UNREACHED}


async def _directly(verb: str, address: str) -> dict[str, Any]:
    try:
        async with asyncio.timeout(LOCAL_LIMIT_S), connect(address) as api:
            standing: Mapping[str, Any] = await api.post_there(f"/unit_api/{verb}")
    except (BadRequest, Unreachable, TimeoutError, OSError) as error:
        return _unreached(str(error) or "it did not answer")
    trouble = standing["trouble"]
    return {"outcome": "failed" if trouble else "done", "reason": trouble}


def _unreached(reason: str) -> dict[str, Any]:
    return {"outcome": UNREACHED, "reason": reason}
