"""Which signals of other vessels a plan looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.model.canonical import plain
from orchestrator.model.plan import Slice


def watched_signals(slice_: Slice) -> frozenset[tuple[str, str]]:
    """(vessel, signal) for each."""
    return frozenset(_find(plain(slice_)))


def _find(part: Any) -> Iterator[tuple[str, str]]:
    """Expressions are lists with a leading word; `["signal", name, vessel]` is another vessel's."""
    if isinstance(part, Mapping):
        for each in part.values():
            yield from _find(each)
    elif isinstance(part, list):
        if len(part) == 3 and part[0] == "signal":
            yield str(part[2]), str(part[1])
        else:
            for each in part:
                yield from _find(each)
