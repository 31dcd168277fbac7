"""What is to come in a running experiment: each vessel's timetable from its phase on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from orchestrator.model.canonical import rebuild
from orchestrator.model.experiment import State
from orchestrator.model.plan import Plan
from orchestrator.planning.rest import Position, rest_of
from orchestrator.ports.records import Experiment, PhaseVisit, Run
from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import found
from orchestrator.server.plans import plan_text
from orchestrator.server.routing import Call, Routes
from orchestrator.server.services import Services
from orchestrator.server.views.common import Listing
from orchestrator.server.views.history import ComingQuery, TimetableRow
from orchestrator.server.views.timetable import row_view
from orchestrator.server.views.workers import StandsAt, standings_of

routes = Routes("history")


@routes.get(ONE + "/coming", problems=(404,))
async def list_coming(call: Call[ComingQuery, None]) -> Listing[TimetableRow]:
    """List what falls due next, by time; what no clock can tell comes last, without a time.

    Nothing of an experiment that has ended; of one that waits, as if it began now.
    """
    services, query = call.services, call.query
    experiment = await found(services, call.named("id"))
    now_s = services.clock.now().wall_s
    positions = await positions_of(services, experiment, now_s)
    if not positions:
        return Listing(items=[])
    text = await plan_text(services.store, experiment.id)
    rows = await asyncio.to_thread(_rows, text, experiment, positions, now_s, query.for_s)
    return Listing(items=rows[: query.limit])


async def positions_of(
    services: Services, experiment: Experiment, now_s: float
) -> Sequence[Position | str]:
    """Where each vessel that is not through is, or its name where it has not begun."""
    if experiment.state is State.QUEUED:
        return list(experiment.vessels)
    standings = standings_of(await services.store.workers())
    visits = await services.store.phases(experiment.id)
    positions: list[Position | str] = []
    for run in await services.store.runs(experiment=experiment.id, open_only=True):
        if run.attempt != experiment.attempt:
            continue
        standing = standings.get((run.attempt, run.vessel))
        at = _by_report(run, standing, now_s, visits) or _by_ledger(run, visits)
        positions.append(at or run.vessel)
    return positions


def _by_report(
    run: Run, at: StandsAt | None, now_s: float, visits: Sequence[PhaseVisit]
) -> Position | None:
    """As the worker told it, and the time since then if its clocks run."""
    if at is None or (at.run.phase is None and at.run.waits_at is None):
        return None
    said, goal = at.run, at.run.waits_at
    since_s = max(0.0, now_s - at.at_wall_s) if said.state == State.RUNNING else 0.0
    return Position(
        vessel=run.vessel,
        phase=said.phase or "",
        visit=said.visit,
        phase_s=said.phase_s + (0.0 if goal else since_s),
        elapsed_s=said.elapsed_s + since_s,
        waits=None if goal is None else (goal, 1 + _visits_of(run, goal, visits)),
    )


def _visits_of(run: Run, phase: str, visits: Sequence[PhaseVisit]) -> int:
    return sum(
        (each.attempt, each.vessel, each.phase) == (run.attempt, run.vessel, phase)
        for each in visits
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
        table = rest_of(plan, attempt, at, now_s, for_s)
        rows += [row_view(row, time_s=row.time_s) for row in table]
    return sorted(rows, key=_by_time)


def _by_time(row: TimetableRow) -> tuple[bool, float, str]:
    return (row.time_s is None, row.time_s or 0.0, row.vessel)
