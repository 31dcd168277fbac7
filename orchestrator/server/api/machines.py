"""The machines of leader and workers: how they are, what is installed, and what they are to do.

What may be done to a machine its own service was told on its command line: nothing else is done,
whoever asks.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec

from orchestrator.messages.machine import ClockReport, LogLine, MachineReport
from orchestrator.messages.orders import CommandResult
from orchestrator.model.outcome import Outcome
from orchestrator.ports.machine import Machine as OwnMachine
from orchestrator.server.permission import administrators_only
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.services import Services
from orchestrator.server.telling import each_told, outcome_of, refuse_unless_done
from orchestrator.server.views.common import Listing
from orchestrator.server.views.machines import (
    Log,
    LogQuery,
    Machine,
    MachinesWish,
    MachineWish,
    Software,
)
from orchestrator.server.views.workers import CommandOutcome, ToldPlaces, installed_of

routes = Routes("machines")
LEADER: Final = "leader"
AXENIC: Final = "axenic"


@routes.get("/api/machines")
async def list_machines(call: Call[NoQuery, None]) -> Listing[Machine]:
    """Ask all machines at once how they are: the leader's first, then each worker's.

    A worker that does not answer in time is told of with its `reason`, and holds up nobody.
    """
    services = call.services
    workers = [each.worker for each in await services.store.workers()]
    found = await asyncio.gather(*(_machine_of(call, worker) for worker in workers))
    return Listing(items=[*_own(services), *found])


@routes.get("/api/workers/{worker}/machine", problems=(404, 409, 504))
async def get_machine(call: Call[NoQuery, None]) -> Machine:
    """Ask a worker about its machine: model, room, load, warmth, clock, and what it may do."""
    services, worker = call.services, call.named("worker")
    asked_s = services.clock.now().wall_s
    said = refuse_unless_done(await _ask(call, worker, do="look"))
    return _machine(worker, said, asked_s, services.clock.now().wall_s)


@routes.get("/api/workers/{worker}/logs", problems=(404, 409, 504))
async def list_worker_log(call: Call[LogQuery, None]) -> Log:
    """Read what a worker logged since it began, oldest first."""
    asked = await _ask(call, call.named("worker"), do="logs", limit=call.query.limit)
    lines = refuse_unless_done(asked).result["lines"]
    return Log(items=msgspec.convert(lines, list[LogLine]))


@routes.get("/api/logs")
async def list_log(call: Call[LogQuery, None]) -> Log:
    """Read what the leader logged since it began, oldest first."""
    own = call.services.machine
    return Log(items=own.log_lines(call.query.limit) if own is not None else [])


@routes.get("/api/software")
async def list_software(call: Call[NoQuery, None]) -> Listing[Software]:
    """List Axenic and all plugins with the version that leader and workers have of each."""
    services = call.services
    leader = {AXENIC: services.version, **services.plugins}
    workers = {each.worker: installed_of(each) for each in await services.store.workers()}
    names = dict.fromkeys([*leader, *sorted({name for has in workers.values() for name in has})])
    return Listing(
        items=[
            Software(
                name=name,
                leader=leader.get(name),
                workers={worker: has.get(name) for worker, has in workers.items()},
                differs=len({leader.get(name), *(has.get(name) for has in workers.values())}) > 1,
            )
            for name in names
        ]
    )


@routes.post("/api/workers/{worker}/machine", problems=(403, 404, 409, 504))
async def tell_machine(call: Call[NoQuery, MachineWish]) -> CommandOutcome:
    """Reboot a worker's machine, turn it off, start its service anew, or have it updated.

    For administrators, where the worker's settings allow it. Its vessels are made safe first; while
    something runs there it is refused, unless `while_running` is said.
    """
    asked = call.body
    administrators_only(call, f"{asked.do} a worker")
    wish = {"do": asked.do, "while_running": asked.while_running}
    return outcome_of(await _ask(call, call.named("worker"), **wish))


@routes.post("/api/workers/machine", problems=(403,))
async def tell_machines(call: Call[NoQuery, MachinesWish]) -> ToldPlaces:
    """Do the same with several at once; each answers for itself, within a limit of its own."""
    asked = call.body
    administrators_only(call, f"{asked.do} workers")
    workers = asked.workers or [each.worker for each in await call.services.store.workers()]
    wish = {"do": asked.do, "while_running": asked.while_running}
    return ToldPlaces(places=await each_told(workers, lambda worker: _ask(call, worker, **wish)))


async def _ask(call: Call[Any, Any], worker: str, **args: Any) -> CommandResult:
    return await call.services.office.command(worker, "machine", args, by=call.actor)


async def _machine_of(call: Call[Any, Any], worker: str) -> Machine:
    clock = call.services.clock
    asked_s = clock.now().wall_s
    [said] = (await each_told([worker], lambda name: _ask(call, name, do="look"))).values()
    return _machine(worker, said, asked_s, clock.now().wall_s)


def _machine(
    worker: str, said: CommandResult | CommandOutcome, asked_s: float, answered_s: float
) -> Machine:
    """A worker read its clock at some moment between question and answer."""
    report = None
    if said.outcome == Outcome.DONE:
        report = msgspec.convert(said.result["machine"], MachineReport)
    middle_s = (asked_s + answered_s) / 2
    return Machine(
        name=worker,
        is_leader=False,
        outcome=said.outcome,
        reason=said.reason,
        report=report,
        ahead_s=report.clock.wall_s - middle_s if report else None,
        ahead_within_s=(answered_s - asked_s) / 2 if report else None,
    )


def _own(services: Services) -> list[Machine]:
    if services.machine is None:
        return []
    return [
        Machine(
            name=LEADER,
            is_leader=True,
            outcome=Outcome.DONE.value,
            reason="",
            report=_report(services.machine, services),
            ahead_s=0.0,
            ahead_within_s=0.0,
        )
    ]


def _report(own: OwnMachine, services: Services) -> MachineReport:
    now = services.clock.now()
    clock = ClockReport(wall_s=now.wall_s, trusted=now.trusted, monotonic_s=now.monotonic_s)
    return MachineReport(system=own.system(), clock=clock, may=sorted(own.may))
