"""What an import says: where something is wrong, lost, or had to be chosen."""

from __future__ import annotations

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.draft import Cursor
from orchestrator.documents.suggest import closest, listed


def error(cursor: Cursor, code: str, message: str, suggestion: str | None = None) -> None:
    """Say that a value cannot be taken over."""
    cursor.complain(code, message, suggestion)


def choose(cursor: Cursor, message: str) -> None:
    """Say that a meaning had to be chosen, once a place."""
    draft = cursor.draft
    found = draft.warning(cursor.span, "import-choice", message)
    if found not in draft.problems:
        draft.problems.append(found)


def only_keys(cursor: Cursor, known: tuple[str, ...], what: str) -> None:
    """Report keys that Pioreactor does not know either."""
    if not isinstance(cursor.data, dict):
        message = f"{what} has keys: {listed(known)}"
        error(cursor, "import-shape", message)
        return
    for key, each in cursor.items():
        if key not in known:
            message = f"{what} has no key '{key}'; known are {listed(known)}"
            cursor.complain("import-shape", message, closest(key, known), each.key_span)


def within(cursor: Cursor, inner: str, at: int, length: int) -> Span:
    """Find a stretch of an expression within the value that holds it; else the whole value."""
    span = cursor.span
    written = cursor.draft.document.written(span)
    begin = written.find(inner)
    if begin < 0:
        return span
    start = begin + at
    before = written[:start]
    line = span.line + before.count("\n")
    column = len(before) - (before.rfind("\n") + 1) + 1
    if line == span.line:
        column += span.column - 1
    return Span(line, column, line, column + max(1, length))


def at_place(diagnostic: Diagnostic, file: str, span: Span) -> Diagnostic:
    """Move what was found in the result to where it comes from."""
    return Diagnostic.at(
        file,
        span,
        diagnostic.code,
        f"in what this becomes: {diagnostic.message}",
        suggestion=diagnostic.suggestion,
        severity=diagnostic.severity,
    )
