"""The whole of YAML, read from PyYAML's events, counting as they come.

The verdict is PyYAML's Python parser's everywhere. Its C twin is faster, but accepts other
documents, is missing from some builds, and overflows its stack on deep nesting; one file must not
be right on a laptop and wrong on a Pi.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import yaml

from orchestrator.documents.decode import lines_of, printable
from orchestrator.documents.diagnostic import PROBLEMS_MAX, Diagnostic, Severity, Span
from orchestrator.documents.explain_yaml import explain
from orchestrator.documents.pieces import PIECES_MAX, too_large, too_many_pieces
from orchestrator.documents.places import TAGS, Document, Path, Places, Tag
from orchestrator.documents.scalars import resolve
from orchestrator.documents.scan import events_of

DEPTH_MAX: Final = 60
ALIASES_MAX: Final = 200
LOOKED_AHEAD_AT: Final = 1000
"""After so many events; whatever is wrong before that is told as what it is."""
_STANDARD: Final = "tag:yaml.org,2002:"
_EXPRESSION: Final = re.compile(r"\{\{.*?\}\}")


def read_thoroughly(text: str, file: str) -> tuple[Document | None, list[Diagnostic]]:
    """Read any text as YAML. Whatever is wrong with it becomes a diagnostic."""
    builder = _Builder(file, text)
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        return None, [*builder.problems, explain(error, file, text)]
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The scanner lets a few slip, such as "\\U00110000" and a version number of 5,000 digits.
        problem = Diagnostic.at(file, builder.reached, "yaml-syntax", f"not YAML: {error}")
        return None, [*builder.problems, problem]
    except _Refused as refusal:
        return None, [*builder.problems, refusal.diagnostic]
    return Document(file, text, data, builder.places), builder.problems


class _Refused(Exception):
    """The document breaks a bound; reading stops here."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Builder:
    """Builds data from the parser's events, and counts while it does."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._events: Iterator[Any] = events_of(text)
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._tagged: dict[str, Tag] = {}
        self._unused: dict[str, Span] = {}
        self._nodes = 0
        self._aliases = 0
        self.places = Places()
        self.problems: list[Diagnostic] = []
        self._latest: Any = None

    @property
    def reached(self) -> Span:
        """How far reading came."""
        return Span(1, 1, 1, 2) if self._latest is None else _span(self._latest)

    def document(self) -> Any:
        """Build the stream's one document."""
        self._next()
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            self._refuse(_span(event), "empty", "the document is empty")
        data = self._value(self._next(), (), 0)
        self._next()
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(_span(after), "two-documents", "a file holds one document, not several")
        for name, span in self._unused.items():
            self._report(span, "unused-anchor", f"nothing refers to &{name}", severity="warning")
        return data

    def _next(self) -> Any:
        event = next(self._events)
        self._nodes += 1
        self._latest = event
        if self._nodes > PIECES_MAX:
            raise _Refused(too_large(self._file, _span(event)))
        if self._nodes == LOOKED_AHEAD_AT:
            self._look_ahead()
        return event

    def _look_ahead(self) -> None:
        """Refuse a large document that would turn out to be too large, before seconds go by."""
        problem = too_many_pieces(self._text, self._file)
        if problem is not None:
            raise _Refused(problem)

    def _value(self, event: Any, path: Path, depth: int) -> Any:
        if depth > DEPTH_MAX:
            message = f"the document is nested more than {DEPTH_MAX} deep"
            self._refuse(_span(event), "too-deep", message)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        before = self._nodes
        if isinstance(event, yaml.ScalarEvent):
            data: Any = None if event.tag in TAGS else self._scalar(event)
            self.places.values[path] = _span(event)
            if event.tag in TAGS:
                self._tag(event, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event, "seq")
            data = self._sequence(event, path, depth)
        else:
            self._check_tag(event, "map")
            data = self._mapping(event, path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (data, self._nodes - before + 1)
            self._unused[event.anchor] = self._anchor_before(event)
        return data

    def _sequence(self, start: Any, path: Path, depth: int) -> list[Any]:
        self.places.values[path] = _span(start)
        data: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            data.append(self._value(event, (*path, len(data)), depth + 1))
        self.places.values[path] = _block_span(start, event, self.places.values.get((*path, 0)))
        return data

    def _mapping(self, start: Any, path: Path, depth: int) -> dict[str, Any]:
        self.places.values[path] = _span(start)
        data: dict[str, Any] = {}
        first: Span | None = None
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            place = (*path, key)
            first = first or _span(event)
            if key in data:
                self._duplicate(key, _span(event), self.places.keys[place])
                self._value(self._next(), (*path, key, "duplicate"), depth + 1)
                continue
            self.places.keys[place] = _span(event)
            data[key] = self._value(self._next(), place, depth + 1)
        self.places.values[path] = _block_span(start, event, first)
        return data

    def _key(self, event: Any) -> str:
        """Take a key as the text it is written with: `on`, `1` and `yes` are names here."""
        if isinstance(event, yaml.ScalarEvent):
            self._check_tag(event, "str")
            if event.value == "<<" and event.style is None:
                message = "merge keys (<<) are not part of YAML 1.2"
                self._report(_span(event), "merge-key", message)
            self._check_characters(event)
            return str(event.value)
        if isinstance(event, yaml.MappingStartEvent) and event.flow_style:
            message = "an expression must be quoted, since { begins a mapping in YAML"
            span, written = self._expression_around(_span(event))
            self._refuse(span, "unquoted-expression", message, f'"{written}"')
        return self._refuse(_span(event), "complex-key", "a key is a plain word here")

    def _expression_around(self, span: Span) -> tuple[Span, str]:
        """Find the `{{ … }}` whose second brace stands at a place."""
        line = lines_of(self._text)[span.line - 1]
        start = span.column - 2
        found = _EXPRESSION.match(line, max(0, start))
        if found is None:
            return span, "{{ … }}"
        return Span(span.line, start + 1, span.line, found.end() + 1), found[0]

    def _tag(self, event: Any, path: Path) -> None:
        """Note what is to be put here later."""
        self._check_characters(event)
        tag = self.places.tags[path] = Tag(event.tag, event.value.strip(), _span(event))
        if event.anchor is not None:
            self._tagged[event.anchor] = tag

    def _scalar(self, event: Any) -> Any:
        self._check_characters(event)
        if event.tag in (None, "!"):
            plain = event.implicit[0] and event.style is None
            return resolve(event.value) if plain else event.value
        self._check_tag(event, "str")
        return event.value

    def _check_characters(self, event: Any) -> None:
        """Refuse what only an escape can bring in: NUL, escape sequences, half characters."""
        problem = printable(event.value, self._file)
        if isinstance(problem, Diagnostic):
            self._refuse(_span(event), problem.code, problem.message)

    def _alias(self, event: Any, path: Path) -> Any:
        span = _span(event)
        if event.anchor not in self._anchors:
            self._refuse(
                span, "unknown-alias", f"*{event.anchor} has no anchor &{event.anchor} before it"
            )
        data, size = self._anchors[event.anchor]
        self._unused.pop(event.anchor, None)
        self._aliases += 1
        self._nodes += size
        if self._aliases > ALIASES_MAX or self._nodes > PIECES_MAX:
            self._refuse(span, "too-many-aliases", "aliases make the document too large")
        self.places.values[path] = span
        if event.anchor in self._tagged:
            self.places.tags[path] = self._tagged[event.anchor]
        return data

    def _check_tag(self, event: Any, allowed: str) -> None:
        tag = event.tag
        if tag is None or tag == "!" or tag == _STANDARD + allowed:
            return
        if tag == _STANDARD + "str" and isinstance(event, yaml.ScalarEvent):
            return
        self._report(_span(event), "unknown-tag", _about_tag(tag))

    def _duplicate(self, key: str, span: Span, first: Span) -> None:
        message = (
            f"'{key}' stands here twice, first at {first.line}:{first.column}; only one can count"
        )
        self._report(span, "duplicate-key", message)

    def _anchor_before(self, event: Any) -> Span:
        """Find the anchor of a value, which YAML counts as its beginning."""
        span = _span(event)
        line = lines_of(self._text)[span.line - 1]
        start = line.find(f"&{event.anchor}", span.column - 1)
        if start < 0:
            return span
        return Span(span.line, start + 1, span.line, start + len(event.anchor) + 2)

    def _report(self, span: Span, code: str, message: str, severity: Severity = "error") -> None:
        if len(self.problems) == PROBLEMS_MAX:
            self._refuse(span, "too-many-problems", "there are more problems than can be told")
        self.problems.append(Diagnostic.at(self._file, span, code, message, severity=severity))

    def _refuse(
        self, span: Span, code: str, message: str, suggestion: str | None = None
    ) -> NoReturn:
        raise _Refused(Diagnostic.at(self._file, span, code, message, suggestion=suggestion))


def _about_tag(tag: str) -> str:
    if tag in TAGS:
        return f"a single name stands behind {tag}"
    return f"the tag {tag.replace(_STANDARD, '!!')} means nothing here"


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    column = start.column + 1
    end_column = end.column + 1
    if (end.line, end_column) <= (start.line, column):
        return Span(start.line + 1, column, start.line + 1, column + 1)
    return Span(start.line + 1, column, end.line + 1, end_column)


def _block_span(start: Any, end: Any, first: Span | None) -> Span:
    """Span a collection: a flow one to its bracket, a block one by its first line's key."""
    if start.flow_style or first is None:
        opening, closing = start.start_mark, end.end_mark
        return Span(opening.line + 1, opening.column + 1, closing.line + 1, closing.column + 1)
    return first
