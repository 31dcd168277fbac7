"""The names that exist: those on offer, and those that the document itself declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import available_timezones

from orchestrator.documents.describe import about_limit, about_name, about_setting
from orchestrator.documents.draft import Draft
from orchestrator.documents.places import Path
from orchestrator.model.catalogue import Catalogue
from orchestrator.model.event import SENSORS

SECTIONS: Final = {"input": "inputs", "vessel": "vessels", "medium": "media"}
"""Where the document declares names of a kind, as keys; other kinds end in -s."""

_FACTS: Final = (
    *("type", "default", "minimum", "maximum"),
    *("volume", "worker", "bottle", "duration"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name with what it means."""

    name: str
    about: str = ""


def names_of(
    kind: str,
    draft: Draft,
    *,
    job: str | None = None,
    automation: str | None = None,
    sequence: str | None = None,
) -> list[Named]:
    """List the names of a kind that can stand somewhere in a document."""
    catalogue = draft.catalogue
    match kind:
        case "job":
            return [
                Named(name=each.name, about=each.description) for each in catalogue.jobs.values()
            ]
        case "automation":
            laws = catalogue.automations_of(job or "")
            return [Named(name=name, about=each.description) for name, each in laws.items()]
        case "setting":
            return list(_settings(catalogue, job, automation))
        case "signal":
            return list(_readable(draft))
        case "limit":
            return [
                Named(name=f"{owner.name}.{each.name}", about=about_limit(each))
                for owner in catalogue.jobs.values()
                for each in owner.limits.values()
            ]
        case "chart":
            return [Named(name=name, about=each.title) for name, each in draft.known_charts.items()]
        case "timezone":
            return [Named(name=name) for name in sorted(available_timezones())]
        case "device":
            media = declared("medium", draft.document.data)
            return [Named(name=name) for name in (*SENSORS, *(f"{each}_pump" for each in media))]
        case "vars":
            variables = variables_of(sequence, draft.document.data)
            return [Named(name=name, about=_said(each)) for name, each in variables.items()]
        case "answer":
            return [Named(name=name) for name in _questions(draft.document.data)]
    return [
        Named(name=name, about=about_declared(kind, name, draft.document.data))
        for name in declared(kind, draft.document.data)
    ]


def declared(kind: str, data: Any) -> list[str]:
    """List the names that a document declares: keys of a section, or names of a list's items."""
    if kind == "phase":
        return [name for _, name, _ in phases_in(data)]
    section = _section(kind, data)
    if isinstance(section, dict):
        return [name for name in section if isinstance(name, str)]
    items = section if isinstance(section, list) else ()
    names = (each.get("name") for each in items if isinstance(each, dict))
    return [name for name in names if isinstance(name, str)]


def about_declared(kind: str, name: str, data: Any) -> str:
    """Describe what a document declares, in its own words."""
    section = _section(kind, data)
    if kind == "phase":
        found = next((phase for _, known, phase in phases_in(data) if known == name), None)
    elif isinstance(section, list):
        found = next((e for e in section if isinstance(e, dict) and e.get("name") == name), None)
    else:
        found = section.get(name) if isinstance(section, dict) else None
    return _said(found)


def phases_in(data: Any) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield the phases that have a name, those in loops too, with where they stand."""
    if isinstance(data, dict):
        yield from _phases(data.get("phases"), ("phases",))


def variables_of(sequence: str | None, data: Any) -> dict[str, Any]:
    """Give what a sequence declares that a call can give it."""
    for key in ("sequences", sequence, "variables"):
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def about_mentioned(
    kind: str, name: str, draft: Draft, job: str | None = None, sequence: str | None = None
) -> str:
    """Describe a name that is mentioned somewhere."""
    catalogue = draft.catalogue
    if kind == "signal":
        return about_name(name, catalogue) or ""
    if kind == "setting":
        setting = catalogue.setting(name)
        return about_setting(setting) if setting is not None else ""
    if kind == "limit":
        limit = catalogue.limit(name)
        return about_limit(limit) if limit is not None else ""
    if kind == "timezone":
        return ""
    known = names_of(kind, draft, job=job, sequence=sequence)
    return next((each.about for each in known if each.name == name), "")


def _section(kind: str, data: Any) -> Any:
    return data.get(SECTIONS.get(kind, f"{kind}s")) if isinstance(data, dict) else None


def _phases(data: Any, path: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for number, each in enumerate(data if isinstance(data, list) else ()):
        if not isinstance(each, dict):
            continue
        if isinstance(each.get("name"), str) and "repeat" not in each:
            yield (*path, number), each["name"], each
        loop = each.get("repeat")
        if isinstance(loop, dict):
            yield from _phases(loop.get("phases"), (*path, number, "repeat", "phases"))


def _said(declared: Any) -> str:
    """Tell what stands below a declaration."""
    if not isinstance(declared, dict):
        return ""
    description = declared.get("description")
    facts = [
        f"{key} {declared[key]}"
        for key in _FACTS
        if isinstance(declared.get(key), (str, int, float))
    ]
    said = [str(description)] if isinstance(description, str) else []
    return ". ".join([*said, "; ".join(facts)]) if facts else "".join(said)


def _settings(catalogue: Catalogue, job: str | None, automation: str | None) -> Iterator[Named]:
    for owner in catalogue.jobs if job is None else [job] if job in catalogue.jobs else []:
        law = automation if automation in catalogue.automations_of(owner) else None
        for name, setting in catalogue.settings_of(owner, law).items():
            shown = f"{owner}.{name}" if job is None else name
            yield Named(name=shown, about=about_setting(setting))


def _readable(draft: Draft) -> Iterator[Named]:
    names = draft.catalogue.readable_names()
    for name in names:
        yield Named(name=name, about=about_name(name, draft.catalogue) or "")


def _questions(data: Any) -> Iterator[str]:
    """Find the steps that ask somebody and have a name, wherever they stand."""
    if isinstance(data, dict):
        name = data.get("name")
        if isinstance(name, str) and ("ask" in data or "sample" in data):
            yield name
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _questions(each)
