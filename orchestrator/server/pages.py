"""The pages. Each has its content before any script runs; scripts make it live.

=====================  ================  ===========================================================
page                   template          `data`
=====================  ================  ===========================================================
`/`                    experiments.html  `experiments` ([Experiment], newest first), `next`,
                                         `questions` ([Question], open), `alerts` ([Alert], open)
`/experiments/{id}`    experiment.html   `experiment` (ExperimentDetail), `latest` ([Latest]),
                                         `actions` ([Action], newest first), `phases`
                                         ([PhaseVisit]), `questions`, `alerts` (open), `notes`
                                         ([Note]), `doses` ([Dose], unknown and unresolved)
`/queue`               queue.html        `queue` (Queue)
`/library`             library.html      `library` (LibraryStanding), `files` ([LibraryFile])
`/new`                 new.html          `profiles` ([ShippedProfile]), `workers` ([Worker])
`/workers`             workers.html      `workers` ([Worker]), `units` by name of a setting
`/calibration`         calibration.html  `devices` ([Comparable]), `calibrations` ([Calibration]),
                                         `sessions` ([CalibrationSession])
`/statistics`          statistics.html   `statistics` (Statistics, by profile), `attempts`
                                         (Listing[Attempt], newest first)
`/alerts`              alerts.html       `alerts` (Listing[Alert], newest first), `routes`
                                         ([Route])
`/maintenance`         maintenance.html  `maintenance` (Maintenance), `runs`
                                         (Listing[MaintenanceRun], newest first)
`/audit`               audit.html        `deeds`: names of what can be asked for
`/api/docs`            docs.html         the OpenAPI document
any error              error.html        `status`, `detail`
=====================  ================  ===========================================================

All but the last two hold `event_id` too, read before the rest: `/api/stream?after=<event_id>` then
tells of everything that the page does not show yet; and `clock` (ClockNow).
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from aiohttp import web

from orchestrator.server.api.experiments import detail_of
from orchestrator.server.api.library import library_files, library_of
from orchestrator.server.api.maintenance import maintenance_of, runs_of
from orchestrator.server.api.profiles import shipped_profiles
from orchestrator.server.api.statistics import attempts_of, statistics_of
from orchestrator.server.permission import found
from orchestrator.server.plans import units_in
from orchestrator.server.reading import read_query
from orchestrator.server.render import render
from orchestrator.server.services import SERVICES, Services
from orchestrator.server.views.attention import Question, alert_views
from orchestrator.server.views.calibrations import calibrations_of, comparables_of, sessions_of
from orchestrator.server.views.common import Cursor, Listing, view
from orchestrator.server.views.experiments import experiment_view
from orchestrator.server.views.health import ClockNow
from orchestrator.server.views.history import Action, Dose, PhaseVisit
from orchestrator.server.views.library import LibraryStanding
from orchestrator.server.views.maintenance import RunsQuery
from orchestrator.server.views.queue import queue_view
from orchestrator.server.views.readings import Latest
from orchestrator.server.views.remarks import note_view
from orchestrator.server.views.routes import route_view
from orchestrator.server.views.statistics import AttemptsQuery, StatisticsQuery
from orchestrator.server.views.workers import worker_view

ROWS: Final = 50
ROWS_AT_FIRST: Final = 25
DEEDS: Final = web.AppKey("deeds", list[str])
"""Names of what can be asked for, as the audit has them."""


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How far back the list begins."""

    cursor: Cursor | None = None


async def experiments_page(request: web.Request) -> web.Response:
    """All experiments, and what waits for people."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    query = read_query(request, PageQuery, only_known=False)
    page = await services.store.experiments(limit=ROWS, cursor=query.cursor)
    data |= {"experiments": [experiment_view(each) for each in page.items], "next": page.next}
    data |= await _attention(services)
    return render(request, "experiments.html", title="Experiments", data=data)


async def experiment_page(request: web.Request) -> web.Response:
    """One experiment."""
    services, name = request.app[SERVICES], request.match_info["id"]
    data = await _beginning(services)
    experiment = await detail_of(request, services, name)
    actions = await services.store.actions(name, limit=ROWS)
    data |= {
        "experiment": experiment,
        "latest": await _latest(request, name),
        "actions": [view(each, Action) for each in actions.items],
        "phases": [view(each, PhaseVisit) for each in await services.store.phases(name)],
    }
    doses = await services.store.doses(name, unresolved=True, limit=ROWS)
    data |= {
        "doses": [view(each, Dose) for each in doses.items],
        "notes": [note_view(each) for each in await services.store.notes(name)],
    }
    data |= await _attention(services, name)
    return render(request, "experiment.html", title=experiment.name, data=data)


async def queue_page(request: web.Request) -> web.Response:
    """What waits, and why."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    data["queue"] = queue_view(await services.office.queue())
    return render(request, "queue.html", title="Queue", data=data)


