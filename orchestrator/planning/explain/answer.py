"""What is picked from a run's story for one who asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from orchestrator.planning.explain.told import Told

AROUND_S: Final = 60.0
"""What happened so close to a moment is told with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a trace; everything, where nothing is said."""

    rule: str = ""
    action: str = ""
    at_s: float | None = None
    why_not: bool = False
    """Only what did not happen, or not as it was meant to."""


def pick(lines: Iterable[Told], question: Question) -> Iterator[Told]:
    """Answer the lines that a question is about."""
    for line in lines:
        if question.rule and not is_called(line.rule, question.rule):
            continue
        if question.action and not _related(line.key, question.action):
            continue
        if question.at_s is not None and abs(line.process_s - question.at_s) > AROUND_S:
            continue
        if not question.why_not or line.negative:
            yield line


def is_called(rule: str, name: str) -> bool:
    """Whether a rule answers to a name, with or without its phase before it."""
    return rule == name or rule.rpartition("/")[2] == name


def _related(key: str, action: str) -> bool:
    """Whether something is this action, a part of it, or what it is a part of."""
    if not key:
        return False
    return key == action or _within(key, action) or _within(action, key)


def _within(part: str, whole: str) -> bool:
    return part.startswith(whole) and part[len(whole)] in ":./["
