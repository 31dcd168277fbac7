"""Plans as the store has them, read for those who ask about experiments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.model.awaited import awaited
from orchestrator.ports.records import Experiment
from orchestrator.ports.store import Store
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.services import SERVICES
from orchestrator.server.views.experiments import Button, Chart, PhaseOutline

KEPT_MAX: Final = 32


class BottleOutline(msgspec.Struct, frozen=True, kw_only=True):
    """A bottle at a vessel."""

    medium: str
    volume_ml: float
    shared: bool = False


class SliceOutline(msgspec.Struct, frozen=True, kw_only=True):
    """What people ask of one vessel's part."""

    vessel: str
    media: list[BottleOutline] = []
    phases: list[PhaseOutline] = []
    limits: dict[str, float] = {}
    units: dict[str, str] = {}
    """Of settings that it names, and of signals of its own."""


class PlanOutline(msgspec.Struct, frozen=True, kw_only=True):
    """What people ask of a plan (`model.plan`), without its steps and conditions."""

    name: str
    description: str = ""
    timezone: str = "UTC"
    vessels: list[SliceOutline] = []
    charts: list[Chart] = []
    buttons: list[Button] = []
    """Those that its rules start on."""

    def unit_of(self, signal: str) -> str:
        """The unit of a signal that the plan names itself; empty for all others."""
        units = (each.units.get(signal, "") for each in self.vessels)
        return next(filter(None, units), "")

    @property
    def phases(self) -> list[PhaseOutline]:
        """Every phase that some vessel comes to, once; some vessels leave some out."""
        fullest_first = sorted(self.vessels, key=lambda each: -len(each.phases))
        return [*{phase.name: phase for each in fullest_first for phase in each.phases}.values()]


class Plans:
    """Outlines by the plan's hash; a plan never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, PlanOutline] = OrderedDict()

    async def outline(self, store: Store, experiment: str, plan_hash: str) -> PlanOutline:
        """The outline of an experiment's newest plan.

        Raises:
            Problem: the store has none.
        """
        kept = self._kept.get(plan_hash)
        if kept is None:
            kept = self._kept[plan_hash] = outline_of(await plan_text(store, experiment))
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return kept


PLANS = web.AppKey("plans", Plans)


async def units_in(request: web.Request, record: Experiment) -> Callable[[str], str]:
    """How signals of an experiment get their unit: declared by jobs, or by its own plan."""
    services = request.app[SERVICES]
    plan = await request.app[PLANS].outline(services.store, record.id, record.plan_hash)
    return lambda signal: services.unit_of(signal) or plan.unit_of(signal)


async def plan_text(store: Store, experiment: str) -> str:
    """Canonical JSON of an experiment's newest plan.

    Raises:
        Problem: the store has none.
    """
    documents = await store.documents(experiment)
    if documents is None:
        raise no_experiment(experiment)
    return documents.plan_json


def outline_of(plan_json: str) -> PlanOutline:
    """Read an outline; what else stands in the plan is passed over."""
    outline = msgspec.json.decode(plan_json, type=PlanOutline)
    buttons = [
        Button(name=name, vessels=vessels)
        for (event, name), vessels in awaited(msgspec.json.decode(plan_json)).items()
        if event == "button"
    ]
    return msgspec.structs.replace(outline, buttons=buttons)


def no_experiment(experiment: str) -> Problem:
    """What to tell of an experiment that nobody knows."""
    return Problem(404, f"there is no experiment '{experiment}'", kind=kind_of("not-found"))
