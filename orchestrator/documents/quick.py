"""A quick reading of plain YAML: block mappings and lists, short flow ones, scalars of one line.

PyYAML takes ten times as long, and most documents hold nothing that needs it. This reader knows a
part of YAML in which there is no room for doubt: where it is not sure, it gives up, and PyYAML
reads the document from the start, with every trap, alias and mistake that is in it. Where it does
not give up, it answers exactly what PyYAML would have answered; a property test holds it to that.
"""

from __future__ import annotations

import re
from typing import Any, Final

from orchestrator.documents.diagnostic import Span
from orchestrator.documents.pieces import PIECES_MAX
from orchestrator.documents.places import TAGS, Path, Places, Tag
from orchestrator.documents.scalars import resolve

DEPTH_MAX: Final = 40
LINE_LENGTH_MAX: Final = 1000

_KEY: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_.\-]*):(?: +|$)")
_NOT_A_START: Final = frozenset("-?:,[]{}#&*!|>'\"%@` ")
_PLAIN_IN_FLOW: Final = re.compile(
    r"(?:-(?=[0-9.]))?[^\-?:,\[\]{}#&*!|>'\"%@` ][^?:,\[\]{}#&*!|>'\"]*"
)
_QUOTED: Final = re.compile(r"\"([^\"\\]*)\"|'([^']*)'(?!')")
_TAG: Final = re.compile(r"(!\w+) +([A-Za-z0-9_./~][A-Za-z0-9_./~\-]*)(?: +#.*)?")
_SPACES: Final = re.compile(" *")


class GaveUp(Exception):
    """Something stands there that only the whole of YAML can judge."""


