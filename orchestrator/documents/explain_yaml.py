"""The parser's complaints, in words for people who do not write parsers."""

from __future__ import annotations

import re
from typing import Final

import yaml

from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Diagnostic, Span

_DEDENTED: Final = "expected <block end>,"
_SECOND_COLON: Final = "mapping values are not allowed here"
_COLON_WITHIN: Final = "but got ':'"
_TAB: Final = "found character '\\t' that"
_COMMENT: Final = re.compile(r" +#.*")
_SIGNS: Final = (
    ("while scanning an alias", "*"),
    ("while scanning an anchor", "&"),
    ("found character '@'", "@"),
    ("found character '`'", "`"),
    ("found character '%'", "%"),
)
_MEANINGS: Final = {
    "*": "begins an alias in YAML",
    "&": "begins an anchor in YAML",
    "@": "is kept for later versions of YAML",
    "`": "is kept for later versions of YAML",
    "%": "begins a directive in YAML",
}
_EXPLANATIONS: Final = (
    (
        _SECOND_COLON,
        "a second ': ' on this line; a text that holds one must be quoted",
    ),
    (
        "mapping values are not allowed",
        "this line is indented deeper than the text above, so YAML takes it for a part of that",
    ),
    (_TAB, "a tab cannot indent YAML; use spaces"),
    ("found character '\\t'", "a tab stands where YAML wants a space"),
    ("could not find expected ':'", "a key without its ': ' after it"),
    (_DEDENTED, "this line's indentation fits nothing above it"),
    ("expected <block end>", "something stands behind what is whole already"),
    (
        _COLON_WITHIN,
        "a second ': ' in one value: a comma is missing before it, or the text must be quoted",
    ),
    ("but got '?'", "a text with a ? in it must be quoted within { … } and [ … ]"),
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
    quoted = _to_be_quoted(said, span, text)
    if quoted is not None:
        message, suggestion = quoted
        return Diagnostic.at(file, span, "yaml-syntax", message, suggestion=suggestion)
    for words, explanation in _EXPLANATIONS:
        if words in said and _applies(words, span, text):
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


def _applies(words: str, span: Span, text: str) -> bool:
    """Tell whether an explanation that depends on where it happened is the right one."""
    before = _line(span, text)[: span.column - 1]
    if words in (_DEDENTED, _TAB):
        return not before.strip()
    if words == _COLON_WITHIN:
        return ": " in before[max(before.rfind("{"), before.rfind("[")) :] and before.count("{") > 0
    if words == _SECOND_COLON:
        return ": " in before or "{" in before or before.lstrip().startswith("- ")
    return True


def _to_be_quoted(said: str, span: Span, text: str) -> tuple[str, str] | None:
    """Find a text that YAML takes for an alias, an anchor or a directive, and quote it."""
    sign = next((sign for words, sign in _SIGNS if words in said), None)
    line = _line(span, text)
    start = line.rfind(sign, 0, span.column) if sign is not None else -1
    if sign is None or start < 0:
        return None
    written = _COMMENT.sub("", line[start:]).rstrip()
    message = f"{sign} {_MEANINGS[sign]}, so a text that begins with it must be quoted"
    return message, '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _line(span: Span, text: str) -> str:
    lines = lines_of(text)
    return lines[span.line - 1] if span.line <= len(lines) else ""
