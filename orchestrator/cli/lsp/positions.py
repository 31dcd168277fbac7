"""Our places are lines and characters from 1; the protocol's are from 0, in units it agrees on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from lsprotocol import types

from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Span

_UNITS: Final[dict[str, Callable[[str], int]]] = {
    "utf-8": lambda character: len(character.encode("utf-8", "surrogatepass")),
    "utf-16": lambda character: 2 if ord(character) > 0xFFFF else 1,
    "utf-32": lambda _: 1,
}


class Ruler:
    """Measures one text in the units that the editor counts in."""

    def __init__(self, text: str, encoding: str | None) -> None:
        self._lines: Sequence[str] = lines_of(text)
        self._units = _UNITS[encoding or "utf-16"]

    def place(self, position: types.Position) -> tuple[int, int]:
        """Turn the editor's position into our line and column."""
        line = self._line(position.line)
        column, passed = 0, 0
        while column < len(line) and passed < position.character:
            passed += self._units(line[column])
            column += 1
        return position.line + 1, column + 1

    def position(self, line: int, column: int) -> types.Position:
        """Turn our line and column into the editor's position."""
        before = self._line(line - 1)[: column - 1]
        return types.Position(line=line - 1, character=sum(map(self._units, before)))

    def range(self, span: Span) -> types.Range:
        """Turn a span into the editor's range."""
        return types.Range(
            start=self.position(span.line, span.column),
            end=self.position(span.end_line, span.end_column),
        )

    def whole(self) -> types.Range:
        """Give the range of the whole text."""
        return types.Range(
            start=types.Position(line=0, character=0),
            end=types.Position(line=len(self._lines) + 1, character=0),
        )

    def _line(self, number: int) -> str:
        return self._lines[number] if number < len(self._lines) else ""
