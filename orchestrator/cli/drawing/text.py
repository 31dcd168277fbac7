"""Phases in a terminal: boxes from top to bottom, with the ways that lead elsewhere beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.planning.graph import Lane, Way

_SIGNS: Final = {"completed": "✓ completed", "failed": "✗ failed", "paused": "‖ paused"}


def as_text(title: str, lanes: tuple[Lane, ...]) -> str:
    """Draw all lanes, one below the other."""
    drawn = ["\n".join(_lane(lane)) for lane in lanes]
    return "\n\n".join([title, *drawn]) + "\n"


def _lane(lane: Lane) -> Iterator[str]:
    yield f"● {', '.join(lane.vessels)}"
    width = max(len(name) for name in lane.phases) + 2
    middle = width // 2 + 1
    for at, name in enumerate(lane.phases):
        following = lane.phases[at + 1] if at + 1 < len(lane.phases) else "completed"
        down, ways = _parted(lane.ways_from(name), following)
        aside = [f" · {lane.notes[name]}"] if name in lane.notes else []
        aside += map(_beside, ways)
        if name in lane.together:
            yield f"  {'═' * (width + 2)} {', '.join(lane.together[name])} together"
        yield f"  ╭{'─' * width}╮"
        yield f"  │{name:^{width}}│{''.join(aside[:1])}"
        foot = f"{'─' * (middle - 1)}{'┬' if down else '─'}{'─' * (width - middle)}"
        yield f"  ╰{foot}╯{''.join(aside[1:2])}"
        below = [way.label for way in down]
        for number in range(max(len(below), len(aside) - 2)):
            label = below[number] if number < len(below) else ""
            left = f"  {' ' * middle}{'│' if down else ' '} {label}".rstrip()
            more = "".join(aside[number + 2 : number + 3])
            yield left + (f"{' ' * max(0, width + 4 - len(left))}{more}" if more else "")
        if down:
            yield f"  {' ' * middle}▼"
    yield from (f"  {line}" for line in _ends(lane, middle))
    for way in lane.ways_from(None):
        yield f"  ⟲ {way.label} → {_named(way)}"


def _parted(ways: tuple[Way, ...], following: str) -> tuple[list[Way], list[Way]]:
    """Part the ways to what follows from those that lead elsewhere."""
    down = [
        way
        for way in ways
        if way.target == following and way.reason not in ("step", "loop", "rule")
    ]
    return down, [way for way in ways if way not in down]


def _beside(way: Way) -> str:
    return f" ── {way.label} ──▶ {_named(way)}"


def _named(way: Way) -> str:
    if way.is_end:
        return _SIGNS.get(way.target, way.target)
    return f"↺ {way.target}" if way.back else way.target


def _ends(lane: Lane, middle: int) -> Iterator[str]:
    if any(way.is_end and way.target == "completed" for way in lane.ways_from(lane.phases[-1])):
        yield f"{' ' * max(0, middle)}{_SIGNS['completed']}"
