"""One problem as text: its line, a caret under the place, and what was probably meant."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Diagnostic, Site
from orchestrator.documents.terminal import visible, widths

_RED, _YELLOW, _BOLD, _DIM, _GREEN, _OFF = (
    "\x1b[31m",
    "\x1b[33m",
    "\x1b[1m",
    "\x1b[2m",
    "\x1b[32m",
    "\x1b[0m",
)
_LINE_LENGTH_MAX: Final = 160


def text_of(diagnostic: Diagnostic, text: str, *, colour: bool = False) -> str:
    """Write one problem with its line, a caret, and what was probably meant."""
    place = visible(f"{diagnostic.file}:{diagnostic.line}:{diagnostic.column}:")
    severity = "warning: " if diagnostic.severity == "warning" else ""
    head = f"{place} {severity}{diagnostic.message} [{diagnostic.code}]\n"
    if colour:
        tint = _YELLOW if diagnostic.severity == "warning" else _RED
        said = f"{tint}{severity}{diagnostic.message}{_OFF}"
        head = f"{_BOLD}{place}{_OFF} {said} {_DIM}[{diagnostic.code}]{_OFF}\n"
    return head + _excerpt(diagnostic, text, colour=colour) + _way(diagnostic)


def way_of(site: Site) -> str:
    """Say from where a file was included, or what an automation stands in for."""
    return f"{site.how} from {site.file}:{site.line}:{site.column}"


def _excerpt(diagnostic: Diagnostic, text: str, *, colour: bool) -> str:
    lines = _lines(text)
    margin = " " * len(str(diagnostic.line))
    block = ""
    if diagnostic.line <= len(lines):
        line, marks = _window(diagnostic, lines[diagnostic.line - 1])
        marks = f"{_RED}{marks}{_OFF}" if colour else marks
        block = f"{margin} |\n{diagnostic.line} | {line.rstrip()}\n{margin} | {marks}\n"
    if diagnostic.suggestion is not None:
        meant = f"{_GREEN}{diagnostic.suggestion}{_OFF}" if colour else diagnostic.suggestion
        block += f"{margin} = did you mean {meant}?\n"
    return block


def _way(diagnostic: Diagnostic) -> str:
    """Say from where the file was included, line by line."""
    margin = " " * len(str(diagnostic.line))
    return "".join(f"{margin} = {visible(way_of(site))}\n" for site in diagnostic.included_from)


@lru_cache(maxsize=1)
def _lines(text: str) -> list[str]:
    """Split a text once for all the problems in it."""
    return lines_of(text)


def _window(diagnostic: Diagnostic, line: str) -> tuple[str, str]:
    """Give a line and the marks below it; of a long one what is around the place."""
    start = diagnostic.column - 1
    end = diagnostic.end_column - 1 if diagnostic.end_line == diagnostic.line else len(line)
    before = after = ""
    if len(line) > _LINE_LENGTH_MAX:
        first = max(0, min(start - _LINE_LENGTH_MAX // 4, len(line) - _LINE_LENGTH_MAX))
        last = first + _LINE_LENGTH_MAX
        before, after = "…" if first else "", "…" if last < len(line) else ""
        line, start, end = line[first:last], start - first, end - first
    line, wide = visible(line), widths(line)
    reach = sum(wide[start : min(end, len(line))])
    marks = "^" + "~" * (max(1, reach) - 1)
    return before + line + after, " " * (len(before) + sum(wide[:start])) + marks
