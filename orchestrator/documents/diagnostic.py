"""A problem in a document, at its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text; lines and columns count from 1, the end is not part of it."""

    line: int
    column: int
    end_line: int
    end_column: int


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
        """Make one for a span."""
        return cls(
            file=file,
            line=span.line,
            column=span.column,
            end_line=span.end_line,
            end_column=span.end_column,
            severity=severity,
            code=code,
            message=message,
            suggestion=suggestion,
        )


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place and drop what is said twice."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda each: (each.file, each.line, each.column, each.code)))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether anything is worse than a warning."""
    return any(each.severity == "error" for each in diagnostics)
