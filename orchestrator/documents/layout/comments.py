"""The comments of a document, which YAML's readers throw away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from orchestrator.documents.layout.tree import Scalar

_COMMENT: Final = re.compile(r"(?:^|(?<=[ \t\n]))#[^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment, and whether it has its line for itself."""

    line: int
    column: int
    start: int
    text: str
    alone: bool
    below_another: bool = False
    """Whether the one before or after it, of those behind something, has the same column."""


def comments_of(text: str, scalars: Iterable[Scalar]) -> list[Comment]:
    """Find the comments: what begins with # and is in no scalar."""
    masked = _without(text, scalars)
    found, line, counted = [], 0, 0
    for match in _COMMENT.finditer(masked):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        begin = text.rfind("\n", 0, match.start()) + 1
        found.append(
            Comment(
                line=line,
                column=match.start() - begin,
                start=match.start(),
                text=text[match.start() : match.end()].rstrip(),
                alone=not text[begin : match.start()].strip(),
            )
        )
    return _paired(found)


def _paired(found: list[Comment]) -> list[Comment]:
    columns = [-1, *(each.column for each in found if not each.alone), -1]
    paired, number = [], 0
    for comment in found:
        if not comment.alone:
            number += 1
            below = comment.column in (columns[number - 1], columns[number + 1])
            comment = replace(comment, below_another=below)
        paired.append(comment)
    return paired


def _without(text: str, scalars: Iterable[Scalar]) -> str:
    pieces, at = [], 0
    for scalar in sorted(scalars, key=lambda each: each.place.start):
        start, end = scalar.place.start, scalar.place.end
        pieces += [text[at:start], re.sub(r"[^\n]", "x", text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])
