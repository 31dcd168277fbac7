"""Where everything in a document stands: a map of places beside the plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from orchestrator.documents.diagnostic import Span

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of mappings and indices of lists."""


@dataclass(slots=True)
class Places:
    """Spans of values, and of the keys that lead to them, by path."""

    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)

    def of_value(self, path: Path) -> Span:
        """Give a value's place; what came through an alias stands where the alias does."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.values:
                return self.values[path[:length]]
        return Span(1, 1, 1, 2)

    def of_key(self, path: Path) -> Span:
        """Give the place of the key that leads to a value, or of the value itself in a list."""
        return self.keys.get(path) or self.of_value(path)


@dataclass(frozen=True)
class Document:
    """A text that was read: plain data, and where each piece of it stands."""

    file: str
    text: str
    data: Any
    places: Places

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, as people count them."""
        return self.text.splitlines()

    def word_in(self, span: Span, word: str) -> Span:
        """Find a word within a value that stands on one line; the whole value where it does not."""
        if span.line != span.end_line or span.line > len(self.lines):
            return self._word_below(span, word)
        line = self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        found = re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", line)
        if found is None:
            return span
        column = span.column + found.start()
        return Span(span.line, column, span.line, column + len(word))

    def _word_below(self, span: Span, word: str) -> Span:
        pattern = re.compile(rf"(?<![\w.]){re.escape(word)}(?!\w)")
        for number in range(span.line, min(span.end_line, len(self.lines)) + 1):
            found = pattern.search(self.lines[number - 1])
            if found is not None:
                return Span(number, found.start() + 1, number, found.end() + 1)
        return span
