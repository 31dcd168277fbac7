"""Decimal commas within `{ … }`, where YAML takes them for the end of a value.

`{target: 30,5 °C}` is the number 30 and a key `5 °C` that means nothing. Each of the two would be
complained about, and each in a way that leads further away from what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span, span_of
from orchestrator.documents.places import Document

_WHOLE: Final = r"(?<![\w.])[+-]?\d+,$"
_REST: Final = r"\d[^,:{}\[\]]*"


def tell_commas(found: Iterable[Diagnostic], document: Document) -> list[Diagnostic]:
    """Say of each decimal comma that it is one, and nothing else about what came of it."""
    told = list(found)
    for each in [each for each in told if each.code in ("unknown-key", "unknown-setting")]:
        comma = _comma_before(each, document)
        if comma is not None:
            told = [other for other in told if not _is_part(other, comma)]
            told.append(comma)
    return told


def _comma_before(found: Diagnostic, document: Document) -> Diagnostic | None:
    key = span_of(found, document.file)
    part = document.parts.get(key.file, document)
    rest = document.written(key)
    before = part.lines[key.line - 1][: key.column - 1] if key.line <= len(part.lines) else ""
    whole = re.search(_WHOLE, before)
    if whole is None or re.fullmatch(_REST, rest) is None:
        return None
    written = f"{whole[0]}{rest}"
    message = f"YAML ends a value at a comma; in {written} decimals stand behind a point"
    span = Span(key.line, whole.start() + 1, key.end_line, key.end_column, key.file)
    meant = written.replace(",", ".")
    return Diagnostic.at(document.file, span, "wrong-value", message, suggestion=meant)


def _is_part(other: Diagnostic, comma: Diagnostic) -> bool:
    """Tell whether something lies within the stretch that a comma has torn in two."""
    return (
        other.file == comma.file
        and other.line == comma.line == other.end_line
        and comma.column <= other.column
        and other.end_column <= comma.end_column
    )
