"""Reads what is on offer: `job/1`, `automation/1` and `chart/1` documents become values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from orchestrator.documents.behaviours import Behaviours
from orchestrator.documents.build.charts import build_chart
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.load import load
from orchestrator.documents.places import Document
from orchestrator.documents.schema import check_kind, check_shape, kind_of
from orchestrator.documents.values import constant_of
from orchestrator.model.catalogue import (
    AutomationDeclaration,
    Catalogue,
    JobDeclaration,
    LimitDeclaration,
    SettingDeclaration,
    SignalDeclaration,
)
from orchestrator.model.expression import Value
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import Chart
from orchestrator.model.units import UnitError
from orchestrator.resources import resource


class CatalogueError(ValueError):
    """What a plugin or contrib offers is malformed; its author has to mend it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        first = self.diagnostics[0]
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.message}")


@dataclass(frozen=True, slots=True)
class Offer:
    """Jobs and automations, and the charts that profiles may name."""

    catalogue: Catalogue
    charts: Mapping[str, Chart]


@cache
def load_catalogue(*folders: Path) -> Catalogue:
    """Read jobs and automations from `contrib`, or from the folders given instead."""
    return load_offer(*folders).catalogue


@cache
def load_offer(*folders: Path) -> Offer:
    """Read everything that is on offer.

    Raises:
        CatalogueError: with the diagnostics of the first document that is malformed.
    """
    roots = folders or (resource("contrib"),)
    documents = [document for root in roots for document in _documents(root)]
    jobs = [_job(each) for each in documents if kind_of(each) == "job/1"]
    automations = [automation_in(each) for each in documents if kind_of(each) == "automation/1"]
    catalogue = Catalogue(
        jobs={each.name: each for each in jobs},
        automations={(each.job, each.name): each for each in automations},
    )
    catalogue = replace(catalogue, behaviours=Behaviours(documents, catalogue))
    charts = [_chart(each, catalogue) for each in documents if kind_of(each) == "chart/1"]
    return Offer(catalogue, {chart.name: chart for chart in charts if chart.name is not None})


def _documents(root: Path) -> Iterator[Document]:
    for folder in ("jobs", "automations", "charts"):
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
        events=dict(data.get("events", {})),
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
