"""`axenic self-test`: reactors try their own devices, while nothing runs on them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, Refused, ask, format_option, leader_option
from orchestrator.cli.at_workers import only_option, places_of
from orchestrator.cli.exits import BadRequest, Unreachable

LOOK_S = 0.5
LIMIT_S = 900.0
MARKS = {"passed": "✓", "failed": "✗", "unseen": "?", "skipped": "–"}
Test = dict[str, Any]


@click.command("self-test")
@only_option
@click.option("--last", is_flag=True, help="Show how the last ones went, and begin none.")
@leader_option
@format_option
def self_test(places: tuple[str, ...], last: bool, leader_url: str, form: str) -> None:
    """Try pumps, stirrer, heater, light and sensors of reactors on which nothing runs.

    Takes some three minutes. The waste tube may hang in its bottle, and each medium's pump brings
    1 mL. Without --on all free reactors are tested.
    """
    meant = places_of(places)
    tests, refused = ask(leader_url, lambda api: _shown(api, meant) if last else _test(api, meant))
    if form == "json":
        show.print_json(tests)
    else:
        for each in tests:
            _print(each)
    bad = [_where(each) for each in tests if _is_bad(each["test"])]
    if bad:
        raise BadRequest(f"not everything passed on {', '.join(bad)}")
    if refused:
        raise BadRequest(f"tested {len(tests)} of {len(tests) + refused}")


async def _shown(api: Api, places: Sequence[str]) -> tuple[list[Test], int]:
    return await _last(api, places), 0


async def _test(api: Api, places: Sequence[str]) -> tuple[list[Test], int]:
    """At once on all; one that refuses keeps no other from being tested, and is counted."""
    wanted = places or await _free(api)
    if not wanted:
        raise BadRequest("there is no reactor that is free to be tested")
    said = await asyncio.gather(*(_begin(api, place) for place in wanted))
    begun = {id_ for id_, _ in said if id_}
    refused = [why for id_, why in said if not id_]
    for each in refused:
        click.echo(each, err=True)
    if not begun:
        raise BadRequest("no self-test was begun")
    async with asyncio.timeout(LIMIT_S):
        while True:
            tests = [each for each in await _last(api, ()) if each["test"]["id"] in begun]
            if len(tests) == len(begun) and all(each["test"]["ended_wall_s"] for each in tests):
                break
            await asyncio.sleep(LOOK_S)
    return tests, len(refused)


async def _free(api: Api) -> list[str]:
    found: list[str] = []
    for worker in (await api.get("/workers"))["items"]:
        found += worker["free_reactors"] if worker["state"] == "ready" else []
    return found


async def _begin(api: Api, place: str) -> tuple[str, str]:
    """Its id, or why there is none."""
    worker, _, reactor = place.partition("/")
    path = f"/workers/{quote(worker, safe='')}/self-test?reactor={quote(reactor, safe='')}"
    try:
        said = await api.post(path)
    except (Refused, Unreachable) as error:
        return "", f"{place}: {error}"
    if said["outcome"] != "done":
        return "", f"{place}: {said['reason']}"
    return said["result"]["id"], ""


async def _last(api: Api, places: Sequence[str]) -> list[Test]:
    tests = [
        {"worker": worker["worker"], "test": test}
        for worker in (await api.get("/workers"))["items"]
        for test in worker["self_tests"]
    ]
    return [each for each in tests if not places or {_where(each), each["worker"]} & {*places}]


def _where(one: Test) -> str:
    return f"{one['worker']}/{one['test']['reactor']}"


def _is_bad(test: Test) -> bool:
    return bool(test["trouble"]) or any(each["result"] == "failed" for each in test["trials"])


def _print(one: Test) -> None:
    test = one["test"]
    click.echo(f"{_where(one)}, {show.wall(test['began_wall_s'])}, for {test['by']}")
    for each in test["trials"]:
        told = "; ".join(filter(None, (each["figure"], each["reason"])))
        click.echo(f"  {MARKS[each['result']]} {each['device']}: {told}")
    if test["trouble"]:
        click.echo(f"  ended early: {test['trouble']}")
