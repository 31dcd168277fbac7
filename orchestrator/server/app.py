"""Puts the server together."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from aiohttp import web

from orchestrator import __version__
from orchestrator.model.catalogue import Catalogue
from orchestrator.ports.check import Check
from orchestrator.ports.clock import Clock
from orchestrator.ports.configuration import Configuration
from orchestrator.ports.library import Library
from orchestrator.ports.machine import Machine
from orchestrator.ports.maintenance import Caretaker
from orchestrator.ports.office import Office
from orchestrator.ports.pictures import Gallery
from orchestrator.ports.plugin_routes import PluginRoute
from orchestrator.ports.report import Report
from orchestrator.ports.store import Store
from orchestrator.resources import resource
from orchestrator.server import pages
from orchestrator.server.api import (
    alerts,
    calibrations,
    coming,
    configuration,
    difference,
    documentation,
    events,
    experiments,
    export,
    health,
    history,
    imports,
    library,
    machines,
    maintenance,
    offer,
    outside,
    pictures,
    profiles,
    questions,
    queue,
    readings,
    remarks,
    revisions,
    statistics,
    stream,
    trace,
    worker_files,
    workers,
)
from orchestrator.server.api.plugin_routes import routes_of
from orchestrator.server.assets import ASSETS, Assets, serve_asset
from orchestrator.server.guard import add_security_headers, guard
from orchestrator.server.idempotency import MEMORY, Memory
from orchestrator.server.openapi import openapi
from orchestrator.server.plans import PLANS, Plans
from orchestrator.server.problems import tell_problems
from orchestrator.server.reading import BODY_MAX_BYTES
from orchestrator.server.render import TEMPLATES, make_templates
from orchestrator.server.routing import Route
from orchestrator.server.services import SERVICES, Services
from orchestrator.server.stream.broadcast import BROADCAST, Broadcast, end_streams, run_broadcast
from orchestrator.server.units import signal_units

RESOURCES: Final = (
    health,
    experiments,
    queue,
    remarks,
    readings,
    revisions,
    history,
    coming,
    trace,
    difference,
    export,
    pictures,
    imports,
    offer,
    profiles,
    library,
    maintenance,
    statistics,
    questions,
    outside,
    alerts,
    workers,
    machines,
    worker_files,
    configuration,
    calibrations,
    events,
    stream,
    documentation,
)
ROUTES: Final[tuple[Route, ...]] = tuple(
    route for module in RESOURCES for route in module.routes.routes
)
CHECKS_AT_ONCE: Final = 2


def make_app(
    office: Office,
    *,
    store: Store,
    check: Check,
    clock: Clock,
    catalogue: Catalogue,
    profiles_folder: Path | None = None,
    kept: Library | None = None,
    caretaker: Caretaker | None = None,
    webhook_secret: str = "",
    report: Report | None = None,
    gallery: Gallery | None = None,
    machine: Machine | None = None,
    configured: Configuration | None = None,
    plugins: Mapping[str, str] | None = None,
    also_called: Collection[str] = (),
    plugin_routes: Sequence[PluginRoute] = (),
) -> web.Application:
    """The whole server, ready to be served (`serve`).

    `kept` is the laboratory's library of profiles, `plugin_routes` are what plugins bring.
    `also_called` are names, beside those of the loopback, by which browsers may reach it.
    """
    app = web.Application(
        middlewares=[tell_problems, guard(also_called)], client_max_size=BODY_MAX_BYTES
    )
    app[SERVICES] = Services(
        office=office,
        store=store,
        check=check,
        clock=clock,
        catalogue=catalogue,
        units=signal_units(catalogue),
        profiles=profiles_folder or resource("profiles"),
        version=__version__,
        library=kept,
        caretaker=caretaker,
        webhook_secret=webhook_secret,
        report=report,
        gallery=gallery,
        machine=machine,
        configuration=configured,
        plugins=plugins or {},
    )
    app[ASSETS] = Assets.found_in()
    app[TEMPLATES] = make_templates()
    app[MEMORY] = Memory()
    app[PLANS] = Plans()
    app[BROADCAST] = Broadcast()
    app[profiles.AT_ONCE] = asyncio.Semaphore(CHECKS_AT_ONCE)
    app[profiles.DESCRIBED] = {}
    routes = (*ROUTES, *routes_of(plugin_routes))
    app[pages.DEEDS] = sorted(route.name for route in routes if route.writes)
    app[library.KNOWN] = {}
    app[documentation.OPENAPI] = openapi(routes, __version__)
    app[queue.HOLDING] = asyncio.Lock()
    app.cleanup_ctx.append(run_broadcast)
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(add_security_headers)
    _add_routes(app.router, routes)
    return app


def _add_routes(router: web.UrlDispatcher, routes: Iterable[Route]) -> None:
    for route in routes:
        router.add_route(route.method, route.path, route.__call__)
    router.add_get("/", pages.experiments_page)
    router.add_get("/queue", pages.queue_page)
    router.add_get("/new", pages.new_page)
    router.add_get("/library", pages.library_page)
    router.add_get("/workers", pages.workers_page)
    router.add_get("/calibration", pages.calibration_page)
    router.add_get("/statistics", pages.statistics_page)
    router.add_get("/alerts", pages.alerts_page)
    router.add_get("/maintenance", pages.maintenance_page)
    router.add_get("/audit", pages.audit_page)
    router.add_get("/experiments/{id}", pages.experiment_page)
    router.add_get("/static/{fingerprint}/{name:.+}", serve_asset)
