"""Having workers do something: by the leader, or directly on their own machine.

Through the leader it is asked whose the experiment is, and every worker is reached. Where no leader
answers, workers of this machine are told directly. Never both: a dose must not come twice.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, Refused, connect
from orchestrator.cli.exits import BadRequest, Unreachable
from orchestrator.cli.wiring import UNIT_ADDRESS

DIRECT_LIMIT_S: Final = 65.0
"""Longer than a worker takes to say that it is not through."""
TOO_LATE: Final = 504
BROKEN: Final = 500
"""From here on nobody knows what came of it."""
UNREACHED, UNKNOWN = "unreached", "unknown"
UNSURE: Final = (UNREACHED, UNKNOWN)
Said = dict[str, dict[str, Any]]
"""Place → outcome, reason and result."""

all_option = click.option("--all", "everything", is_flag=True, help="Every worker.")
on_option = click.option(
    "--on",
    "places",
    multiple=True,
    metavar="WORKER[/REACTOR]",
    help="Only there; several separated by commas, or repeated. May be left out where there is "
    "only one.",
)
only_option = click.option(
    "--on",
    "places",
    multiple=True,
    metavar="WORKER[/REACTOR]",
    help="Only there; several separated by commas, or repeated.",
)
"""Where leaving it out means all of them, or nothing."""
direct_option = click.option(
    "--direct", is_flag=True, help="Past the leader, workers of this machine only (below --data)."
)


def addresses_below(data: Path) -> dict[str, str]:
    """Workers of this machine, and where each answers."""
    found = data.glob(f"workers/*/{UNIT_ADDRESS}")
    return {path.parent.name: path.read_text().strip() for path in sorted(found)}


def places_of(said: Sequence[str]) -> list[str]:
    """What stands behind `--on`, each place once."""
    parts = (part.strip() for each in said for part in each.split(","))
    return list(dict.fromkeys(filter(None, parts)))


class Workers:
    """The workers that are meant, and the way to them."""

    def __init__(
        self,
        said: Sequence[str],
        *,
        everything: bool = False,
        direct: bool = False,
        leader_url: str,
        data: Path,
    ) -> None:
        self._places, self._everything = places_of(said), everything
        if everything and self._places:
            raise click.UsageError("say --all, or --on WORKER, not both")
        self._direct, self._leader_url = direct, leader_url
        self._here = addresses_below(data)

    def tell(self, name: str, args: Mapping[str, Any]) -> Said:
        """Have all of them do it at once; what each said.

        Raises:
            BadRequest: it is not clear who is meant.
            Unreachable: there is nobody to tell.
        """
        return asyncio.run(self._tell(name, args))

    def standings(self) -> tuple[list[dict[str, Any]], Said]:
        """How their reactors stand, and who did not say; all of them where nobody is named."""
        self._everything = self._everything or not self._places
        said = asyncio.run(self._tell("look", {}))
        found = [
            {**each, "worker": place.partition("/")[0]}
            for place, one in said.items()
            if one["outcome"] == "done"
            for each in one["result"]["reactors"]
            if place.partition("/")[2] in ("", each["reactor"])
        ]
        return found, {place: one for place, one in said.items() if one["outcome"] != "done"}

    async def _tell(self, name: str, args: Mapping[str, Any]) -> Said:
        if not self._direct:
            try:
                async with connect(self._leader_url) as api:
                    return await self._by_leader(api, name, args)
            except Unreachable:
                if not self._can_here():
                    raise
        return await self._here_all(name, args)

    async def _by_leader(self, api: Api, name: str, args: Mapping[str, Any]) -> Said:
        known = [each["worker"] for each in (await api.get("/workers"))["items"]]
        meant = self._meant(known)
        places = [place for place in meant if place.partition("/")[0] in known]
        strange = {place: _strange(place, known) for place in meant if place not in places}
        if not places:  # which would mean all of them
            return strange
        if name == "look":
            each = await asyncio.gather(*(_look(api, place) for place in places))
            return strange | dict(zip(places, each, strict=True))
        body = {"name": name, "args": dict(args), "places": places}
        try:
            told: Said = (await api.post("/workers/command", body))["places"]
        except (aiohttp.ClientError, TimeoutError, Refused) as error:
            if isinstance(error, Refused) and error.problem.get("status", 0) < BROKEN:
                raise
            # It may have been done: to tell the workers directly now would dose twice.
            reason = f"the leader did not say what came of it ({error!r})"
            told = {place: {"outcome": UNKNOWN, "reason": reason} for place in places}
        return strange | if_sent(told)

    async def _here_all(self, name: str, args: Mapping[str, Any]) -> Said:
        places = self._meant(list(self._here))
        each = await asyncio.gather(*(self._one(place, name, args) for place in places))
        return dict(zip(places, each, strict=True))

    async def _one(self, place: str, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
        worker, _, reactor = place.partition("/")
        address = self._here.get(worker)
        if address is None:
            return _unreached(f"{worker} is no worker of this machine")
        body = {"name": name, "args": dict(args), "reactor": reactor}
        try:
            async with asyncio.timeout(DIRECT_LIMIT_S), connect(address) as api:
                said: dict[str, Any] = await api.post_there(
                    "/unit_api/command", body, key=uuid.uuid4().hex
                )
        except Refused as refusal:
            is_late = refusal.problem.get("status") == TOO_LATE
            outcome = UNKNOWN if is_late else "refused"
            return {"outcome": outcome, "reason": str(refusal)}
        except TimeoutError:
            reason = f"it did not answer within {DIRECT_LIMIT_S:g} s, and may have done it"
            return {"outcome": UNKNOWN, "reason": reason}
        except (BadRequest, Unreachable, OSError) as error:
            return _unreached(str(error))
        return said

    def _can_here(self) -> bool:
        """Whether all who are meant live on this machine."""
        meant = {place.partition("/")[0] for place in self._places}
        return bool(self._here) and meant <= self._here.keys()

    def _meant(self, known: Sequence[str]) -> list[str]:
        if self._places:
            return self._places
        if not known:
            raise Unreachable("there is no worker")
        if not self._everything and len(known) > 1:
            names = ", ".join(sorted(known))
            raise BadRequest(f"say where with --on WORKER, or --all; there are {names}")
        return sorted(known)


async def _look(api: Api, place: str) -> dict[str, Any]:
    from urllib.parse import quote

    worker = quote(place.partition("/")[0], safe="")
    try:
        items = (await api.get(f"/workers/{worker}/reactors"))["items"]
    except BadRequest as error:
        return _unreached(str(error))
    return {"outcome": "done", "reason": "", "result": {"reactors": items}}


def tell_what_came(said: Said, done: str, form: str) -> None:
    """A line for each, and the exit code: 1 where one could not, 3 where one was not reached."""
    if form == "json":
        show.print_json([{"place": place, **each} for place, each in sorted(said.items())])
    else:
        for place, each in sorted(said.items()):
            moved = _moved(each.get("result") or {})
            is_done = each["outcome"] in ("done", "late")
            words = f"{done}{moved}" if is_done else f"{each['outcome']}: {each['reason']}"
            click.echo(f"{place}: {words}")
    end(said)


def end(said: Said) -> None:
    """Exit as the answers are."""
    outcomes = {each["outcome"] for each in said.values()}
    if outcomes & {"refused", "failed", "skipped"}:
        raise SystemExit(BadRequest.exit_code)
    if outcomes & {*UNSURE}:
        raise SystemExit(Unreachable.exit_code)


def _moved(result: Mapping[str, Any]) -> str:
    parts = [
        f"{result[name]:.3g} mL {word}"
        for name, word in (("removed_ml", "out"), ("added_ml", "in"))
        if result.get(name)
    ]
    return f" ({', '.join(parts)})" if parts else ""


def if_sent(told: Said) -> Said:
    """What the leader could not send has no id: such a worker was not reached."""
    return {
        place: said if said["outcome"] != "failed" or said.get("id") else _unreached(said["reason"])
        for place, said in told.items()
    }


def _strange(place: str, known: Sequence[str]) -> dict[str, Any]:
    names = ", ".join(sorted(known)) or "none"
    return _unreached(f"there is no worker {place.partition('/')[0]}; there are {names}")


def _unreached(reason: str) -> dict[str, Any]:
    return {"outcome": UNREACHED, "reason": reason}
