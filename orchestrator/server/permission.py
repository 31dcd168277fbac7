"""Who may do what: users handle their own experiments, administrators all of them."""

from __future__ import annotations

from typing import Any

from orchestrator.ports import records
from orchestrator.server.keys import CONCERNS
from orchestrator.server.plans import no_experiment
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call
from orchestrator.server.services import Services


async def found(services: Services, name: str) -> records.Experiment:
    """The experiment of this name.

    Raises:
        Problem: there is none.
    """
    record = await services.store.experiment(name)
    if record is None:
        raise no_experiment(name)
    return record


async def refuse_strangers(call: Call[Any, Any]) -> records.Experiment:
    """The experiment in the path, if whoever asks may handle it.

    Raises:
        Problem: there is none, or it is somebody else's.
    """
    record = await found(call.services, call.named("id"))
    refuse_stranger(call, record)
    return record


async def refuse_strangers_at(
    call: Call[Any, Any], worker: str, *, reactor: str, attempt: str, vessel: str
) -> None:
    """Let only those act by hand on a worker who may handle what runs there.

    Where one experiment alone is meant, the audit names it.

    Raises:
        Problem: what is meant, or one of what may be meant, is somebody else's.
    """
    meant = []
    for run in await call.services.store.runs(worker=worker, open_only=True):
        where = run.binding.reactor if run.binding else ""
        # As the worker finds it: what the command says besides cannot lead past this.
        by_run = run.attempt == attempt and vessel in ("", run.vessel)
        if by_run if attempt else reactor in ("", where):
            meant.append(run.experiment)
    if len(set(meant)) == 1:
        call.request[CONCERNS] = meant[0]
    for experiment in meant:
        refuse_stranger(call, await found(call.services, experiment))


def refuse_stranger(call: Call[Any, Any], record: records.Experiment) -> None:
    """Let only its owner and administrators go on.

    Raises:
        Problem: it is somebody else's.
    """
    if not call.is_administrator and call.actor != record.actor:
        raise Problem(
            403,
            f"{record.id} belongs to {record.actor}: {call.actor} can look at it and copy it; "
            f"{record.actor} or an administrator can do this",
            kind=kind_of("not-yours"),
        )


def administrators_only(call: Call[Any, Any], what: str) -> None:
    """Some things concern everybody.

    Raises:
        Problem: whoever asks is no administrator.
    """
    if not call.is_administrator:
        raise Problem(403, f"only administrators can {what}", kind=kind_of("administrators-only"))
