"""The jobs and laws that plugins bring, from what is declared to what a worker takes in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from orchestrator.documents.catalogue import Offer, load_offer
from orchestrator.documents.plugins import (
    Plugin,
    PluginJob,
    PluginKind,
    PluginPart,
    find_plugins,
)
from orchestrator.jobs.guest import JobLost, OnLoss, Option
from orchestrator.jobs.job import Signal
from orchestrator.model.catalogue import JobDeclaration, canonical_name

if TYPE_CHECKING:
    from orchestrator.hardware.reactor import Plug
    from orchestrator.plugin_host.guests import Guests
    from orchestrator.plugin_host.kind import HostedKind
    from orchestrator.plugin_host.process import GuestProcess
    from orchestrator.plugin_host.route import HostedRoute
    from orchestrator.plugin_host.sensor import HostedSensor
    from orchestrator.plugin_host.spec import GuestSpec
    from orchestrator.plugin_host.tried import HostedTest
    from orchestrator.plugin_host.wire import Config


@asynccontextmanager
async def plugged_in(
    *, simulated: bool, lockstep: bool = False, seed: int = 0
) -> AsyncIterator[Guests | None]:
    """The guests of a worker, whose processes end with the block; None where no plugin is."""
    specs = guest_specs()
    others = (drivers_of_plugins(), _tests_of_plugins(), _kinds_of_plugins())
    if not specs and not any(others):
        yield None
        return
    from orchestrator.plugin_host.guests import Guests

    guests = Guests(specs, lockstep=lockstep, simulated=simulated, seed=seed)
    try:
        yield guests
    finally:
        await guests.close()


def plugin_versions() -> dict[str, str]:
    """All plugins that can be used."""
    return {each.name: each.version for each in load_offer().plugins} if find_plugins() else {}


def guest_specs() -> Sequence[GuestSpec]:
    """All jobs and laws of plugins that can be used."""
    if not find_plugins():
        return ()
    offer = load_offer()
    return [spec for plugin in offer.plugins for spec in specs_of(plugin, offer)]


def specs_of(plugin: Plugin, offer: Offer) -> Sequence[GuestSpec]:
    """The jobs and laws of one plugin."""
    catalogue = offer.catalogue
    laws = [each for each in catalogue.automations.values() if each.plugin == plugin.name]
    return [
        *(spec_of(plugin, job, catalogue.jobs[job.name]) for job in plugin.jobs.values()),
        *(_law_spec(plugin, plugin.automations[law.name], law.job) for law in laws),
    ]


def drivers_of_plugins() -> Mapping[str, tuple[Plugin, PluginPart]]:
    """All drivers of sensors that plugins bring."""
    if not find_plugins():
        return {}
    return {
        name: (plugin, driver)
        for plugin in load_offer().plugins
        for name, driver in plugin.drivers.items()
    }


def plugs(guests: Guests) -> Mapping[str, Plug]:
    """How sensors with these drivers are opened; their processes end with the guests."""
    return {
        name: partial(_plug, guests, plugin, driver)
        for name, (plugin, driver) in drivers_of_plugins().items()
    }


def _plug(
    guests: Guests,
    plugin: Plugin,
    driver: PluginPart,
    sensor: str,
    reactor: str,
    options: Mapping[str, Option],
) -> HostedSensor:
    from orchestrator.plugin_host.sensor import HostedSensor

    config = part_config(plugin, driver, reactor, options)
    return HostedSensor(sensor, partial(guests.start, config), driver.within_s)


def hosted_tests(guests: Guests, *, simulated: bool) -> Sequence[HostedTest]:
    """All self-tests that plugins bring; their processes end with the guests."""
    from orchestrator.plugin_host.tried import HostedTest

    def start(
        plugin: Plugin, part: PluginPart, reactor: str, options: Mapping[str, Option]
    ) -> GuestProcess:
        config = part_config(plugin, part, reactor, options, simulated=simulated)
        return guests.start(config)

    return [
        HostedTest(part.name, partial(start, plugin, part), part.within_s)
        for plugin, part in _tests_of_plugins()
    ]


def hosted_kinds(guests: Guests) -> Sequence[HostedKind]:
    """All kinds of calibration that plugins bring; their processes end with the guests."""
    from orchestrator.plugin_host.kind import HostedKind

    hosted: list[HostedKind] = []
    for plugin, each in _kinds_of_plugins():
        start: Callable[[], GuestProcess] = _no_fit
        within_s = 0.0
        if each.fit is not None:
            start = partial(guests.start, part_config(plugin, each.fit, "", {}))
            within_s = each.fit.within_s
        kind = each.kind
        hosted.append(HostedKind(kind.name, kind.device, kind.compared, start, within_s))
    return hosted


def _kinds_of_plugins() -> Sequence[tuple[Plugin, PluginKind]]:
    if not find_plugins():
        return ()
    plugins = load_offer().plugins
    return [(plugin, each) for plugin in plugins for each in plugin.calibrations.values()]


def _no_fit() -> GuestProcess:
    raise JobLost("it has no fit of its own")


def _tests_of_plugins() -> Sequence[tuple[Plugin, PluginPart]]:
    if not find_plugins():
        return ()
    plugins = load_offer().plugins
    return [(plugin, part) for plugin in plugins for part in plugin.self_tests.values()]


def hosted_routes() -> Sequence[HostedRoute]:
    """All routes of the API that plugins bring; whoever has them closes them."""
    if not find_plugins():
        return ()
    from orchestrator.plugin_host.route import HostedRoute, RouteSpec

    return [
        HostedRoute(
            RouteSpec(
                plugin=plugin.name,
                name=route.name,
                method="POST" if route.method == "POST" else "GET",
                description=route.description,
                query=route.query,
                is_for_administrators=route.is_for_administrators,
                config=part_config(plugin, route, "", {}),
                within_s=route.within_s,
            )
        )
        for plugin in load_offer().plugins
        for route in plugin.routes.values()
    ]


def part_config(
    plugin: Plugin,
    part: PluginPart,
    vessel: str,
    options: Mapping[str, Option],
    *,
    simulated: bool = False,
) -> Config:
    """What the process of a part that is no job is told."""
    from orchestrator.plugin_host.wire import Config

    folder, module = modules_of(plugin, part.module)
    return Config(
        name=part.name,
        folder=folder,
        module=module,
        attribute=part.attribute,
        memory_mb=part.memory_mb,
        vessel=vessel,
        simulated=simulated,
        options=dict(options),
        seed=0,
    )


def spec_of(plugin: Plugin, job: PluginJob, declared: JobDeclaration) -> GuestSpec:
    """Bring together what a plugin says of a job and what the job says of itself."""
    from orchestrator.plugin_host.spec import GuestSpec

    folder, module = modules_of(plugin, job.module)
    return GuestSpec(
        name=job.name,
        plugin=plugin.name,
        folder=folder,
        module=module,
        attribute=job.attribute,
        watches=tuple(canonical_name(name) for name in job.watches),
        signals={
            canonical_name(f"{job.name}.{signal.name}"): Signal(
                max_age_s=inf if signal.max_age_s is None else signal.max_age_s
            )
            for signal in declared.signals.values()
        },
        within_s=job.within_s,
        memory_mb=job.memory_mb,
        on_loss=OnLoss(job.on_loss),
    )


def _law_spec(plugin: Plugin, law: PluginJob, leads: str) -> GuestSpec:
    nothing = JobDeclaration(name=law.name, description="")
    return replace(spec_of(plugin, law, nothing), name=f"{leads}.{law.name}", leads=leads)


def modules_of(plugin: Plugin, module: str) -> tuple[str, str]:
    """Where Python finds a module of a plugin, and what it is called there."""
    package, root = plugin.found.package, plugin.found.root.absolute()
    return (str(root.parent), f"{package}.{module}") if package else (str(root), module)
