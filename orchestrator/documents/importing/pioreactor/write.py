"""YAML is written line by line, and each line remembers where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span

_WIDTH: Final = 100
_PLAIN: Final = re.compile(r"[A-Za-z0-9_°µ/][A-Za-z0-9_°µ/.+ -]*")
_RESERVED: Final = re.compile(r"(?i)true|false|null|yes|no|on|off|y|n|[-+.0-9][-+.0-9e_]*")
WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of YAML with its indentation."""

    indent: int
    text: str
    source: Span | None = None


def indented(lines: Iterable[Line], by: int = 2) -> list[Line]:
    """Move lines to the right."""
    return [replace(line, indent=line.indent + by) for line in lines]


def as_item(lines: Sequence[Line]) -> list[Line]:
    """Make lines an element of a list; comments before them stay before it."""
    first = next(at for at, line in enumerate(lines) if not line.text.startswith("#"))
    head = lines[first]
    return [
        *lines[:first],
        replace(head, text=f"- {head.text}"),
        *indented(lines[first + 1 :]),
    ]


def comment(text: str) -> list[Line]:
    """Write a comment, in as many lines as it needs."""
    lines, line = [], "#"
    for word in text.split():
        if len(line) + len(word) >= _WIDTH - 20 and line != "#":
            lines.append(Line(0, line))
            line = "#"
        line += f" {word}"
    return [*lines, Line(0, line)]


def explained(
    lines: Sequence[Line], problems: Iterable[Diagnostic], beginnings: Iterable[int]
) -> list[Line]:
    """Put what had to be chosen, or was lost, as comments beside what came of it, or on top.

    `beginnings` are the lines in which the pieces of the source begin that lines come from.
    """
    first = {line.source.line: at for at, line in reversed([*enumerate(lines)]) if line.source}
    starts = {*beginnings, *first}
    said: dict[int, list[str]] = {}
    for problem in sorted(problems, key=lambda each: (each.line, each.column)):
        start = max((each for each in starts if each <= problem.line), default=0)
        lost = "" if problem.severity == "warning" else "lost: "
        place = f"line {problem.line}, " if start not in first else ""
        notes = said.setdefault(first.get(start, 0), [])
        note = f"{place}{lost}{problem.message}"
        if note not in notes:
            notes.append(note)
    written: list[Line] = []
    for at, line in enumerate(lines):
        for note in said.get(at, ()):
            written += indented(comment(f"{note[0].upper()}{note[1:]}."), line.indent)
        written.append(line)
    return written


def render(lines: Iterable[Line]) -> str:
    """Write the document."""
    return "".join(f"{' ' * line.indent}{line.text}".rstrip() + "\n" for line in lines)


def scalar(text: str) -> str:
    """Write a text so that YAML reads that text."""
    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text) and text == text.strip():
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Write a text in double quotes."""
    return '"' + "".join(_ESCAPES.get(each, each) for each in text) + '"'


def word_of(text: str) -> str:
    """Make a name of ours out of any text."""
    word = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")[:40] or "vessel"
    return word if WORD.fullmatch(word) else f"v{word}"[:40]


def mapping(values: Mapping[str, str]) -> str:
    """Write a mapping of finished values on one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"
