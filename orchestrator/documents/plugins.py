"""Finds plugins, and reads what they bring, without running any of their code.

A plugin is a folder with a `plugin.yaml` and, as in `contrib`, the folders `jobs`, `automations`
and `charts`. It lies in a plugin folder, or it is an installed package whose entry point in the
group `axenic.plugins` names it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from math import inf
from pathlib import Path
from typing import Any, Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.load import load
from orchestrator.documents.places import Document
from orchestrator.documents.read import read
from orchestrator.documents.schema import check_kind, check_shape, kind_of
from orchestrator.documents.values import constant_of
from orchestrator.model.calibration import OWN, Comparable, OwnKind
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.units import UnitError

VARIABLE: Final = "AXENIC_PLUGINS"
"""Folders in which plugins lie, separated as in PATH; empty: there are none."""
MANIFEST: Final = "plugin.yaml"
PARTS: Final = (
    "jobs",
    "automations",
    "drivers",
    "notifiers",
    "calibrations",
    "self_tests",
    "routes",
)
"""What its classes are."""
GROUP: Final = "axenic.plugins"
_ENTRY_POINTS: Final = "entry_points.txt"
ROUTE_S_MAX: Final = 20.0
"""Whoever asks the server has an answer within 30 s."""
TEST_S_MAX: Final = 300.0
FIT_S_MAX: Final = 20.0
_MB: Final = {"MB": 1, "GB": 1000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a plugin lies."""

    name: str
    root: Path
    package: str = ""
    """What its modules are imported from; empty for a folder of its own."""
    distribution: str = ""
    """What pip knows it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginJob:
    """How a job, or a law that one follows, is run; what it offers says its own document."""

    name: str
    module: str
    attribute: str
    watches: tuple[str, ...] = ()
    within_s: float = 5.0
    memory_mb: int = 512
    on_loss: str = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginPart:
    """How a driver, a notifier or a self-test is run."""

    name: str
    module: str
    attribute: str
    within_s: float
    memory_mb: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRoute(PluginPart):
    """A route of the API, and how it is run."""

    description: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    is_for_administrators: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginKind:
    """A kind of calibration, and how its fit is run if it has one of its own."""

    kind: OwnKind
    fit: PluginPart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin's own word about itself."""

    found: Found
    name: str
    description: str
    version: str = ""
    jobs: Mapping[str, PluginJob] = field(default_factory=dict)
    automations: Mapping[str, PluginJob] = field(default_factory=dict)
    """Those that are laws in Python."""
    drivers: Mapping[str, PluginPart] = field(default_factory=dict)
    notifiers: Mapping[str, PluginPart] = field(default_factory=dict)
    calibrations: Mapping[str, PluginKind] = field(default_factory=dict)
    self_tests: Mapping[str, PluginPart] = field(default_factory=dict)
    routes: Mapping[str, PluginRoute] = field(default_factory=dict)


class PluginError(ValueError):
    """A plugin cannot be used as it is."""


def plugin_folders() -> list[Path]:
    """Where plugins are put, the first one by `axenic plugins install`."""
    said = os.environ.get(VARIABLE)
    if said is not None:
        return [Path(each) for each in said.split(os.pathsep) if each]
    data = os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    return [Path(data, "axenic", "plugins")]


def find_plugins() -> list[Found]:
    """All that there are, by what the system says of its files."""
    return [*_in_folders(plugin_folders()), *_installed(sys.path)]


def read_plugin(found: Found) -> Plugin:
    """Read a plugin's own document.

    Raises:
        PluginError: it is missing or wrong.
    """
    path = found.root / MANIFEST
    content = read(path)
    if isinstance(content, Diagnostic):
        raise PluginError(f"{path}: {content.message}")
    document, problems = load(content, str(path))
    if document is not None:
        problems += check_kind(document)
        kind = kind_of(document)
        problems += check_shape(document, kind) if kind else []
        if kind not in (None, "plugin/1"):
            raise PluginError(f"{path} is a {kind} document, and not plugin/1")
    if problems or document is None:
        first = problems[0]
        raise PluginError(f"{first.file}:{first.line}:{first.column}: {first.message}")
    return _plugin(found, document)


