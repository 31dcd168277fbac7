"""What a sketch has noted so far: data, places, and what has been begun and not ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from orchestrator.documents.diagnostic import Span
from orchestrator.documents.places import Path, Tag

Part: TypeAlias = Literal["key", "value", "either"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What is open at the end of a text: where something that is typed now would belong."""

    path: Path
    """Of the mapping for a key, of the value itself for a value."""
    part: Part
    word: str = ""
    """What stands there already, without its quote."""
    in_flow: bool = False


@dataclass(slots=True)
class Frame:
    """A mapping or list that goes on."""

    indent: int
    path: Path
    node: Any
    slot: str | int | None = None
    flow: bool = False
    expects: Part = "key"

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.node, dict)

    @property
    def child(self) -> Path:
        """The way to its last value."""
        return (*self.path, self.slot) if self.slot is not None else self.path

    @property
    def is_waiting(self) -> bool:
        """Whether its last key or dash has no value yet."""
        return self.slot is not None and self.node[self.slot] is None


@dataclass(slots=True)
class Notes:
    """Filled by who reads."""

    text: str
    data: Any = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    tags: dict[Path, Tag] = field(default_factory=dict)
    _lines: list[str] = field(default_factory=list)
    _number: int = 0
    _frames: list[Frame] = field(default_factory=list)
    _open: Open | None = None
    _is_silent: bool = False
    _block: int | None = None
    """The indent of the entry whose literal text goes on."""
    _quote: tuple[str, int, Path, str] | None = None

    def _mark(self, into: dict[Path, Span], path: Path, start: int, end: int) -> None:
        into[path] = Span(self._number, start + 1, self._number, max(end, start + 1) + 1)

    def _mark_end(self, path: Path, end: int) -> None:
        start = self.values.get(path)
        if start is not None:
            self.values[path] = Span(start.line, start.column, self._number, end + 1)
