"""Topics and the filters that select them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

TOPICS_MAX = 10_000
"""Answers that are remembered: the same few topics come again and again."""


@lru_cache(maxsize=TOPICS_MAX)
def matches(topic_filter: str, topic: str) -> bool:
    """Whether a published topic falls under a filter with `+` and `#`."""
    if topic_filter == topic:
        return True
    if topic.startswith("$") and topic_filter[:1] in ("+", "#"):
        return False
    return covers(topic_filter, topic)


def covers(allowed: str, wanted: str) -> bool:
    """Whether every topic under the filter `wanted` falls under the filter `allowed`."""
    have, want = allowed.split("/"), wanted.split("/")
    for i, level in enumerate(have):
        if level == "#":
            return True
        if i >= len(want):
            return False
        if want[i] == "#" or (level != "+" and level != want[i]):
            return False
    return len(have) == len(want)


def any_covers(allowed: Iterable[str], wanted: str) -> bool:
    """Whether one of the allowed filters covers the wanted filter or topic."""
    return any(covers(one, wanted) for one in allowed)


def check_filter(topic_filter: str) -> None:
    """Raise ValueError for what no broker would take as a filter."""
    levels = topic_filter.split("/")
    hash_misplaced = any("#" in level and level != "#" for level in levels) or "#" in levels[:-1]
    plus_misplaced = any("+" in level and level != "+" for level in levels)
    if not topic_filter or hash_misplaced or plus_misplaced:
        raise ValueError(f"'{topic_filter}' is not a topic filter")


def check_topic(topic: str) -> None:
    """Raise ValueError for what cannot be published to."""
    if not topic or "+" in topic or "#" in topic or "\0" in topic:
        raise ValueError(f"'{topic}' is not a topic to publish to")
