"""A variable that is read before its question was asked.

The answer to a question is known to the steps after it. A step that stands before it, or a branch
that is chosen by an answer which only the branch itself asks for, finds the variable unknown: it is
skipped, or takes no branch, every time.

Ask first, and read afterwards. Around a loop the second round knows what the first one asked; that
is let be.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.places import Path
from orchestrator.documents.variables import known_at

_FIRST: Final = frozenset({"if", "while"})
"""What a step asks before it does what stands within it."""


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report `vars.NAME` where every question that gives it comes later."""
    for mention in draft.mentions("vars"):
        if mention.sequence is not None:
            continue
        named = [each for each in known_at(draft, mention.path) if each.name == mention.name]
        if named and all(
            each.path[-2:] == ("ask", "variable") and _comes_first(mention.path, each.path)
            for each in named
        ):
            line = min(draft.document.places.of_value(each.path).line for each in named)
            message = f"'{mention.name}' is not known yet: its question is asked in line {line}"
            yield draft.error(mention.span, "unasked-variable", message)


def _comes_first(read: Path, asked: Path) -> bool:
    """Whether a reading step is through, or has chosen, before the question is asked."""
    same = 0
    while same < min(len(read), len(asked)) and read[same] == asked[same]:
        same += 1
    if same in (len(read), len(asked)) or _in_loop(read[:same]):
        return False
    one, other = read[same], asked[same]
    if isinstance(one, int) and isinstance(other, int):
        return one < other and read[same - 1] not in ("parallel", "choose")
    return one in _FIRST


def _in_loop(path: Path) -> bool:
    return any(key == "repeat" and after == "do" for key, after in pairwise(path))
