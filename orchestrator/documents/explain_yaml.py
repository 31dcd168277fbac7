"""The parser's complaints, in words for people who do not write parsers."""

from __future__ import annotations

from typing import Final

import yaml

from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Diagnostic, Span

_DEDENTED: Final = "expected <block end>,"
_EXPLANATIONS: Final = (
    (
        "mapping values are not allowed",
        "a second ': ' on this line; a text that holds one must be quoted",
    ),
    ("found character '\\t'", "a tab cannot indent YAML; use spaces"),
    ("could not find expected ':'", "a key without its ': ' after it"),
    (_DEDENTED, "this line's indentation fits nothing above it"),
    ("expected <block end>", "something stands behind what is whole already"),
    ("expected ',' or '}'", "this { … } is not closed"),
    ("expected ',' or ']'", "this [ … ] is not closed"),
    ("found unexpected end of stream", "a quote or bracket is never closed"),
    ("while scanning a quoted scalar", "a quote is never closed"),
    ("found undefined alias", "an alias without its anchor"),
    ("found duplicate anchor", "an anchor that exists already"),
    ("found unknown escape character", "an unknown escape; in double quotes write \\\\ for \\"),
    ("that cannot start any token", "a text that begins with this character must be quoted"),
    ("sequence entries are not allowed", "a list item cannot begin here"),
)


def explain(error: yaml.MarkedYAMLError, file: str, text: str) -> Diagnostic:
    """Turn a syntax error into a diagnostic at the place where the parser noticed it."""
    span = _span(error, text)
    said = f"{error.context or ''}; {error.problem or ''}".strip("; ")
    for words, explanation in _EXPLANATIONS:
        if words in said and (words != _DEDENTED or _begins_line(span, text)):
            return Diagnostic.at(file, span, "yaml-syntax", explanation)
    return Diagnostic.at(file, span, "yaml-syntax", f"not YAML: {said}")


def _span(error: yaml.MarkedYAMLError, text: str) -> Span:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Span(1, 1, 1, 2)
    lines = max(1, len(lines_of(text)))
    line = min(mark.line + 1, lines)
    column = mark.column + 1 if mark.line < lines else 1
    return Span(line, column, line, column + 1)


def _begins_line(span: Span, text: str) -> bool:
    lines = lines_of(text)
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return not line[: span.column - 1].strip()
