"""Reads what is on offer: `job/1`, `automation/1` and `chart/1` documents become values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from orchestrator.documents.behaviours import Behaviours, behaves
from orchestrator.documents.build.charts import build_chart
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.load import load
from orchestrator.documents.places import Document
from orchestrator.documents.plugins import (
    MANIFEST,
    Found,
    Plugin,
    PluginError,
    find_plugins,
    read_plugin,
)
from orchestrator.documents.schema import check_kind, check_shape, kind_of
from orchestrator.documents.values import constant_of
from orchestrator.model.calibration import KINDS, kind_of_device
from orchestrator.model.catalogue import (
    AutomationDeclaration,
    Catalogue,
    JobDeclaration,
    LimitDeclaration,
    SettingDeclaration,
    SignalDeclaration,
)
from orchestrator.model.driver import SENSOR_DRIVERS
from orchestrator.model.expression import Value
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Chart
from orchestrator.model.units import UnitError
from orchestrator.resources import resource

OFFERS: Final = ("jobs", "automations", "charts")
"""Folders with what is on offer, in `contrib` and in each plugin."""
LED: Final = ("dosing", "temperature")
"""Jobs that follow a law of a plugin."""
NO_GUESTS: Final[Mapping[str, str]] = {}


class CatalogueError(ValueError):
    """What a plugin or contrib offers is malformed; its author has to mend it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        first = self.diagnostics[0]
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.message}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A plugin that is there and cannot be used."""

    found: Found
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Jobs and automations, and the charts that profiles may name."""

    catalogue: Catalogue
    charts: Mapping[str, Chart]
    plugins: tuple[Plugin, ...] = ()
    """Those that some of it comes from,"""
    left_out: tuple[LeftOut, ...] = ()
    """and those that nothing comes from, since something is wrong with them."""


@cache
def load_catalogue(*folders: Path) -> Catalogue:
    """Read jobs and automations from `contrib`, or from the folders given instead."""
    return load_offer(*folders).catalogue


@cache
def load_offer(*folders: Path) -> Offer:
    """Read everything that is on offer: what comes with Axenic, and what plugins bring.

    A plugin that is wrong is left out; what comes with Axenic is not.

    Raises:
        CatalogueError: with the diagnostics of the first document that is malformed.
    """
    return _read_offer(folders or (resource("contrib"),), () if folders else find_plugins())


@cache
def offer_beside(root: Path) -> Offer:
    """The same, with the plugin that somebody works at in a folder, as if it were installed."""
    own = Found(name=root.name, root=root)
    others = [each for each in find_plugins() if each.name != own.name]
    return _read_offer((resource("contrib"),), [*others, own])


def look_again() -> None:
    """Forget what was on offer: plugins have come or gone."""
    for each in (load_offer, load_catalogue, offer_beside):
        each.cache_clear()


def _read_offer(roots: Iterable[Path], plugins: Iterable[Found]) -> Offer:
    documents = [each for root in roots for each in _documents(root)]
    offer = _offer(documents)
    guests: dict[str, str] = {}
    for found in plugins:
        try:
            plugin = read_plugin(found)
            brought = list(_documents(found.root))
            _must_fit(plugin, brought, offer)
            laws = dict.fromkeys(_laws(plugin, brought), plugin.name)
            more = _offer([*documents, *brought], guests | laws)
        except (CatalogueError, PluginError) as error:
            left_out = LeftOut(found=found, reason=str(error))
            offer = replace(offer, left_out=(*offer.left_out, left_out))
            continue
        documents += brought
        guests |= laws
        kinds = {each.kind.device: each.kind for each in plugin.calibrations.values()}
        own = {**offer.catalogue.calibrations, **kinds}
        more = replace(more, catalogue=replace(more.catalogue, calibrations=own))
        offer = replace(more, plugins=(*offer.plugins, plugin), left_out=offer.left_out)
    return offer


def _offer(documents: list[Document], guests: Mapping[str, str] = NO_GUESTS) -> Offer:
    """`guests` are the files of automations whose law is a class, with the plugin of each."""
    jobs = [_job(each) for each in documents if kind_of(each) == "job/1"]
    automations = [
        replace(automation_in(each), plugin=guests.get(each.file, ""))
        for each in documents
        if kind_of(each) == "automation/1"
    ]
    catalogue = Catalogue(
        jobs={each.name: each for each in jobs},
        automations={(each.job, each.name): each for each in automations},
    )
    catalogue = replace(catalogue, behaviours=Behaviours(documents, catalogue))
    charts = [_chart(each, catalogue) for each in documents if kind_of(each) == "chart/1"]
    return Offer(catalogue, {chart.name: chart for chart in charts if chart.name is not None})


def _laws(plugin: Plugin, brought: list[Document]) -> list[str]:
    """The files of automations that a plugin has a class for.

    Raises:
        PluginError: one has rules as well, or a job that follows no class.
    """
    described = {each.data["name"]: each for each in brought if kind_of(each) == "automation/1"}
    for name in sorted(plugin.automations.keys() - described.keys()):
        raise PluginError(f"automations/{name}.yaml is missing")
    for name, document in sorted(described.items()):
        is_law, job = name in plugin.automations, document.data["job"]
        if is_law and behaves(document):
            raise PluginError(f"{name} is a class, and has a schedule or rules too: one is enough")
        if is_law and job not in LED:
            raise PluginError(f"{job} follows no law in Python; {' and '.join(LED)} do")
    return [described[name].file for name in plugin.automations]


