"""YAML's traps: what other readers would have made of what is written here.

Axenic reads scalars as YAML 1.2 means them. Where such a scalar is wrong anyway, whoever wrote it
should hear what YAML 1.1, which most programs still speak, takes it for: that is often why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic, Span, span_of
from orchestrator.documents.places import Document

_ABOUT_VALUES: Final = frozenset(
    {
        "malformed",
        "missing-unit",
        "not-a-choice",
        "wrong-type",
        "wrong-unit",
        "wrong-value",
    }
)
_CUT_OFF: Final = r"[^\s#]( +)(#[0-9]\S*)"


def tell_traps(found: Iterable[Diagnostic], document: Document) -> list[Diagnostic]:
    """Add to what was found what YAML 1.1 would have made of it, where that differs."""
    return [_told(each, document) if each.code in _ABOUT_VALUES else each for each in found]


def cut_off(document: Document) -> list[Diagnostic]:
    """Warn of texts that end where a number sign was meant: `Tube #3` is `Tube` and a comment."""
    found = []
    for number, line in enumerate(document.lines, 1):
        for match in re.finditer(_CUT_OFF, line) if "#" in line else ():
            if _ends_a_plain_text(document, number, match.start(1) + 1, line):
                span = Span(number, match.start(2) + 1, number, match.end(2) + 1)
                message = f"the text ends before {match[2]}, which begins a comment; quote the text"
                found.append(
                    Diagnostic.at(document.file, span, "yaml-trap", message, severity="warning")
                )
    return found


def trap_of(written: str) -> str | None:
    """Tell what YAML makes of a plain scalar, if that is not what it looks like."""
    return next(
        (
            told
            for pattern, tell in _TRAPS
            if re.fullmatch(pattern, written) and (told := tell(written)) is not None
        ),
        None,
    )


def _told(diagnostic: Diagnostic, document: Document) -> Diagnostic:
    written = document.written(span_of(diagnostic, document.file))
    trap = trap_of(written) if len(written) <= 60 else None
    return replace(diagnostic, message=f"{diagnostic.message} ({trap})") if trap else diagnostic


def _ends_a_plain_text(document: Document, line: int, column: int, written: str) -> bool:
    return any(
        (span.end_line, span.end_column) == (line, column) and written[column - 2] not in "\"'}]"
        for span in document.places.values.values()
    )


def _sexagesimal(written: str) -> str:
    total = 0
    for part in written.lstrip("+-").split(":"):
        total = 60 * total + int(part)
    return _elsewhere(f"the number {'-' if written[0] == '-' else ''}{total}")


def _whole(base: int) -> Callable[[str], str | None]:
    def tell(written: str) -> str | None:
        number = int(written.replace("_", ""), base)
        return None if str(number) == written else _elsewhere(f"the number {number}")

    return tell


def _shortened(written: str) -> str | None:
    return f"YAML reads {written} as {float(written):g}" if written.endswith("0") else None


def _elsewhere(meaning: str) -> str:
    return f"YAML 1.1 would take it for {meaning}"


_TRAPS: Final[tuple[tuple[str, Callable[[str], str | None]], ...]] = (
    (r"(?i:y|yes|on)", lambda _: _elsewhere("true")),
    (r"(?i:n|no|off)", lambda _: _elsewhere("false")),
    (r"[-+]?[1-9][0-9]{0,5}(?::[0-5]?[0-9]){1,4}", _sexagesimal),
    (r"[-+]?0[0-7_]+", _whole(8)),
    (r"[-+]?0x[0-9a-fA-F_]+", _whole(16)),
    (r"[-+]?0b[01_]+", _whole(2)),
    (r"[-+]?[1-9][0-9]*_[0-9_]*", _whole(10)),
    (r"[-+]?\.(?i:inf)", lambda _: _elsewhere("infinity")),
    (r"\.(?i:nan)", lambda _: _elsewhere("no number at all")),
    (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", lambda _: _elsewhere("a date")),
    (r"[-+]?[0-9]+[eE][-+]?[0-9]+", lambda _: _elsewhere("text")),
    (r"[-+]?[0-9]+\.[0-9]+", _shortened),
)