async def new_page(request: web.Request) -> web.Response:
    """Where a profile is chosen, mended and submitted."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    data["profiles"] = await shipped_profiles(request, services)
    data["workers"] = [worker_view(each) for each in await services.store.workers()]
    return render(request, "new.html", title="New experiment", data=data)


async def library_page(request: web.Request) -> web.Response:
    """A laboratory's own profiles."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    standing = await asyncio.to_thread(library_of(services).standing)
    data["library"] = view(standing, LibraryStanding)
    data["files"] = await library_files(request, services)
    return render(request, "library.html", title="Library", data=data)


async def workers_page(request: web.Request) -> web.Response:
    """All workers."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    data["workers"] = [worker_view(each) for each in await services.store.workers()]
    data["units"] = dict(services.units)
    return render(request, "workers.html", title="Workers", data=data)


async def calibration_page(request: web.Request) -> web.Response:
    """What devices were compared with, and sessions in which they are."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    workers = await services.store.workers()
    data["devices"] = [*comparables_of(workers)]
    data["calibrations"] = [*calibrations_of(workers, services.clock.now().wall_s)]
    data["sessions"] = [*sessions_of(workers)]
    return render(request, "calibration.html", title="Calibration", data=data)


async def statistics_page(request: web.Request) -> web.Response:
    """What became of all that was started."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    data["statistics"] = await statistics_of(services.store, StatisticsQuery(limit=ROWS_AT_FIRST))
    data["attempts"] = await attempts_of(services.store, AttemptsQuery(limit=ROWS_AT_FIRST))
    return render(request, "statistics.html", title="Statistics", data=data)


async def alerts_page(request: web.Request) -> web.Response:
    """What people should know or should have known, and whom it reached."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    page = await services.store.alerts(limit=ROWS)
    now_s = services.clock.now().wall_s
    shown = await alert_views(page.items, services.store, now_s)
    data["alerts"] = Listing(items=shown, next=page.next)
    data["routes"] = [route_view(each) for each in await services.office.routes()]
    return render(request, "alerts.html", title="Alerts", data=data)


async def maintenance_page(request: web.Request) -> web.Response:
    """What keeps the store safe, and room on the disk."""
    services = request.app[SERVICES]
    data = await _beginning(services)
    data["maintenance"] = await maintenance_of(services)
    data["runs"] = await runs_of(services, RunsQuery(limit=ROWS_AT_FIRST))
    return render(request, "maintenance.html", title="Maintenance", data=data)


async def audit_page(request: web.Request) -> web.Response:
    """Who did what. Who may see it is known only once a script says who asks."""
    data = await _beginning(request.app[SERVICES])
    data["deeds"] = request.app[DEEDS]
    return render(request, "audit.html", title="Audit", data=data)


async def _beginning(services: Services) -> dict[str, Any]:
    now = services.clock.now()
    clock = ClockNow(wall_s=now.wall_s, speed=services.clock.speed, trusted=now.trusted)
    return {"event_id": await services.store.newest_event_id(), "clock": clock}


async def _attention(services: Services, experiment: str | None = None) -> dict[str, Any]:
    questions = await services.store.questions(experiment=experiment, limit=ROWS)
    alerts = await services.store.alerts(experiment=experiment, open_only=True, limit=ROWS)
    now_s = services.clock.now().wall_s
    return {
        "questions": [view(each, Question) for each in questions],
        "alerts": await alert_views(alerts.items, services.store, now_s),
    }


async def _latest(request: web.Request, experiment: str) -> list[Latest]:
    services = request.app[SERVICES]
    unit_of = await units_in(request, await found(services, experiment))
    return [
        Latest(
            vessel=each.vessel,
            signal=each.signal,
            process_s=each.process_s,
            wall_s=each.wall_s,
            value=each.value,
            unit=unit_of(each.signal),
        )
        for each in await services.store.latest(experiment)
    ]
