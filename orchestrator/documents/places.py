"""Where everything in a document stands: a map of places beside the plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Final, TypeAlias

from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Span
from orchestrator.model.lazy_dataclass import dataclass

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of mappings and indices of lists."""

TAGS: Final = frozenset({"!include", "!include_dir_named", "!include_dir_list", "!secret"})
"""What may stand before a name where a value should be."""
_PARTS: Final = r"(?s)\{\{.*?(?:\}\}|$)"
_QUOTED: Final = "'[^']*'|\"[^\"]*\""
_QUOTED_TWICE: Final = "(?s)''.*?''|\"[^\"]*\""
"""In a scalar that YAML quotes once itself, a quote is written as two."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A word such as `!include` with what stands behind it, where a value should be."""

    name: str
    argument: str
    span: Span


@dataclass(slots=True)
class Places:
    """Spans of values, and of the keys that lead to them, by path."""

    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    tags: dict[Path, Tag] = field(default_factory=dict)
    """What is to be put in the place of a value."""

    def of_value(self, path: Path) -> Span:
        """Give a value's place; what came through an alias stands where the alias does."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.values:
                return self.values[path[:length]]
        return Span(1, 1, 1, 2)

    def of_key(self, path: Path) -> Span:
        """Give the place of the key that leads to a value, or of the value itself in a list."""
        return self.keys.get(path) or self.of_value(path)

    def by_beginning(self) -> dict[tuple[int, int, str], Span]:
        """Give the shortest span that begins at each place."""
        found: dict[tuple[int, int, str], Span] = {}
        for each in (*self.keys.values(), *self.values.values()):
            place, end = (each.line, each.column, each.file), (each.end_line, each.end_column)
            known = found.get(place)
            if known is None or end < (known.end_line, known.end_column):
                found[place] = each
        return found


@dataclass(frozen=True)
class Document:
    """A text that was read: plain data, and where each piece of it stands."""

    file: str
    text: str
    data: Any
    places: Places
    name: str = ""
    """Of an included file: its path from the including document's folder."""
    parts: Mapping[str, Document] = field(default_factory=dict)
    """Included files, by the names under which they are shown."""

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, as people count them."""
        return lines_of(self.text)

    def written(self, span: Span) -> str:
        """Give what is written in a span, line ends as line feeds."""
        return "\n".join(self._stretches(span))

    def word_in(self, span: Span, word: str) -> Span:
        """Find a word within a value, however many lines it has; the whole value if it is not."""
        pattern = rf"(?<![\w.]){re.escape(word)}(?!\w)"
        return self._found(span, re.search(pattern, self.written(span)))

    def name_in(self, span: Span, name: str, number: int = 0) -> Span:
        """Find a name within the expressions of a value, not within their texts.

        `number` counts those of the same name from 0.
        """
        pattern = rf"(?<![\w.]){re.escape(name)}(?!\w|\.\w)"
        found = list(re.finditer(pattern, _only_code(self.written(span))))
        return self._found(span, found[min(number, len(found) - 1)] if found else None)

    def sign_in(self, span: Span, sign: str) -> Span:
        """Find a sign within the expressions of a value, whatever stands beside it."""
        return self._found(span, re.search(re.escape(sign), _only_code(self.written(span))))

    def _stretches(self, span: Span) -> list[str]:
        """Cut a span out, line by line."""
        part = self.parts.get(span.file, self)
        lines = part.lines[span.line - 1 : span.end_line]
        if len(lines) == span.end_line - span.line + 1:
            lines[-1] = lines[-1][: span.end_column - 1]
        if lines:
            lines[0] = lines[0][span.column - 1 :]
        return lines

    def _found(self, span: Span, found: re.Match[str] | None) -> Span:
        """Turn what was found in a span's text into the place where it stands."""
        if found is None:
            return span
        before = found.string[: found.start()]
        line = span.line + before.count("\n")
        column = found.start() - before.rfind("\n")
        if line == span.line:
            column += span.column - 1
        return Span(line, column, line, column + len(found[0]), span.file)


def _only_code(written: str) -> str:
    """Blank what is not code: the words around `{{ … }}`, and texts within."""
    quoted = _QUOTED_TWICE if written.startswith("'") else _QUOTED
    code = ["\n" if character == "\n" else " " for character in written]
    for part in re.finditer(_PARTS, written):
        plain = re.sub(quoted, lambda text: re.sub(".", " ", text[0]), part[0])
        code[part.start() : part.end()] = plain
    return "".join(code)
