"""What `/unit_api` answers, declared where it is answered; OpenAPI follows from the types."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, get_type_hints

import msgspec

from orchestrator.messages.calibrations import CalibrationsMessage, SelfTest
from orchestrator.messages.machine import ClockReport, FileEntry, LogLine, MachineDeed, SystemReport
from orchestrator.messages.orders import CommandResult
from orchestrator.messages.reports import Capabilities, RunReport, StopReport
from orchestrator.messages.standing import JobStanding, Standing
from orchestrator.ports.clock import Instant
from orchestrator.server.unit_http import LENGTH_DIGITS_MAX, Refused
from orchestrator.server.unit_site import FILES_MAX, Site

PREFIX: Final = "/unit_api/"
REFUSING: Final = ("refused", "failed")
_STATUS_OF: Final = {"not-allowed": 403, "runs": 409}


class Unit(Protocol):
    """The worker, as its own machine may ask it."""

    name: str

    @property
    def stopped(self) -> Mapping[str, StopReport]: ...

    def runs(self) -> list[RunReport]: ...

    async def emergency_stop(self, by: str) -> str: ...

    async def release_stop(self, by: str) -> str: ...

    async def command(
        self, name: str, args: Mapping[str, Any], *, by: str, reactor: str = "", id_: str = ""
    ) -> CommandResult: ...

    def capabilities(self) -> Capabilities: ...

    def calibrations(self) -> CalibrationsMessage: ...

    def instant(self) -> Instant: ...


class UnitState(msgspec.Struct, frozen=True, kw_only=True):
    """How the worker is; `trouble` says what of a request did not work."""

    worker: str
    stopped: Mapping[str, StopReport]
    runs: list[RunReport]
    trouble: str = ""


class UnitCommand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the worker is to do now; names and arguments are those of the leader's commands, and
    `calibrate` and `answer` besides."""

    name: str
    args: dict[str, Any] = {}
    reactor: str = ""
    """May be left out where there is one only."""


class NewSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings to hold by hand, in canonical units."""

    settings: dict[str, float | bool | str]
    """`job.setting` → value."""
    for_s: float | None = None
    reactor: str = ""


class TestWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A self-test."""

    reactor: str = ""
    """May be left out where there is one only."""


class PowerWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reboot, or the end."""

    while_running: bool = False
    """Although experiments run here: they go on when the machine is back."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is under way."""

    worker: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, read: of whom, by whom, with what."""

    unit: Unit
    site: Site
    actor: str
    query: Mapping[str, str]
    key: str
    """Its Idempotency-Key: the same is done once."""


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method at one path."""

    method: str
    path: str
    handler: Handler
    body: type | None
    answer: Any
    queries: Mapping[str, str]
    """Parameters of the query, with a sentence each."""
    problems: tuple[int, ...]
    """Statuses that say what was wrong, beside those that any request may have."""

    @property
    def story(self) -> tuple[str, str]:
        """First line of the handler's docstring, and the rest."""
        first, _, rest = (inspect.getdoc(self.handler) or "").partition("\n")
        return first, rest.strip()


ROUTES: Final[dict[tuple[str, str], Route]] = {}


