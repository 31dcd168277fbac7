"""What the other kinds of documents have to keep besides their schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from orchestrator.documents.behaviours import behaves, build_behaviour
from orchestrator.documents.build.charts import build_chart
from orchestrator.documents.catalogue import CatalogueError, Offer, automation_in
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import CronMention, Cursor, Draft
from orchestrator.documents.places import Document
from orchestrator.documents.plugins import PARTS
from orchestrator.documents.routes import read_routes
from orchestrator.documents.rules import (
    AUTOMATION_RULES,
    CLUSTER_RULES,
    judge,
    unknown_job,
    unknown_signal,
    unknown_timezone,
    wrong_unit,
)
from orchestrator.documents.schema import fitting
from orchestrator.documents.values import read_constant
from orchestrator.model.units import DIMENSIONS

_OTHERS: Final = ("integer", "boolean", "text", "choice")


def check_other(document: Document, kind: str, offer: Offer) -> list[Diagnostic]:
    """Check a chart, job, automation, culture, cluster or plugin document."""
    draft = Draft(document, offer.catalogue, offer.charts)
    root = Cursor(draft, document.data)
    if kind == "chart/1":
        build_chart(root)
    elif kind in ("job/1", "automation/1"):
        _declarations(root)
    elif kind == "cluster/1":
        _mention_timezone(root)
        _mention_schedule(root)
        read_routes(draft)
    elif kind == "plugin/1":
        _times(root)
    problems = [*draft.problems, *wrong_unit.check(draft), *unknown_timezone.check(draft)]
    if kind == "cluster/1":
        problems += judge(draft, CLUSTER_RULES)
    if kind == "chart/1":
        problems += unknown_signal.check(draft)
    if kind == "automation/1":
        problems += _behaviour(document, offer)
    if kind in ("job/1", "automation/1"):
        problems += unknown_job.check(draft)
        problems += _own_names(draft, root)
    return problems


def _behaviour(document: Document, offer: Offer) -> list[Diagnostic]:
    """Judge what an automation does, once what it declares is right."""
    if not fitting("automation/1")(document.data) or not behaves(document):
        return []
    try:
        own = automation_in(document)
    except CatalogueError:
        return []  # a default or bound does not fit its type, which has been said
    catalogue = offer.catalogue
    if own.job not in catalogue.jobs:
        return []
    automations = {**catalogue.automations, (own.job, own.name): own}
    draft = Draft(document, replace(catalogue, automations=automations), offer.charts)
    build_behaviour(draft, own)
    return [*draft.problems, *judge(draft, AUTOMATION_RULES)]


def _times(root: Cursor) -> None:
    """Read how long the parts of a plugin may take."""
    for group in PARTS:
        parts = root.get(group)
        for _, part in parts.items() if parts is not None else ():
            within = part.get("within")
            if within is not None:
                read_constant(within, "time")


def _declarations(root: Cursor) -> None:
    for key in ("settings", "inputs", "variables", "signals", "limits"):
        group = root.get(key)
        for _, each in group.items() if group is not None else ():
            _declaration(each)
    for key in ("needs", "job"):
        found = root.get(key)
        if found is not None and isinstance(found.data, str):
            found.mention("job", found.data)
        for each in found.elements() if found is not None else ():
            if isinstance(each.data, str):
                each.mention("job", each.data)


def _declaration(cursor: Cursor) -> None:
    kind = cursor.text("type") or ""
    listed: Any = cursor.data.get("choices") if isinstance(cursor.data, dict) else None
    choices = tuple(map(str, listed)) if isinstance(listed, list) else ()
    for key in ("default", "minimum", "maximum"):
        value = cursor.get(key)
        if value is not None and (kind in DIMENSIONS or (key == "default" and kind in _OTHERS)):
            read_constant(value, kind, choices)
    age = cursor.get("max_age")
    if age is not None:
        read_constant(age, "time")


def _own_names(draft: Draft, root: Cursor) -> Iterator[Diagnostic]:
    """Report limits that bound a setting which neither the job nor its automations have."""
    limits = root.get("limits")
    name = root.text("name") or ""
    settings = root.get("settings")
    known = {each for each, _ in settings.items()} if settings is not None else set()
    if name in draft.catalogue.jobs:
        known |= set(draft.catalogue.settings_of(name))
    for _, each in limits.items() if limits is not None else ():
        bounds, place = each.text("bounds"), each.get("bounds")
        if bounds is not None and place is not None and bounds not in known:
            message = f"there is no setting '{bounds}' to bound"
            yield draft.error(place.span, "unknown-setting", message)


def _mention_timezone(root: Cursor) -> None:
    zone, place = root.text("timezone"), root.get("timezone")
    if zone is not None and place is not None:
        place.mention("timezone", zone)


def _mention_schedule(root: Cursor) -> None:
    """When maintenance is due."""
    upkeep = root.get("maintenance")
    place = upkeep.get("schedule") if upkeep is not None else None
    if place is not None and isinstance(place.data, str):
        mention = CronMention(cron=place.data, timezone=root.text("timezone"), span=place.span)
        root.draft.crons.append(mention)
