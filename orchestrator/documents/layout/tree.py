"""A document as its author wrote it: the tree of YAML's events, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

_STANDARD: Final = "tag:yaml.org,2002:"
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*(?:\s+|$))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node begins and ends; lines and columns count from 0 here."""

    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int
    """Both as characters of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A scalar or an alias, as it is written."""

    place: Place
    value: str
    style: str | None
    """None for a plain one; `*` for an alias."""
    raw: str
    properties: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key with its value, or an item of a list."""

    key: Scalar | None
    value: Node
    place: Place
    """Of the key, or of the item's dash, or of the item itself in a flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A mapping or a list."""

    place: Place
    is_mapping: bool
    is_flow: bool
    braces: bool = True
    """Of a flow: whether it stands in brackets; a lone `key: value` in a list need not."""
    entries: list[Entry] = field(default_factory=list)
    properties: str = ""


Node: TypeAlias = Scalar | Collection


class TooOdd(Exception):
    """A document that is better left as it is."""


def read_tree(text: str) -> tuple[Node, list[Scalar]]:
    """Read a text that is known to be one good document: its tree, and all its scalars."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._scalars: list[Scalar] = []

    def document(self) -> tuple[Node, list[Scalar]]:
        """Read the one document that there is."""
        next(self._events)
        start = next(self._events)
        if start.version or start.tags:
            raise TooOdd
        return self._node(next(self._events)), self._scalars

    def _node(self, event: Any) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._kept(
                Scalar(place=_place(event), value="", style="*", raw=f"*{event.anchor}")
            )
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return self._collection(event)

    def _scalar(self, event: Any) -> Scalar:
        place = _place(event)
        raw, properties = self._text[place.start : place.end], _properties(event)
        if properties:
            raw = raw[_PROPERTIES.match(raw).end() :]  # type: ignore[union-attr]
        return self._kept(
            Scalar(
                place=place, value=event.value, style=event.style, raw=raw, properties=properties
            )
        )

    def _kept(self, scalar: Scalar) -> Scalar:
        self._scalars.append(scalar)
        return scalar

    def _collection(self, event: Any) -> Collection:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        ending = yaml.MappingEndEvent if is_mapping else yaml.SequenceEndEvent
        entries: list[Entry] = []
        while not isinstance(following := next(self._events), ending):
            if not is_mapping:
                entries.append(self._item(following, event, entries))
                continue
            key = self._node(following)
            if not isinstance(key, Scalar) or "\n" in key.raw:
                raise TooOdd
            value = self._node(next(self._events))
            entries.append(Entry(key=key, value=value, place=key.place))
        start = _place(event)
        end = following.end_mark if event.flow_style else following.start_mark
        if not event.flow_style and entries:
            end = None  # a block's end is where the next thing begins, which says nothing
        last = entries[-1].value.place if entries else start
        return Collection(
            place=Place(
                line=start.line,
                column=start.column,
                end_line=end.line if end else last.end_line,
                end_column=end.column if end else last.end_column,
                start=start.start,
                end=end.index if end else last.end,
            ),
            is_mapping=is_mapping,
            is_flow=bool(event.flow_style),
            braces=self._text[event.start_mark.index : event.start_mark.index + 1] in "{[&!",
            entries=entries,
            properties=_properties(event),
        )

    def _item(self, event: Any, parent: Any, before: list[Entry]) -> Entry:
        """Read an item; one of a block is held to stand where its dash stands."""
        value = self._node(event)
        if parent.flow_style:
            return Entry(key=None, value=value, place=value.place)
        dash, line, column = self._dash(parent.start_mark, before)
        return Entry(
            key=None,
            value=value,
            place=Place(
                line=line,
                column=column,
                end_line=value.place.end_line,
                end_column=value.place.end_column,
                start=dash,
                end=value.place.end,
            ),
        )

    def _dash(self, start: Any, before: list[Entry]) -> tuple[int, int, int]:
        """Find an item's dash: as character of the text, and by line and column."""
        if not before and self._text[start.index] == "-":
            return start.index, start.line, start.column
        margin = f"{{{before[0].place.column}}}" if before else "*"
        pattern = re.compile(rf"^ {margin}(-)(?=\s)", re.MULTILINE)
        found = pattern.search(self._text, before[-1].value.place.end if before else start.index)
        if found is None:
            raise TooOdd
        dash = found.start(1)
        line = self._text.count("\n", 0, dash)
        return dash, line, dash - found.start()


def value_is_empty(node: Node) -> bool:
    """Tell whether nothing at all is written there."""
    return isinstance(node, Scalar) and not node.raw and not node.properties


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    return Place(
        line=start.line,
        column=start.column,
        end_line=end.line,
        end_column=end.column,
        start=start.index,
        end=end.index,
    )


def _properties(event: Any) -> str:
    """Write tag and anchor as they were, with a space behind."""
    said = ""
    if event.tag is not None:
        tag = event.tag
        if tag.startswith(_STANDARD):
            said += f"!!{tag.removeprefix(_STANDARD)} "
        else:
            said += f"{tag} " if tag.startswith("!") else f"!<{tag}> "
    return said + (f"&{event.anchor} " if event.anchor is not None else "")
