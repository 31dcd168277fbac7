"""Workers, and what they may be asked to do."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from orchestrator.messages.calibrations import CalibrationsMessage, SelfTest
from orchestrator.messages.orders import ByHand
from orchestrator.messages.reports import (
    Capabilities,
    ReactorReport,
    RunReport,
    StateMessage,
    StopReport,
)
from orchestrator.model.experiment import ENDED
from orchestrator.ports import records

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
Place = Annotated[str, msgspec.Meta(max_length=200)]


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A worker, as last heard."""

    worker: str
    state: Literal["ready", "stopped", "lost", "unknown"]
    """`unknown`: it never said."""
    since_wall_s: float | None
    """When it said so."""
    seen_wall_s: float
    clock: Literal["trusted", "uncertain"] | None
    version: str | None
    reactors: dict[str, ReactorReport]
    jobs: list[str]
    tags: list[str]
    plugins: dict[str, str]
    """Name → version."""
    runs: list[RunReport]
    outbox_waiting: int
    stopped: dict[str, StopReport]
    """Reactors that an emergency stop keeps still until they are released."""
    simulated: bool
    free: bool
    """Ready, with a reactor that nothing runs on."""
    free_reactors: list[str]
    """As a binding names them."""
    self_tests: list[SelfTest]
    """Of each reactor the last one."""


class NewCommand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a worker is to do now."""

    name: ByHand
    args: dict[str, Any] = {}
    """set: setting, value (canonical units), for_s. release: setting, or a job. start: job, for_s,
    settings, automation, and otherwise (automation, settings, needs) for where the plan does not
    have the job. stop, hold: job, for_s. dose, dilute: volume_ml,
    medium. circulate: duration_s, medium. snapshot: job, camera, label. sample: volume_ml, label.
    bottle: medium, holds_ml, note. Where nothing runs, start, dose and dilute take
    vessel_holds_ml."""
    reactor: str = ""
    attempt: str = ""
    vessel: str = ""


class Broadcast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What several workers are to do now, all at once."""

    name: ByHand
    args: dict[str, Any] = {}
    """As of a command to one."""
    places: Annotated[list[Place], msgspec.Meta(max_length=1000)] = []
    """`worker` or `worker/reactor`; empty is every worker that is there."""


class Places(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is meant."""

    places: Annotated[list[Place], msgspec.Meta(max_length=1000)] = []
    """`worker` or `worker/reactor`; empty is every reactor that nothing runs on."""


class ToldPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """What each of them said, by place."""

    places: dict[str, CommandOutcome]


class StopQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Of what."""

    reactor: str = ""
    """As the worker calls it; empty is all of them."""


class CommandOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    id: str
    outcome: str
    """done, late, skipped, refused, failed, unknown."""
    reason: str = ""
    result: dict[str, Any] = {}


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """What each worker said to an emergency stop."""

    workers: dict[str, CommandOutcome]


def worker_view(record: records.WorkerRecord) -> Worker:
    """A worker out of what it said last; what a newer or older one says besides is passed over."""
    state = _state_of(record)
    offer = _read(record.worker, record.capabilities, Capabilities)
    compared = _read(record.worker, record.calibrations, CalibrationsMessage)
    reactors = offer.reactors if offer else {}
    runs = state.runs if state else []
    busy = {run.reactor for run in runs if run.state not in ENDED}
    is_ready = state is not None and state.state == "ready"
    stopped = state.stopped if state else {}
    unavailable = busy | stopped.keys()
    free = [name for name in reactors if name not in unavailable] if is_ready else []
    return Worker(
        worker=record.worker,
        state=state.state if state else "unknown",
        since_wall_s=state.at_wall_s if state else None,
        seen_wall_s=record.seen_wall_s,
        clock=state.clock if state else None,
        version=offer.version if offer else None,
        reactors=reactors,
        jobs=offer.jobs if offer else [],
        tags=offer.tags if offer else [],
        plugins=offer.plugins if offer else {},
        runs=runs,
        outbox_waiting=state.outbox_waiting if state else 0,
        stopped=stopped,
        simulated=offer.simulated if offer else False,
        free=bool(free),
        free_reactors=[
            str(records.Binding(worker=record.worker, reactor=reactor)) for reactor in free
        ],
        self_tests=compared.self_tests if compared else [],
    )


def installed_of(record: records.WorkerRecord) -> dict[str, str]:
    """Axenic and plugins of a worker, name → version; empty where it never said."""
    offer = _read(record.worker, record.capabilities, Capabilities)
    return {"axenic": offer.version, **offer.plugins} if offer else {}


@dataclass(frozen=True, slots=True)
class StandsAt:
    """Where a run stood at a moment, in its worker's own words."""

    run: RunReport
    at_wall_s: float


def standings_of(workers: Iterable[records.WorkerRecord]) -> dict[tuple[str, str], StandsAt]:
    """What workers said of their runs, by (attempt, vessel)."""
    return {
        (run.attempt, run.vessel): StandsAt(run, state.at_wall_s)
        for record in workers
        if (state := _state_of(record)) is not None
        for run in state.runs
    }


def _state_of(record: records.WorkerRecord) -> StateMessage | None:
    return _read(record.worker, record.state, StateMessage)


def _read(worker: str, said: Mapping[str, Any] | None, kind: type[T]) -> T | None:
    """What a worker said; None where it never did, or a very different version of it did."""
    try:
        return None if said is None else msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        _LOG.warning("%s of %s cannot be read: %s", kind.__name__, worker, error)
        return None
