"""Sequences that call each other in a circle.

A call is carried out by putting the sequence's steps in its place when the profile is planned. A
sequence that comes to itself again, through however many others, would have no end.

Take one of the calls out. To do something again and again, use `repeat`, which says how often.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Call, Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report each circle once, at the call that leads out of the sequence that comes first."""
    calls: dict[str, list[Call]] = {}
    for each in draft.calls:
        if each.path[0] == "sequences":
            calls.setdefault(str(each.path[1]), []).append(each)
    order = list(draft.profile.sequences) if draft.profile is not None else []
    seen: set[frozenset[str]] = set()
    for name in order:
        circle = _circle(name, calls)
        if circle and frozenset(each.sequence for each in circle) not in seen:
            seen.add(frozenset(each.sequence for each in circle))
            names = " → ".join([name, *(each.sequence for each in circle)])
            message = f"this call leads back to where it stands: {names}"
            yield draft.error(circle[0].span, "sequence-loop", message)


def _circle(name: str, calls: dict[str, list[Call]]) -> list[Call]:
    """Find the shortest way from a sequence to itself; empty if there is none."""
    waiting: list[list[Call]] = [[]]
    reached: set[str] = set()
    while waiting:
        way = waiting.pop(0)
        for each in calls.get(way[-1].sequence if way else name, ()):
            if each.sequence == name:
                return [*way, each]
            if each.sequence not in reached:
                reached.add(each.sequence)
                waiting.append([*way, each])
    return []
