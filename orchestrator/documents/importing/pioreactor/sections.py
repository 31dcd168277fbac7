"""The sections of an imported profile, each written from what was gathered on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.jobs import Running
from orchestrator.documents.importing.pioreactor.options import Options
from orchestrator.documents.importing.pioreactor.report import error, only_keys
from orchestrator.documents.importing.pioreactor.schedule import AlwaysOn
from orchestrator.documents.importing.pioreactor.write import (
    Line,
    comment,
    indented,
    mapping,
    quoted,
    scalar,
)


@dataclass(slots=True)
class Work:
    """What is gathered on the way through the actions."""

    options: Options
    vessels: dict[str, str]
    inputs: dict[str, str]
    running: dict[tuple[str | None, str], Running] = field(default_factory=dict)
    jobs: dict[str | None, AlwaysOn] = field(default_factory=dict)
    items: list[Line] = field(default_factory=list)


def head_section(root: Cursor) -> list[Line]:
    """Say what it is, from whom, and what it is for."""
    name = root.text("experiment_profile_name") or "Imported profile"
    metadata = root.get("metadata")
    author = metadata.text("author") if metadata is not None else None
    about = metadata.text("description") if metadata is not None else None
    from_whom = f", by {author}" if author else ""
    lines = comment(f"From a Pioreactor experiment profile{from_whom}.")
    place = root.get("experiment_profile_name") or root
    lines += [Line(0, "axenic: profile/1"), Line(0, f"name: {scalar(name.strip())}", place.span)]
    if metadata is not None and about:
        only_keys(metadata, ("author", "description"), "metadata")
        lines.append(Line(0, f"description: {quoted(' '.join(about.split()))}", metadata.span))
    return lines


def inputs_section(root: Cursor, names: Mapping[str, str]) -> list[Line]:
    """Declare what may differ from one time to the next."""
    lines = []
    for name, ours in names.items():
        place = (root.get("inputs") or root).get(name) or root
        match place.data:
            case bool() as truth:
                text = mapping({"type": "boolean", "default": str(truth).lower()})
            case int() | float() as number:
                text = mapping({"type": "number", "default": f"{number:.15g}"})
            case str() as word:
                text = mapping({"type": "text", "default": quoted(word)})
            case _:
                error(place, "import-lost", f"the input {name} is no number, text, true or false")
                continue
        lines.append(Line(2, f"{ours}: {text}", place.key_span))
    return [Line(0, "inputs:"), *lines] if lines else []


def vessels_section(work: Work, bound: bool) -> list[Line]:
    """Declare a vessel for each Pioreactor."""
    lines = [Line(0, "vessels:")]
    if not bound and not work.options.vessels:
        text = "What is common runs on every Pioreactor of an experiment: add a line for each."
        lines += indented(comment(text))
    for unit, name in work.vessels.items():
        values = {"volume": f"{work.options.volume_ml:g} mL"}
        if bound or unit in work.options.vessels:
            values["worker"] = scalar(unit)
        lines.append(Line(2, f"{name}:"))
        lines += [Line(4, f"{key}: {value}") for key, value in values.items()]
        jobs = work.jobs.get(unit)
        if jobs:
            lines += [Line(4, "jobs:"), *indented(_job_lines(jobs), 6)]
    return lines


def media_section(work: Work) -> list[Line]:
    """Declare the bottles, where liquid moves."""
    written = "\n".join(line.text for line in work.items)
    jobs = {job for always in work.jobs.values() for job in always}
    if "dosing" not in jobs and not any(word in written for word in ("dos", "circulate")):
        return []
    bottle = mapping({"bottle": f"{work.options.bottle_ml:g} mL"})
    names = ["feed", "waste", *(["alt_media"] if "medium: alt_media" in written else [])]
    return [
        *comment("Pioreactor keeps no account of bottles: write in what stands there."),
        Line(0, "media:"),
        *(Line(2, f"{name}: {bottle}") for name in names),
    ]


def jobs_section(work: Work) -> list[Line]:
    """Declare what runs everywhere from the beginning."""
    jobs = work.jobs.get(None)
    return [Line(0, "jobs:"), *indented(_job_lines(jobs))] if jobs else []


def _job_lines(jobs: AlwaysOn) -> list[Line]:
    return [
        Line(0, f"{job}: {mapping(settings)}", where.span)
        for job, (settings, where) in jobs.items()
    ]


def phases_section(work: Work) -> list[Line]:
    """Write the one phase that everything happens in."""
    lines = [Line(0, "phases:"), Line(2, "- name: profile")]
    if work.items:
        return [*lines, Line(4, "schedule:"), *indented(work.items, 6)]
    said = "Confirm when the experiment is over."
    return [*lines, Line(4, "do:"), Line(6, f"- ask: {quoted(said)}")]
