"""A document's outline: its sections, and what has a name in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from orchestrator.documents.assist.sketch import sketch
from orchestrator.documents.diagnostic import Span
from orchestrator.documents.load import load
from orchestrator.documents.places import Document, Path

DEPTH_MAX: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the outline."""

    name: str
    detail: str
    is_list_item: bool
    whole: Span
    at: Span
    """The part to go to, within the whole."""
    children: tuple[Entry, ...] = ()


def outline(text: str, file: str) -> tuple[Entry, ...]:
    """Draw the outline of a document, finished or not."""
    document, _ = load(text, file)
    if document is None or not isinstance(document.data, dict):
        document = sketch(text, file)
    return _Outliner(document).below((), document.data, 0)


class _Outliner:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._ends: dict[Path, tuple[int, int]] = {}
        for path, span in document.places.values.items():
            end = (span.end_line, span.end_column)
            for length in range(len(path) + 1):
                above = path[:length]
                if self._ends.get(above, (0, 0)) < end:
                    self._ends[above] = end

    def below(self, path: Path, data: Any, depth: int) -> tuple[Entry, ...]:
        """List what is in a value."""
        if depth >= DEPTH_MAX:
            return ()
        if isinstance(data, dict):
            return tuple(
                self._entry((*path, key), key, value, depth)
                for key, value in data.items()
                if depth == 0 or isinstance(value, (dict, list)) or depth == 1
            )
        if isinstance(data, list):
            return tuple(
                self._entry((*path, number), _title(each, number), each, depth, item=True)
                for number, each in enumerate(data)
                if isinstance(each, dict)
            )
        return ()

    def _entry(self, path: Path, name: str, value: Any, depth: int, *, item: bool = False) -> Entry:
        at = self._document.places.of_key(path)
        end = max(self._ends.get(path, (0, 0)), (at.end_line, at.end_column))
        return Entry(
            name=name or "?",
            detail=f"{value}"[:60] if isinstance(value, (str, int, float)) else "",
            is_list_item=item,
            whole=Span(at.line, at.column, *end),
            at=at,
            children=self.below(path, value, depth + 1),
        )


def _title(data: dict[str, Any], number: int) -> str:
    """Call an item by its name, or by what it does."""
    for key in ("name", "title"):
        if isinstance(data.get(key), str) and data[key].strip():
            return str(data[key])
    for key, value in data.items():
        return f"{key} {value}"[:60] if isinstance(value, (str, int, float)) else str(key)
    return f"{number + 1}"
