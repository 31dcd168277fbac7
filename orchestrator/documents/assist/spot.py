"""The place in a text where somebody types or points, and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from orchestrator.documents.assist.notes import Open
from orchestrator.documents.assist.sketch import open_at_end
from orchestrator.documents.decode import lines_of
from orchestrator.documents.diagnostic import Span

_OURS: Final = re.compile(r"^\s*\{?\s*[\"']?axenic[\"']?\s*:", re.MULTILINE)
_SOME_KEY: Final = re.compile(r"^[^#\s][^#\n]*:(?:\s|$)|^\s*-\s", re.MULTILINE)
_EXPRESSION_LENGTH_MAX: Final = 2000
_WORD_LEFT: Final = re.compile(r"[\w.]*\Z")
_WORD_RIGHT: Final = re.compile(r"[\w.]*")
_QUOTED_RIGHT: Final = re.compile(r"[^'\"]*")
_QUOTED_LEFT: Final = re.compile(r"(\w[\w.]*)\s*(?:==|!=|in\s*\[(?:[^\]]*,)?)\s*(['\"])([^'\"]*)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place, as it concerns what may be written there."""

    open: Open
    span: Span
    """What a completion replaces."""
    whole: str
    """All of the word, what follows the place included."""
    has_colon: bool = False
    """Whether a colon follows the word already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A place inside `{{ … }}`."""

    word: str
    whole: str
    """All of the word, what follows the place included."""
    span: Span
    before: str
    """The expression up to the word."""
    compared_with: str | None = None
    """Of a text in quotes: the name that it is compared with."""


def concerns_us(text: str) -> bool:
    """Tell whether a text is one of the family, or about to become one: other YAML is not ours."""
    return _OURS.search(text) is not None or _SOME_KEY.search(text) is None


def text_before(text: str, line: int, column: int) -> str:
    """Give a text up to a place, counted from 1; what lies outside it is taken as its end."""
    lines = lines_of(text)
    if line > len(lines):
        return "\n".join(lines) + "\n"
    return "\n".join([*lines[: line - 1], lines[line - 1][: max(0, column - 1)]])


def spot_at(text: str, line: int, column: int) -> Spot | None:
    """Find out what may be written at a place; None in comments and the like."""
    before = text_before(text, line, column)
    found = open_at_end(before)
    if found is None:
        return None
    here = before.rpartition("\n")[2]
    lines = lines_of(text)
    after = lines[line - 1][len(here) :] if line <= len(lines) else ""
    right = _WORD_RIGHT.match(after)
    end = len(here) + (right.end() if right else 0)
    start = len(here) - len(found.word)
    return Spot(
        open=found,
        span=Span(line, start + 1, line, end + 1),
        whole=found.word + after[: end - len(here)],
        has_colon=re.match(r"[\"']?\s*:", after[end - len(here) :]) is not None,
    )


def expression_at(text: str, line: int, column: int) -> Inside | None:
    """Find the expression that a place is in, finished or not."""
    before = text_before(text, line, column)
    start = before.rfind("{{", max(0, len(before) - _EXPRESSION_LENGTH_MAX))
    if start < 0 or "}}" in before[start:]:
        return None
    code = before[start + 2 :]
    here = before.rpartition("\n")[2]
    lines = lines_of(text)
    after = lines[line - 1][len(here) :] if line <= len(lines) else ""
    found = _WORD_LEFT.search(code)
    word = found[0] if found else ""
    right = _WORD_RIGHT.match(after)
    quoted = _QUOTED_LEFT.search(code)
    if quoted is not None:
        word, right = quoted[3], _QUOTED_RIGHT.match(after)
    elif code.count("'") % 2:
        return None  # in a text
    more = right[0] if right else ""
    return Inside(
        word=word,
        whole=word + more,
        span=Span(line, len(here) - len(word) + 1, line, len(here) + len(more) + 1),
        before=code[: len(code) - len(word)],
        compared_with=quoted[1] if quoted else None,
    )
