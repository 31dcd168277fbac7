"""What is only said because something else is wrong, and would be gone with that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, span_of
from orchestrator.documents.places import Document

_HIDING: Final = frozenset(
    {
        "expression",
        "unbound-variable",
        "unknown-function",
        "unknown-input",
        "unknown-key",
        "unknown-sequence",
        "unknown-signal",
        "unquoted-expression",
        "wrong-type",
    }
)
"""With one of these, something that uses a name may not have been understood."""
_UNUSED: Final = frozenset({"unused-input", "unused-sequence", "unused-variable"})
_LOUDER: Final = {
    "unknown-tag": frozenset({"wrong-type", "wrong-value", "wrong-kind"}),
    "wrong-type": frozenset({"open-barrier", "wrong-value"}),
}
"""What drowns what, at the same place."""


def without_echoes(found: Iterable[Diagnostic], document: Document) -> list[Diagnostic]:
    """Leave out what will say nothing any more once the rest is mended."""
    told = list(found)
    hiding = [each for each in told if each.code in _HIDING]
    if hiding:
        told = [each for each in told if not _is_used_after_all(each, hiding, document)]
    told = [each for each in told if not any(_repeats(each, other) for other in told)]
    drowned = {
        (_place(each), code) for each in told for code in _LOUDER.get(each.code, frozenset())
    }
    return [each for each in told if (_place(each), each.code) not in drowned]


def _repeats(found: Diagnostic, other: Diagnostic) -> bool:
    """Tell whether something misses only what the other has found under a mistaken name."""
    match found.code, other.code:
        case "missing-key", "unknown-key":
            return _is_about(found, other) and _is_beside(found, other)
        case "missing-setting", "unknown-setting":
            return _is_about(found, other)
        case "unbound-variable", "missing-key":
            return found.suggestion is None and "'variable' is missing" in other.message
        case "always-answered", "unknown-key":
            return "'timeout' belongs" in other.message
    return False


def _is_about(found: Diagnostic, other: Diagnostic) -> bool:
    meant = (other.suggestion or "").rpartition(".")[2]
    return bool(meant) and f"'{meant}'" in found.message


def _is_beside(found: Diagnostic, other: Diagnostic) -> bool:
    """Tell whether a key stands in the mapping that begins with another: below it or behind it."""
    if found.file != other.file or (found.line, found.column) > (other.line, other.column):
        return False
    return found.column == other.column or found.line == other.line


def _is_used_after_all(found: Diagnostic, hiding: Iterable[Diagnostic], document: Document) -> bool:
    """Tell whether a name that seems unused is what a mistaken one was meant to be, or stands where
    nothing could be understood."""
    if found.code not in _UNUSED:
        return False
    word = re.compile(rf"(?<!\w){re.escape(document.written(span_of(found, document.file)))}(?!\w)")
    if any(word.search(each.suggestion or "") for each in hiding):
        return True
    return len(word.findall(document.text)) > 1


def _place(found: Diagnostic) -> tuple[str, int, int, int, int]:
    return found.file, found.line, found.column, found.end_line, found.end_column
