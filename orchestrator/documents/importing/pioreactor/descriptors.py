"""Pioreactor's descriptors of jobs, automations and charts become `job/1` and its like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from orchestrator.documents.draft import Cursor
from orchestrator.documents.importing.pioreactor.names import AUTOMATIONS, JOBS, signal_of
from orchestrator.documents.importing.pioreactor.options import Options
from orchestrator.documents.importing.pioreactor.report import choose, error, only_keys
from orchestrator.documents.importing.pioreactor.write import (
    Line,
    comment,
    mapping,
    quoted,
    scalar,
    word_of,
)

_CHART_KEYS: Final = (
    *("chart_key", "data_source", "title", "source", "y_axis_label", "fixed_decimals"),
    *("down_sample", "mqtt_topic", "lookback", "data_source_column", "payload_key"),
    *("y_transformation", "y_axis_domain", "interpolation"),
)
_JOB_KEYS: Final = (
    *("display_name", "job_name", "display", "published_settings", "source", "description"),
    *("subtext", "is_testing"),
)
_SETTING_KEYS: Final = (
    *("key", "type", "display", "description", "default", "unit", "label", "editable"),
    *("min", "max"),
)
_AUTOMATION_KEYS: Final = ("display_name", "automation_name", "description", "source", "fields")
_FIELD_KEYS: Final = (
    *("key", "default", "label", "disabled", "required", "unit", "type", "options"),
)
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "rpm": ("stirring", "rpm"),
    "℃": ("temperature", "°C"),
    "°c": ("temperature", "°C"),
    "c": ("temperature", "°C"),
    "ml": ("volume", "mL"),
    "l": ("volume", "L"),
    "s": ("time", "s"),
    "sec": ("time", "s"),
    "min": ("time", "min"),
    "h": ("time", "h"),
    "hr": ("time", "h"),
    "%": ("fraction", "%"),
    "h⁻¹": ("rate", "/h"),
    "1/h": ("rate", "/h"),
    "od": ("od", ""),
    "au": ("od", ""),
    "od/au": ("od", ""),
    "v": ("voltage", "V"),
    "ml/min": ("flow", "mL/min"),
    "g/l": ("concentration", "g/L"),
}
_ALL_OF_IT: Final = 100_000


def chart_lines(root: Cursor) -> list[Line]:
    """Write a chart of ours."""
    only_keys(root, _CHART_KEYS, "a chart")
    lines = [*_head(root, "chart", "chart_key"), _text(root, "title", "title")]
    window = root.get("lookback")
    if window is not None and isinstance(window.data, (int, float)):
        if window.data < _ALL_OF_IT:
            lines.append(Line(0, f"window: {window.data:g} h", window.span))
    elif window is not None:
        choose(window, "how far back it looks is left to the page")
    change = root.text("y_transformation")
    if change is not None and change.replace(" ", "") != "(y)=>y":
        place = root.get("y_transformation") or root
        error(place, "import-lost", "a chart draws signals as they are; it works nothing out")
    lines.append(Line(0, f"left: {mapping(_axis(root))}", (root.get("y_axis_label") or root).span))
    series = _series(root)
    return [*lines, Line(0, "series:"), *series] if series else []


def _axis(root: Cursor) -> dict[str, str]:
    axis = {"label": scalar((root.text("y_axis_label") or "")[:60] or "value")}
    domain = root.get("y_axis_domain")
    if domain is not None and domain.data:
        choose(domain, "there the range grows with the data; here it only has a lower end")
        low = domain.data[0] if isinstance(domain.data, list) else None
        if isinstance(low, (int, float)):
            axis["minimum"] = f"{low:g}"
    return axis


def _series(root: Cursor) -> list[Line]:
    topics = root.get("mqtt_topic")
    data = topics.data if topics is not None else None
    found: dict[str, str] = {}
    for topic in data if isinstance(data, list) else [data]:
        job, _, key = str(topic).partition("/")
        keys = (key, root.text("payload_key") or key)
        signal = signal_of(job, keys)
        if topics is None or signal is None or signal.scale == "relative":
            what = "a chart without a topic" if topics is None else f"'{topic}'"
            error(topics or root, "import-name", f"{what} has no counterpart here")
        else:
            found.setdefault(signal.name, key)
    place = (topics or root).span
    return [Line(2, f"- {name}", place) for name in found]


def job_lines(root: Cursor) -> list[Line]:
    """Write a job of ours, with the settings that it publishes."""
    only_keys(root, _JOB_KEYS, "a job")
    name = root.text("job_name") or ""
    if name in JOBS:
        message = f"this is {JOBS[name]} here, which is there already"
        error(root.get("job_name") or root, "import-lost", message)
    lines = [*_head(root, "job", "job_name"), _about(root)]
    settings = root.get("published_settings")
    written = []
    for each in settings.elements() if settings is not None else ():
        only_keys(each, _SETTING_KEYS, "a setting")
        written += _setting(each, ("min", "max"), optional=True)
    return [*lines, Line(0, "settings:"), *written] if written else lines


def automation_lines(root: Cursor, options: Options) -> list[Line]:
    """Write an automation of ours, with its inputs."""
    only_keys(root, _AUTOMATION_KEYS, "an automation")
    family = options.job or PurePath(root.draft.document.file).parent.name
    job = JOBS.get(f"{family}_automation", family)
    name = root.text("automation_name") or ""
    place = root.get("automation_name") or root
    if (job, name) in AUTOMATIONS:
        message = f"this is {AUTOMATIONS[job, name]} of {job} here, which is there already"
        error(place, "import-lost", message)
    if job not in root.draft.catalogue.jobs:
        message = (
            f"'{family}' is no job here; keep the file in a folder named dosing or temperature, "
            "or say whose it is: --job dosing"
        )
        error(place, "import-name", message)
    lines = [
        *_head(root, "automation", "automation_name"),
        Line(0, f"job: {scalar(job)}", place.span),
    ]
    lines.append(_about(root))
    fields = root.get("fields")
    written = []
    for each in fields.elements() if fields is not None else ():
        only_keys(each, _FIELD_KEYS, "a field")
        written += _setting(each, (), optional=False)
    return [*lines, Line(0, "inputs:"), *written] if written else lines


def _head(root: Cursor, kind: str, key: str) -> list[Line]:
    place = root.get(key) or root
    lines = comment(f"From a Pioreactor {kind} descriptor. What it does stays to be written.")
    if kind == "chart":
        lines = comment("From a Pioreactor chart descriptor.")
    return [
        *lines,
        Line(0, f"axenic: {kind}/1"),
        Line(0, f"name: {word_of(str(place.data))}", place.span),
    ]


def _text(root: Cursor, theirs: str, ours: str) -> Line:
    place = root.get(theirs) or root
    return Line(0, f"{ours}: {scalar(' '.join(str(place.data).split()))}", place.span)


def _about(root: Cursor) -> Line:
    place = root.get("description") or root.get("display_name") or root
    said = " ".join(str(place.data).split()) if isinstance(place.data, str) else "Imported"
    return Line(0, f"description: {scalar(said)}", place.span)


def _setting(cursor: Cursor, bounds: tuple[str, ...], *, optional: bool) -> list[Line]:
    """Write a setting on one line; nothing where it cannot be kept."""
    key = cursor.text("key") or ""
    kind = cursor.text("type") or "numeric"
    if kind == "json":
        place = cursor.get("type") or cursor
        choose(place, f"'{key}' holds several values in one, and is left out")
        return []
    said = cursor.text("description") or cursor.text("label") or key
    type_, unit = _type(cursor, kind)
    values = {"description": scalar(" ".join(said.split())[:200]), "type": type_}
    options = cursor.get("options")
    if type_ == "choice" and options is not None and isinstance(options.data, list):
        values["choices"] = "[" + ", ".join(scalar(str(each)) for each in options.data) + "]"
    default = cursor.data.get("default")
    if default is not None and not isinstance(default, (list, dict)):
        values["default"] = _default(default, unit)
    elif not optional and cursor.data.get("required", True):
        values["required"] = "true"
    for name, bound in zip(bounds, ("minimum", "maximum"), strict=False):
        if isinstance(cursor.data.get(name), (int, float)):
            values[bound] = f"{cursor.data[name]:g} {unit}".strip()
    if cursor.data.get("editable") is False or cursor.data.get("disabled") is True:
        values["editable"] = "false"
    return [Line(2, f"{key}: {mapping(values)}", cursor.span)]


def _type(cursor: Cursor, kind: str) -> tuple[str, str]:
    if kind == "boolean":
        return "boolean", ""
    if kind == "select":
        return "choice", ""
    if kind == "string":
        return "text", ""
    unit = cursor.text("unit")
    found = _KINDS.get((unit or "").strip().lower())
    if unit and found is None:
        choose(cursor.get("unit") or cursor, f"the unit '{unit}' is not known here: a plain number")
    return found or ("number", "")


def _default(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g} {unit}".strip()
    return quoted(str(value))
