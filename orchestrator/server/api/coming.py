"""What is to come in a running experiment: each vessel's timetable from its phase on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.model.canonical import rebuild
from orchestrator.model.experiment import State
from orchestrator.model.plan import Plan
from orchestrator.planning.timetable import timetable
from orchestrator.ports.records import Experiment, PhaseVisit, Run
from orchestrator.server.api.experiments import ONE, found
from orchestrator.server.plans import plan_text
from orchestrator.server.routing import Call, Routes
from orchestrator.server.services import Services
from orchestrator.server.views.common import Listing
from orchestrator.server.views.history import ComingQuery, TimetableRow
from orchestrator.server.views.timetable import row_view
from orchestrator.server.views.workers import StandsAt, standings_of

routes = Routes("history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a vessel is in its plan."""

    vessel: str
    phase: str
    visit: int
    phase_s: float
    elapsed_s: float


@routes.get(ONE + "/coming", problems=(404,))
async def list_coming(call: Call[ComingQuery, None]) -> Listing[TimetableRow]:
    """List what falls due next, by time; what no clock can tell comes last, without a time.

    Nothing of an experiment that has ended; of one that waits, as if it began now.
    """
    services, query = call.services, call.query
    experiment = await found(services, call.named("id"))
    now_s = services.clock.now().wall_s
    positions = await _positions(services, experiment, now_s)
    if not positions:
        return Listing(items=[])
    text = await plan_text(services.store, experiment.id)
    rows = await asyncio.to_thread(_rows, text, experiment, positions, now_s, query.for_s)
    return Listing(items=rows[: query.limit])


async def _positions(
    services: Services, experiment: Experiment, now_s: float
) -> Sequence[Position | str]:
    """Of each vessel that is not through, or its name where it has not begun."""
    if experiment.state is State.QUEUED:
        return list(experiment.vessels)
    standings = standings_of(await services.store.workers())
    visits = await services.store.phases(experiment.id)
    positions: list[Position | str] = []
    for run in await services.store.runs(experiment=experiment.id, open_only=True):
        if run.attempt != experiment.attempt:
            continue
        standing = standings.get((run.attempt, run.vessel))
        positions.append(_by_report(run, standing, now_s) or _by_ledger(run, visits) or run.vessel)
    return positions


def _by_report(run: Run, at: StandsAt | None, now_s: float) -> Position | None:
    """As the worker told it, and the time since then if its clocks run."""
    if at is None or at.run.phase is None:
        return None
    since_s = max(0.0, now_s - at.at_wall_s) if at.run.state == State.RUNNING else 0.0
    return Position(
        vessel=run.vessel,
        phase=at.run.phase,
        visit=at.run.visit,
        phase_s=at.run.phase_s + since_s,
        elapsed_s=at.run.elapsed_s + since_s,
    )


def _by_ledger(run: Run, visits: Sequence[PhaseVisit]) -> Position | None:
    """As the store knows it; pauses are not taken off, since only the worker counts them."""
    for visit in visits:
        if (visit.attempt, visit.vessel, visit.phase, visit.visit) == (
            run.attempt,
            run.vessel,
            run.phase,
            run.visit,
        ):
            phase_s = max(0.0, run.process_s - visit.entered_process_s)
            return Position(
                vessel=run.vessel,
                phase=visit.phase,
                visit=visit.visit,
                phase_s=phase_s,
                elapsed_s=run.process_s,
            )
    return None


def _rows(
    text: str,
    experiment: Experiment,
    positions: Sequence[Position | str],
    now_s: float,
    for_s: float,
) -> list[TimetableRow]:
    plan = rebuild(Plan, json.loads(text))
    attempt = experiment.attempt or f"{experiment.id}.1"
    rows: list[TimetableRow] = []
    for at in positions:
        rows += _of_vessel(plan, attempt, at, now_s, for_s)
    return sorted(rows, key=_by_time)


def _of_vessel(
    plan: Plan, attempt: str, at: Position | str, now_s: float, for_s: float
) -> Iterator[TimetableRow]:
    """Plan the rest of a vessel's life as if it began with the phase that it is in."""
    name = at if isinstance(at, str) else at.vessel
    phase_s, before_s = (0.0, 0.0) if isinstance(at, str) else (at.phase_s, at.elapsed_s)
    part = tuple(each for each in plan.vessels if each.vessel == name)
    known = {phase.name for each in part for phase in each.phases}
    begin = None if isinstance(at, str) or at.phase not in known else (at.phase, at.visit)
    table = timetable(
        replace(plan, vessels=part),
        now_s - phase_s,
        phase_s + for_s,
        attempt=attempt,
        begin=begin,
        since_s=before_s - phase_s,
    )
    for row in table:
        if row.time_s is not None and row.time_s < phase_s:
            continue
        time_s = None if row.time_s is None else row.time_s - phase_s + before_s
        yield row_view(row, time_s=time_s)


def _by_time(row: TimetableRow) -> tuple[bool, float, str]:
    return (row.time_s is None, row.time_s or 0.0, row.vessel)