def _must_fit(plugin: Plugin, brought: list[Document], offer: Offer) -> None:
    """Hold what a plugin brings against its own word, and against what is there already."""
    if any(plugin.name == each.name for each in offer.plugins):
        raise PluginError(f"there is another plugin {plugin.name}")
    described = {each.data["name"] for each in brought if kind_of(each) == "job/1"}
    for job in sorted(plugin.jobs.keys() ^ described):
        lacks = f"jobs/{job}.yaml" if job in plugin.jobs else f"{job} among the jobs of {MANIFEST}"
        raise PluginError(f"{lacks} is missing")
    taken = [("job", job) for job in sorted(described & offer.catalogue.jobs.keys())]
    for each in brought:
        if kind_of(each) == "automation/1":
            key = (each.data["job"], each.data["name"])
            taken += [("automation", key[1])] if key in offer.catalogue.automations else []
        elif kind_of(each) == "chart/1" and each.data.get("name") in offer.charts:
            taken.append(("chart", each.data["name"]))
    drivers = {*SENSOR_DRIVERS, *(name for each in offer.plugins for name in each.drivers)}
    notifiers = {name for each in offer.plugins for name in each.notifiers}
    tests = {name for each in offer.plugins for name in each.self_tests}
    taken += [("driver", name) for name in plugin.drivers if name in drivers]
    for device in (own.kind.device for own in plugin.calibrations.values()):
        if kind_of_device(device) or device in offer.catalogue.calibrations:
            taken.append(("calibration of the", device))
    known = {*KINDS, *(each.name for each in offer.catalogue.calibrations.values())}
    taken += [("kind of calibration", name) for name in plugin.calibrations if name in known]
    taken += [("self-test", name) for name in plugin.self_tests if name in tests]
    taken += [("notifier", name) for name in plugin.notifiers if name in notifiers]
    for kind, name in taken:
        raise PluginError(f"there is a {kind} {name} already")


def _documents(root: Path) -> Iterator[Document]:
    for folder in OFFERS:
        for path in sorted((root / folder).glob("*.yaml")):
            document, problems = load(path.read_bytes(), str(path))
            if document is not None:
                problems += check_kind(document)
                kind = kind_of(document)
                problems += check_shape(document, kind) if kind else []
            if problems or document is None:
                raise CatalogueError(problems)
            yield document


def _job(document: Document) -> JobDeclaration:
    data = document.data
    return JobDeclaration(
        name=data["name"],
        description=data["description"],
        settings=settings_in(document, "settings"),
        signals={
            name: SignalDeclaration(
                name=name,
                type=each["type"],
                description=each["description"],
                max_age_s=_number(
                    document, ("signals", name, "max_age"), each.get("max_age"), "time"
                ),
            )
            for name, each in data.get("signals", {}).items()
        },
        limits={
            name: LimitDeclaration(
                name=name,
                type=each["type"],
                description=each["description"],
                default=_number(document, ("limits", name), each.get("default"), each["type"]),
                bounds=each.get("bounds"),
                side=each.get("side", "maximum"),
            )
            for name, each in data.get("limits", {}).items()
        },
        needs=tuple(data.get("needs", ())),
        steps=dict(data.get("steps", {})),
        default_automation=data.get("default_automation"),
        actuator=data.get("actuator", False),
    )


def automation_in(document: Document) -> AutomationDeclaration:
    """Read what an automation offers and needs.

    Raises:
        CatalogueError: a default or bound does not fit its type.
    """
    data = document.data
    return AutomationDeclaration(
        name=data["name"],
        job=data["job"],
        description=data["description"],
        inputs=settings_in(document, "inputs"),
        needs=tuple(data.get("needs", ())),
        needs_media=tuple(data.get("needs_media", ())),
        variables=settings_in(document, "variables"),
    )


def settings_in(document: Document, key: str) -> dict[str, SettingDeclaration]:
    """Read the declarations under `settings:` or `inputs:`."""
    return {
        name: _setting(document, (key, name), each)
        for name, each in document.data.get(key, {}).items()
    }


def _setting(document: Document, path: tuple[str, str], data: dict[str, Any]) -> SettingDeclaration:
    kind, choices = data["type"], tuple(data.get("choices", ()))
    return SettingDeclaration(
        name=path[1],
        type=kind,
        description=data["description"],
        default=_value(document, (*path, "default"), data.get("default"), kind, choices),
        minimum=_number(document, (*path, "minimum"), data.get("minimum"), kind),
        maximum=_number(document, (*path, "maximum"), data.get("maximum"), kind),
        choices=choices,
        required=data.get("required", False),
        editable=data.get("editable", True),
    )


def _chart(document: Document, catalogue: Catalogue) -> Chart:
    draft = Draft(document, catalogue, {})
    return build_chart(Cursor(draft, document.data))


def _number(document: Document, path: tuple[str, ...], data: Any, kind: str) -> float | None:
    value = _value(document, path, data, kind, ())
    return value if isinstance(value, float) else None


def _value(
    document: Document, path: tuple[str, ...], data: Any, kind: str, choices: tuple[str, ...]
) -> Value:
    if data is None:
        return None
    try:
        return constant_of(data, kind, choices)
    except UnitError as error:
        span = document.places.of_value(path)
        problem = Diagnostic.at(
            document.file, span, "wrong-unit", error.message, suggestion=error.suggestion
        )
        raise CatalogueError([problem]) from None
