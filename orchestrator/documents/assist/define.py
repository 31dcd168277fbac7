"""Where a name comes from: its declaration in the document, or the file that offers it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.documents.assist.knowledge import Knowledge
from orchestrator.documents.assist.locate import (
    declarations,
    mention_at,
    read_for_help,
    variable_span,
    variables_meant,
)
from orchestrator.documents.assist.spot import expression_at
from orchestrator.documents.decode import START, lines_of
from orchestrator.documents.diagnostic import Span
from orchestrator.documents.files import NO_FILES, Files
from orchestrator.resources import resource

_INCLUDE: Final = re.compile(r"!include(?:_dir_named)?\s+([\"']?)([^\s\"',}\]]+)\1")
_FOLDERS: Final = {"job": "jobs", "automation": "automations", "chart": "charts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place in this document or another."""

    file: Path | None
    """None for this document."""
    span: Span


def define(
    text: str,
    file: str,
    line: int,
    column: int,
    knowledge: Knowledge,
    files: Files = NO_FILES,
) -> Target | None:
    """Find where the name at a place is declared."""
    included = _included(text, file, line, column)
    if included is not None:
        return included
    read = read_for_help(text, file, knowledge, files)
    found = mention_at(read, line, column)
    inside = expression_at(text, line, column)
    if found is not None and found[0].kind == "vars":
        paths = variables_meant(read.draft, found[0])
        return _here(variable_span(read.document, paths[0])) if paths else None
    if found is not None:
        kind, name = found[0].kind, found[0].name
    elif inside is not None and inside.compared_with == "phase":
        kind, name = "phase", inside.whole
    else:
        return None
    for declared, known, span in declarations(read.document):
        if (declared, known) == (kind, name):
            return _here(span)
    return _offered(kind, name)


def _here(span: Span) -> Target:
    return Target(file=Path(span.file) if span.file else None, span=span)


def _included(text: str, file: str, line: int, column: int) -> Target | None:
    lines = lines_of(text)
    for found in _INCLUDE.finditer(lines[line - 1]) if line <= len(lines) else ():
        if found.start() < column <= found.end() + 1:
            return Target(file=Path(file).parent / found[2], span=START)
    return None


def _offered(kind: str, name: str) -> Target | None:
    """Find the YAML that declares a job, an automation, a setting's or a signal's job, a chart."""
    if kind in ("setting", "signal", "limit"):
        kind, name = "job", name.partition(".")[0]
    if kind not in _FOLDERS or re.fullmatch(r"\w+", name) is None:
        return None
    path = resource("contrib", _FOLDERS[kind], f"{name}.yaml")
    return Target(file=path, span=START) if path.is_file() else None