def _route(method: str, path: str, *problems: int, **queries: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        hints = get_type_hints(handler)
        ROUTES[method, f"{PREFIX}{path}"] = Route(
            method=method,
            path=f"{PREFIX}{path}",
            handler=handler,
            body=hints.get("body"),
            answer=hints["return"],
            queries=queries,
            problems=problems,
        )
        return handler

    return keep


@_route("GET", "state")
async def unit_state(asked: Asked) -> UnitState:
    """Tell how the worker is: what runs, and what an emergency stop holds."""
    return _state(asked)


@_route("POST", "stop")
async def unit_stop(asked: Asked) -> UnitState:
    """Turn everything off until it is released: an emergency stop."""
    return _state(asked, await asked.unit.emergency_stop(asked.actor))


@_route("POST", "release")
async def unit_release(asked: Asked) -> UnitState:
    """End an emergency stop. Nothing starts by that."""
    return _state(asked, await asked.unit.release_stop(asked.actor))


@_route("POST", "command")
async def unit_command(asked: Asked, body: UnitCommand) -> CommandResult:
    """Do something by hand; the worker's limits hold for this too."""
    return await _command(asked, body.name, body.args, body.reactor, asked.key)


@_route("GET", "reactors", 404, reactor="Only this one.")
async def unit_reactors(asked: Asked) -> list[Standing]:
    """Tell how each reactor stands: jobs, settings, values, bottles, what hands hold."""
    return await _reactors(asked)


@_route("GET", "jobs", 404, reactor="Only of this one.")
async def unit_jobs(asked: Asked) -> dict[str, list[JobStanding]]:
    """List the jobs that run, reactor by reactor."""
    return {each.reactor: each.jobs for each in await _reactors(asked)}


@_route("GET", "settings", 404, reactor="Only of this one.")
async def unit_settings(asked: Asked) -> dict[str, dict[str, float | bool | str]]:
    """Read all settings that are in force, reactor by reactor, in canonical units."""
    return {
        each.reactor: {
            f"{job.job}.{name}": value for job in each.jobs for name, value in job.settings.items()
        }
        for each in await _reactors(asked)
    }


@_route("POST", "settings")
async def change_unit_settings(asked: Asked, body: NewSettings) -> dict[str, CommandResult]:
    """Hold settings by hand, each until it is given back, its time is over, or the plan writes it.

    One that is refused keeps none of the others from being set.
    """
    said: dict[str, CommandResult] = {}
    for name, value in body.settings.items():
        args = {"setting": name, "value": value, "for_s": body.for_s}
        id_ = f"{asked.key}-{name}" if asked.key else ""
        said[name] = await asked.unit.command(
            "set", args, by=asked.actor, reactor=body.reactor, id_=id_
        )
    return said


@_route("GET", "capabilities")
async def unit_capabilities(asked: Asked) -> Capabilities:
    """Tell what the worker has: sensors, outputs, pumps, jobs, versions."""
    return asked.unit.capabilities()


@_route("GET", "calibrations")
async def unit_calibrations(asked: Asked) -> CalibrationsMessage:
    """List calibrations and the sessions that are open."""
    return asked.unit.calibrations()


@_route("GET", "self-tests")
async def unit_self_tests(asked: Asked) -> list[SelfTest]:
    """List the last self-test of each reactor, also one that is under way."""
    return asked.unit.calibrations().self_tests


@_route("POST", "self-tests")
async def begin_unit_self_test(asked: Asked, body: TestWish) -> CommandResult:
    """Have a reactor on which nothing runs try its own devices; the results come one by one."""
    return await _command(asked, "self_test", {}, body.reactor, asked.key)


@_route("GET", "logs", limit="So many at most, the newest; 200 if not said.")
async def unit_logs(asked: Asked) -> list[LogLine]:
    """Read what the worker logged since it began, oldest first."""
    return asked.site.log_lines(_limit(asked, 200, 1000))


@_route(
    "GET",
    "files",
    under="Only those whose names begin like this: `pictures/`.",
    after="Only those behind this name: the last one of the page before.",
    limit=f"So many at most; {FILES_MAX} if not said.",
)
async def unit_files(asked: Asked) -> list[FileEntry]:
    """List the files in the worker's data folder, by their names."""
    query = asked.query
    limit = _limit(asked, FILES_MAX, FILES_MAX)
    return asked.site.files(query.get("under", ""), query.get("after", ""), limit)


@_route("GET", "system")
async def unit_system(asked: Asked) -> SystemReport:
    """Tell about the machine: model, room, load, warmth."""
    return asked.site.system()


@_route("GET", "clock")
async def unit_clock(asked: Asked) -> ClockReport:
    """Tell the worker's time, and whether it can be relied upon."""
    now = asked.unit.instant()
    return ClockReport(wall_s=now.wall_s, trusted=now.trusted, monotonic_s=now.monotonic_s)


@_route("POST", "reboot", 403, 409, 500)
async def reboot_unit(asked: Asked, body: PowerWish) -> Done:
    """Make the vessels safe and start the machine anew, where its settings allow it."""
    return await _power(asked, body, "reboot")


@_route("POST", "shutdown", 403, 409, 500)
async def shut_unit_down(asked: Asked, body: PowerWish) -> Done:
    """Make the vessels safe and turn the machine off, where its settings allow it."""
    return await _power(asked, body, "shutdown")


@_route("POST", "restart", 403, 409, 500)
async def restart_unit(asked: Asked, body: PowerWish) -> Done:
    """Make the vessels safe and start the worker's service anew, where its settings allow it."""
    return await _power(asked, body, "restart")


@_route("POST", "update", 403, 409, 500)
async def update_unit(asked: Asked, body: PowerWish) -> Done:
    """Make the vessels safe and let the machine update the software, where its settings say how."""
    return await _power(asked, body, "update")


def _limit(asked: Asked, otherwise: int, most: int) -> int:
    limit = asked.query.get("limit", str(otherwise))
    if not limit.isdecimal() or len(limit) > LENGTH_DIGITS_MAX or not 1 <= int(limit) <= most:
        raise Refused(400, f"limit is from 1 to {most}, not '{limit:.20}'")
    return int(limit)


def _state(asked: Asked, trouble: str = "") -> UnitState:
    unit = asked.unit
    return UnitState(worker=unit.name, stopped=unit.stopped, runs=unit.runs(), trouble=trouble)


async def _command(
    asked: Asked, name: str, args: Mapping[str, Any], reactor: str, key: str = ""
) -> CommandResult:
    try:
        return await asked.unit.command(name, args, by=asked.actor, reactor=reactor, id_=key)
    except msgspec.ValidationError as error:
        raise Refused(422, f"there is no such command: {error}") from error


async def _reactors(asked: Asked) -> list[Standing]:
    only = asked.query.get("reactor", "")
    said = await asked.unit.command("look", {}, by=asked.actor, reactor=only)
    if said.outcome in REFUSING:
        raise Refused(404, said.reason)
    return msgspec.convert(said.result["reactors"], list[Standing])


async def _power(asked: Asked, wish: PowerWish, what: MachineDeed) -> Done:
    """As the leader would ask for it."""
    args = {"do": what, "while_running": wish.while_running}
    said = await _command(asked, "machine", args, "", asked.key)
    if said.outcome in REFUSING:
        raise Refused(_STATUS_OF.get(said.result.get("why", ""), 500), said.reason)
    return Done(worker=asked.unit.name, done=what)