def read_quickly(text: str) -> tuple[dict[str, Any], Places]:
    """Read a document; GaveUp where it is not plain."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\t" in text or "\r" in text:
        raise GaveUp
    return _Reader(text.split("\n")).document()


class _Reader:
    """Goes through the lines that say something, once."""

    def __init__(self, lines: list[str]) -> None:
        self._lines: list[tuple[int, int, str]] = []
        """(number from 1, indent, text without spaces around it)"""
        for number, line in enumerate(lines, 1):
            said = line.strip(" ")
            if said and said[0] != "#":
                if len(line) > LINE_LENGTH_MAX:
                    raise GaveUp
                self._lines.append((number, len(line) - len(line.lstrip(" ")), said))
        self._at = 0
        self._pieces = 4  # beginning and end of stream and document, which PyYAML counts too
        self._values: dict[Path, Span] = {}
        self._keys: dict[Path, Span] = {}
        self._tags: dict[Path, Tag] = {}

    def document(self) -> tuple[dict[str, Any], Places]:
        """Read the one mapping that a document is."""
        if self._lines and self._lines[0] == (self._lines[0][0], 0, "---"):
            self._at = 1
        if self._at == len(self._lines) or self._lines[self._at][1] != 0:
            raise GaveUp
        data = self._mapping(0, (), 0)
        if self._at != len(self._lines):
            raise GaveUp
        return data, Places(self._values, self._keys, self._tags)

    def _mapping(self, indent: int, path: Path, depth: int) -> dict[str, Any]:
        """Read `key: value` lines of one indent, from the present line on."""
        self._count(depth, 2)
        data: dict[str, Any] = {}
        while self._at < len(self._lines):
            number, column, said = self._lines[self._at]
            if column != indent:
                break
            found = _KEY.match(said)
            if found is None or found[1] in data:
                raise GaveUp
            self._count(depth)
            place = (*path, found[1])
            key_end = indent + found.end(1)
            self._keys[place] = Span(number, indent + 1, number, key_end + 1)
            if not data:
                self._values[path] = self._keys[place]
            data[found[1]] = self._value_after(
                number, indent, indent + found.end(), said[found.end() :], key_end + 1, place, depth
            )
        if column > indent:
            raise GaveUp
        return data

    def _sequence(self, indent: int, path: Path, depth: int) -> list[Any]:
        """Read `- value` lines of one indent, from the present line on."""
        self._count(depth, 2)
        data: list[Any] = []
        while self._at < len(self._lines):
            number, column, said = self._lines[self._at]
            if column != indent or not (said == "-" or said.startswith("- ")):
                break
            place = (*path, len(data))
            rest = said[1:].lstrip(" ")
            start = indent + len(said) - len(rest)
            if _KEY.match(rest):
                self._lines[self._at] = (number, start, rest)
                data.append(self._mapping(start, place, depth + 1))
            else:
                data.append(
                    self._value_after(number, indent, start, rest, indent + 1, place, depth)
                )
            if len(data) == 1:
                self._values[path] = self._values[place]
        if column > indent:
            raise GaveUp
        return data

    def _value_after(
        self, number: int, indent: int, start: int, rest: str, end: int, path: Path, depth: int
    ) -> Any:
        """Read what follows a `key:` or a `-`, on its line or below; `end` is where that ended."""
        self._at += 1
        following = self._lines[self._at] if self._at < len(self._lines) else (0, -1, "")
        if rest and rest[0] != "#":
            if following[1] > indent:
                raise GaveUp  # a scalar that goes on below
            return self._inline(number, start, rest, path, depth + 1)
        if following[1] > indent:
            if following[2].startswith("- ") or following[2] == "-":
                return self._sequence(following[1], path, depth + 1)
            return self._mapping(following[1], path, depth + 1)
        if following[1] == indent and following[2][:1] == "-" and isinstance(path[-1], str):
            return self._sequence(indent, path, depth + 1)
        self._count(depth)
        self._values[path] = Span(number, end + 1, number, end + 2)
        return None

    def _inline(self, number: int, start: int, rest: str, path: Path, depth: int) -> Any:
        """Read a value that stands wholly on one line, and the comment after it."""
        first = rest[0]
        if first not in "{[":
            self._count(depth)
        if first == "!":
            return self._tag(number, start, rest, path)
        if first in "{[":
            data, end = self._flow(number, start, rest, 0, path, depth)
        elif first in "\"'":
            data, end = self._quoted(number, start, rest, 0, path)
        else:
            return self._plain(number, start, rest, path)
        after = rest[end:]
        if after and not (after[0] == " " and after.lstrip(" ")[0] == "#"):
            raise GaveUp
        return data

    def _tag(self, number: int, start: int, rest: str, path: Path) -> None:
        found = _TAG.fullmatch(rest)
        if found is None or found[1] not in TAGS:
            raise GaveUp
        span = Span(number, start + 1, number, start + found.end(2) + 1)
        self._values[path] = span
        self._tags[path] = Tag(found[1], found[2], span)

    def _plain(self, number: int, start: int, rest: str, path: Path) -> Any:
        comment = rest.find(" #")
        said = rest if comment < 0 else rest[:comment].rstrip(" ")
        if (said[0] in _NOT_A_START and not _is_negative(said)) or ": " in said or said[-1] == ":":
            raise GaveUp
        self._values[path] = Span(number, start + 1, number, start + len(said) + 1)
        return resolve(said)

    def _quoted(self, number: int, start: int, rest: str, at: int, path: Path) -> tuple[str, int]:
        found = _QUOTED.match(rest, at)
        if found is None:
            raise GaveUp
        self._values[path] = Span(number, start + at + 1, number, start + found.end() + 1)
        return found[1] if found[1] is not None else found[2], found.end()

    def _flow(
        self, number: int, start: int, rest: str, at: int, path: Path, depth: int
    ) -> tuple[Any, int]:
        """Read `{…}` or `[…]` from a place on; give its value, and where it ends."""
        self._count(depth, 2)
        is_mapping = rest[at] == "{"
        closing = "}" if is_mapping else "]"
        data: Any = {} if is_mapping else []
        here = _after_spaces(rest, at + 1)
        while rest[here : here + 1] != closing or data:
            if is_mapping:
                here, place = self._flow_key(number, start, rest, here, path, data)
            else:
                place = (*path, len(data))
            value, here = self._flow_value(number, start, rest, here, place, depth)
            if is_mapping:
                data[place[-1]] = value
            else:
                data.append(value)
            here = _after_spaces(rest, here)
            if rest[here : here + 1] == closing:
                break
            if rest[here : here + 1] != ",":
                raise GaveUp
            here = _after_spaces(rest, here + 1)
        self._values[path] = Span(number, start + at + 1, number, start + here + 2)
        return data, here + 1

    def _flow_key(
        self, number: int, start: int, rest: str, at: int, path: Path, data: dict[str, Any]
    ) -> tuple[int, Path]:
        found = _KEY.match(rest, at)
        if found is None or found[1] in data or found.end() == len(rest):
            raise GaveUp
        self._count(0)
        place = (*path, found[1])
        self._keys[place] = Span(number, start + at + 1, number, start + found.end(1) + 1)
        return found.end(), place

    def _flow_value(
        self, number: int, start: int, rest: str, at: int, path: Path, depth: int
    ) -> tuple[Any, int]:
        first = rest[at : at + 1]
        if first in ("{", "["):
            return self._flow(number, start, rest, at, path, depth + 1)
        self._count(depth)
        if first in ('"', "'"):
            return self._quoted(number, start, rest, at, path)
        found = _PLAIN_IN_FLOW.match(rest, at)
        if found is None:
            raise GaveUp
        said = found[0].rstrip(" ")
        self._values[path] = Span(number, start + at + 1, number, start + at + len(said) + 1)
        return resolve(said), found.end()

    def _count(self, depth: int, pieces: int = 1) -> None:
        """Count as PyYAML does, for whom lists and mappings have a beginning and an end."""
        self._pieces += pieces
        if depth > DEPTH_MAX or self._pieces > PIECES_MAX:
            raise GaveUp


def _after_spaces(rest: str, at: int) -> int:
    found = _SPACES.match(rest, at)
    return found.end() if found is not None else at


def _is_negative(said: str) -> bool:
    """Tell whether a plain scalar begins with a minus that is no list item."""
    return said[0] == "-" and said[1:2] not in ("", " ", "-")
