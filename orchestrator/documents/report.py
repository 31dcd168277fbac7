"""Diagnostics for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from orchestrator.documents.diagnostic import Diagnostic, Site
from orchestrator.documents.excerpt import text_of, way_of

if TYPE_CHECKING:
    from orchestrator.documents.check import Checked

FORMATS: Final = ("text", "json", "sarif", "github", "junit", "codequality")


def report(checked: Iterable[Checked], form: str = "text", *, colour: bool = False) -> str:
    """Write what was found in one of FORMATS; `colour` is for terminals only."""
    results = list(checked)
    if form == "json":
        return as_json(results)
    if form == "github":
        return as_github(results)
    if form == "sarif":
        from orchestrator.documents.sarif import as_sarif

        return as_sarif(results)
    if form == "codequality":
        from orchestrator.documents.codequality import as_code_quality

        return as_code_quality(results)
    if form == "junit":
        from orchestrator.documents.junit import as_junit

        return as_junit(results)
    return as_text(results, colour=colour)


def as_text(results: list[Checked], *, colour: bool = False) -> str:
    """Write each problem with an excerpt and a caret under the place."""
    blocks = [
        text_of(diagnostic, each.text_of(diagnostic.file), colour=colour)
        for each in results
        for diagnostic in each.diagnostics
    ]
    return "".join(blocks)


def as_json(results: list[Checked]) -> str:
    """Write the list that programs read."""
    found = [as_data(diagnostic) for each in results for diagnostic in each.diagnostics]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """Give a diagnostic as plain data, for JSON."""
    data: dict[str, Any] = {
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "end_line": diagnostic.end_line,
        "end_column": diagnostic.end_column,
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "suggestion": diagnostic.suggestion,
    }
    if diagnostic.included_from:
        data["included_from"] = [asdict(site) for site in diagnostic.included_from]
    return data


def from_data(data: Mapping[str, Any]) -> Diagnostic:
    """Take a diagnostic back from plain data, such as an answer of the API."""
    known = {each.name: data[each.name] for each in fields(Diagnostic) if each.name in data}
    sites = tuple(Site(**each) for each in data.get("included_from", ()))
    return Diagnostic(**{**known, "included_from": sites})


def show_diagnostics(
    found: Iterable[Mapping[str, Any]], texts: Mapping[str, str], *, form: str = "text"
) -> None:
    """Print diagnostics that came as data, with excerpts from the texts they are about."""
    from orchestrator.documents.check import Checked

    by_file: dict[str, list[Diagnostic]] = {}
    for data in found:
        diagnostic = from_data(data)
        by_file.setdefault(diagnostic.file, []).append(diagnostic)
    results = [
        Checked(file=file, kind=None, diagnostics=tuple(each), text=texts.get(file, ""))
        for file, each in by_file.items()
    ]
    colour = form == "text" and sys.stdout.isatty()
    sys.stdout.write(report(results, form, colour=colour))


def as_github(results: list[Checked]) -> str:
    """Write workflow commands, which GitHub shows beside the lines of a pull request."""
    lines = []
    for each in results:
        for found in each.diagnostics:
            place = f"file={_escape(found.file, ',:')},line={found.line},col={found.column}"
            end = f"endLine={found.end_line}"
            if found.end_line == found.line:  # columns are only for what stands on one line
                end += f",endColumn={found.end_column}"
            message = _escape(" ".join([found.sentence, *map(way_of, found.included_from)]))
            lines.append(f"::{found.severity} {place},{end},title={found.code}::{message}\n")
    return "".join(lines)


def _escape(text: str, more: str = "") -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for character in more:
        escaped = escaped.replace(character, f"%{ord(character):02X}")
    return escaped
