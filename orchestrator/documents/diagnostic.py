"""A problem in a document, at its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from orchestrator.model.lazy_dataclass import dataclass

Severity: TypeAlias = Literal["error", "warning"]

MESSAGE_LENGTH_MAX: Final = 400
SUGGESTION_LENGTH_MAX: Final = 200
PROBLEMS_MAX: Final = 500
"""So many are told of one document; whoever has more has another problem."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text; lines and columns count from 1, the end is not part of it."""

    line: int
    column: int
    end_line: int
    end_column: int
    file: str = ""
    """Of the included file that it lies in; empty for the document itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a file was included from, or what an automation stands in for."""

    file: str
    line: int
    column: int
    how: Literal["included", "expanded"] = "included"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What was found, what would be right, and where."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: Severity = "error"
    code: str
    message: str
    suggestion: str | None = None
    """What to write instead, where that can be guessed."""
    included_from: tuple[Site, ...] = ()
    """In an included file: where it was included, from the inside out."""

    @property
    def sentence(self) -> str:
        """What was found and what would be right, in one line."""
        if self.suggestion is None:
            return self.message
        return f"{self.message} (did you mean {self.suggestion}?)"

    @classmethod
    def at(
        cls,
        file: str,
        span: Span,
        code: str,
        message: str,
        *,
        suggestion: str | None = None,
        severity: Severity = "error",
    ) -> Diagnostic:
        """Make one for a span; what a document wrote at length is not repeated at length."""
        if len(message) > MESSAGE_LENGTH_MAX:
            message = message[: MESSAGE_LENGTH_MAX - 1] + "…"
        if suggestion is not None and len(suggestion) > SUGGESTION_LENGTH_MAX:
            suggestion = None
        return cls(
            file=span.file or file,
            line=span.line,
            column=span.column,
            end_line=span.end_line,
            end_column=span.end_column,
            severity=severity,
            code=code,
            message=message,
            suggestion=suggestion,
        )


def span_of(found: Diagnostic, within: str) -> Span:
    """Give the stretch that a diagnostic is about, as the document `within` knows it."""
    file = "" if found.file == within else found.file
    return Span(found.line, found.column, found.end_line, found.end_column, file)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place and drop what is said twice, and what is too much."""
    unique = dict.fromkeys(diagnostics)
    found = sorted(unique, key=lambda each: (each.file, each.line, each.column, each.code))
    return tuple(found) if len(found) <= PROBLEMS_MAX else _cut(found)


def _cut(found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep the first, and say where telling stopped."""
    next_one = found[PROBLEMS_MAX]
    span = span_of(next_one, next_one.file)
    message = f"more than {PROBLEMS_MAX} problems; what follows is told once these are mended"
    return (
        *found[:PROBLEMS_MAX],
        Diagnostic.at(next_one.file, span, "too-many-problems", message),
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether anything is worse than a warning."""
    return any(each.severity == "error" for each in diagnostics)