def _plugin(found: Found, document: Document) -> Plugin:
    data = document.data
    return Plugin(
        found=found,
        name=data["name"],
        description=data["description"],
        version=data.get("version", ""),
        jobs=_stepped(document, "jobs"),
        automations=_stepped(document, "automations"),
        drivers={
            name: PluginPart(**_run(document, ("drivers", name), each, "10 s"))
            for name, each in data.get("drivers", {}).items()
        },
        notifiers={
            name: PluginPart(**_run(document, ("notifiers", name), each, "30 s"))
            for name, each in data.get("notifiers", {}).items()
        },
        calibrations={
            name: _kind(document, name, each) for name, each in data.get("calibrations", {}).items()
        },
        self_tests={
            name: PluginPart(
                **_run(document, ("self_tests", name), each, "30 s", most_s=TEST_S_MAX)
            )
            for name, each in data.get("self_tests", {}).items()
        },
        routes={
            name: PluginRoute(
                description=each["description"],
                method=each.get("method", "GET"),
                query=dict(each.get("query", {})),
                is_for_administrators="only" in each,
                **_run(document, ("routes", name), each, "10 s", most_s=ROUTE_S_MAX),
            )
            for name, each in data.get("routes", {}).items()
        },
    )


def _kind(document: Document, name: str, data: Mapping[str, Any]) -> PluginKind:
    path, actual = ("calibrations", name), data["actual"]
    values = [_quantity(document, (*path, "values"), each, actual) for each in data["values"]]
    fit = None
    if "class" in data:
        fit = PluginPart(**_run(document, path, data, "10 s", most_s=FIT_S_MAX))
    compared = Comparable(
        raw=data["raw"],
        actual=actual,
        method=data.get("fit", "linear") if fit is None else OWN,
        values=tuple(values),
        prepare=data["prepare"].rstrip("."),
    )
    kind = OwnKind(name=name, device=data["device"], compared=compared)
    return PluginKind(kind=kind, fit=fit)


def _quantity(document: Document, path: tuple[str, ...], data: Any, dimension: str) -> float:
    try:
        return float(constant_of(data, dimension, ()) or 0.0)
    except UnitError as error:
        raise PluginError(_at(document, path, error.message)) from None


def _at(document: Document, path: tuple[str, ...], message: str) -> str:
    span = document.places.of_value(path)
    return f"{document.file}:{span.line}:{span.column}: {message}"


def _stepped(document: Document, group: str) -> dict[str, PluginJob]:
    return {
        name: PluginJob(
            watches=tuple(each.get("watches", ())),
            on_loss=each.get("on_loss", "restart"),
            **_run(document, (group, name), each, "5 s"),
        )
        for name, each in document.data.get(group, {}).items()
    }


def _run(
    document: Document,
    path: tuple[str, str],
    data: Mapping[str, Any],
    within: str,
    *,
    most_s: float = inf,
) -> dict[str, Any]:
    """Read how a part of a plugin is run."""
    module, _, attribute = data["class"].partition(":")
    try:
        within_s = constant_of(data.get("within", within), "time", ())
        if isinstance(within_s, float) and within_s > most_s:
            raise UnitError(f"{data['within']} is too long: {most_s:g} s is the most")
    except UnitError as error:
        raise PluginError(_at(document, (*path, "within"), error.message)) from None
    number, unit = data.get("memory", "512 MB").split(" ")
    return {
        "name": path[1],
        "module": module,
        "attribute": attribute,
        "within_s": within_s,
        "memory_mb": int(number) * _MB[unit],
    }


def _in_folders(folders: Iterable[Path]) -> Iterator[Found]:
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                names = sorted(each.name for each in entries if not each.name.startswith("."))
        except OSError:
            continue
        for name in names:
            if (folder / name / MANIFEST).is_file():
                yield Found(name=name, root=folder / name)


def _installed(path: Iterable[str]) -> Iterator[Found]:
    """Look for the group in what installed packages say of themselves.

    `importlib.metadata` would do it, but takes 30 ms to be imported: each check would pay them.
    """
    for folder in dict.fromkeys(path):
        try:
            with os.scandir(folder or ".") as entries:
                infos = sorted(each.path for each in entries if each.name.endswith(".dist-info"))
        except OSError:
            continue
        for info in infos:
            try:
                with open(f"{info}/{_ENTRY_POINTS}", "rb") as file:  # noqa: PTH123 - and quicker
                    content = file.read()
            except OSError:
                continue
            if GROUP.encode() in content:
                yield from _named(content.decode("utf-8", "replace"), Path(info))


def _named(text: str, info: Path) -> Iterator[Found]:
    from configparser import ConfigParser
    from importlib.util import find_spec

    entries = ConfigParser(delimiters=("=",))
    entries.optionxform = str  # type: ignore[assignment, method-assign]
    entries.read_string(text)
    for name, package in entries[GROUP].items() if entries.has_section(GROUP) else ():
        try:
            spec = find_spec(package.strip()) if "." not in package else None
        except (ImportError, ValueError):
            spec = None
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        root = Path(places[0]) if places else info
        yield Found(
            name=name,
            root=root,
            package=package.strip(),
            distribution=info.name.partition("-")[0],
        )
