"""Phases as a picture for a page: a column for each lane, boxes and arrows."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from orchestrator.planning.graph import Lane, Way, said_of

_BOX_WIDTH_MIN: Final = 180
_BOX_HEIGHT: Final = 40
_STEP: Final = 110
_LEFT: Final = 30
_TOP: Final = 90
_ASIDE: Final = 26
_LETTER: Final = 6.4
"""Width of a letter at 12 pixels, about."""
_STYLE: Final = (
    "text{font:12px sans-serif;fill:#222}.title{font-size:16px;font-weight:bold}"
    ".lane{font-weight:bold}.box{fill:#eef4f8;stroke:#44708f}.end{fill:#f3f3f3;stroke:#777}"
    "path{fill:none;stroke:#44708f;stroke-width:1.3}.dashed{stroke-dasharray:5 4}"
    ".door{stroke-width:4}.label{font-size:11px;fill:#555}"
)


def as_svg(title: str, lanes: tuple[Lane, ...]) -> str:
    """Draw all lanes side by side."""
    parts, x, height = [], 0.0, 0.0
    for lane in lanes:
        width, tall = _size(lane)
        parts += [f'<g transform="translate({x:g} 0)">', *_lane(lane), "</g>"]
        x, height = x + width, max(height, tall)
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8"'
        ' markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#44708f"/>'
        "</marker></defs>"
    )
    width = max(x, _LEFT * 2 + len(title) * 9)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}" role="img"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style>{arrow}"
        f'<text class="title" x="{_LEFT}" y="28">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )


def _rows(lane: Lane) -> dict[tuple[str, bool], int]:
    """Give phases and ends the row in which each stands."""
    ends = sorted({way.target for way in lane.ways if way.is_end})
    names = [*((name, False) for name in lane.phases), *((end, True) for end in ends)]
    if lane.ways_from(None):
        names.append(("in any phase", True))
    return {name: row for row, name in enumerate(names)}


def _aside(lane: Lane) -> list[Way]:
    """List the ways that do not lead straight down."""
    rows = _rows(lane)
    return [way for way in lane.ways if _row(rows, way.target, way.is_end) != _from(rows, way) + 1]


def _row(rows: dict[tuple[str, bool], int], name: str, is_end: bool) -> int:
    return rows[name, is_end]


def _from(rows: dict[tuple[str, bool], int], way: Way) -> int:
    return rows[way.source, False] if way.source is not None else rows["in any phase", True]


def _size(lane: Lane) -> tuple[float, float]:
    letters = max((len(way.label) for way in lane.ways), default=0)
    aside = len(_aside(lane)) * _ASIDE
    width = _LEFT * 2 + _box_width(lane) + aside + letters * _LETTER
    return width, _TOP + len(_rows(lane)) * _STEP


def _box_width(lane: Lane) -> float:
    letters = max(len(_beneath(lane, name)) for name in lane.phases)
    return max(_BOX_WIDTH_MIN, letters * _LETTER)


def _beneath(lane: Lane, name: str) -> str:
    """What stands beneath a phase's name."""
    return " · ".join(said_of(lane, name).split("\n")[1:])


def _lane(lane: Lane) -> Iterator[str]:
    yield f'<text class="lane" x="{_LEFT}" y="60">{escape(", ".join(lane.vessels))}</text>'
    rows = _rows(lane)
    for (name, is_end), row in rows.items():
        yield from _box(lane, name, is_end, _TOP + row * _STEP)
    straight: dict[int, int] = {}
    aside = _aside(lane)
    for way in lane.ways:
        start, target = _from(rows, way), _row(rows, way.target, way.is_end)
        if way in aside:
            yield from _curve(way, start, target, aside.index(way), _box_width(lane))
        else:
            number = straight[start] = straight.get(start, -1) + 1
            yield from _straight(way, start, number, _box_width(lane))


def _box(lane: Lane, name: str, is_end: bool, y: float) -> Iterator[str]:
    width, beneath = _box_width(lane), "" if is_end else _beneath(lane, name)
    if not is_end and name in lane.together:
        yield f'<path class="door" d="M{_LEFT - 8} {y - 5:g}h{width + 16:g}"/>'
    kind, radius = ("end", _BOX_HEIGHT / 2) if is_end else ("box", 5)
    yield (
        f'<rect class="{kind}" x="{_LEFT}" y="{y:g}" width="{width:g}" height="{_BOX_HEIGHT}"'
        f' rx="{radius:g}"/>'
    )
    middle = f'x="{_LEFT + width / 2:g}"'
    shown = name if len(name) <= 28 else f"{name[:27]}…"
    line = y + (17 if beneath else 24)
    yield f'<text {middle} y="{line:g}" text-anchor="middle">{escape(shown)}</text>'
    if beneath:
        note = f'<text class="label" {middle} y="{y + 32:g}" text-anchor="middle">'
        yield f"{note}{escape(beneath)}</text>"


def _straight(way: Way, row: int, number: int, width: float) -> Iterator[str]:
    x = _LEFT + width / 2
    top, bottom = _TOP + row * _STEP + _BOX_HEIGHT, _TOP + (row + 1) * _STEP
    if number == 0:
        yield f'<path d="M{x:g} {top:g}V{bottom:g}" marker-end="url(#arrow)"/>'
    y = top + 18 + number * 14
    yield f'<text class="label" x="{x + 8:g}" y="{y:g}">{escape(way.label)}</text>'


def _curve(way: Way, start: int, target: int, number: int, width: float) -> Iterator[str]:
    x = _LEFT + width
    out = x + 20 + number * _ASIDE
    y_from = _TOP + start * _STEP + _BOX_HEIGHT / 2
    y_to = _TOP + target * _STEP + _BOX_HEIGHT / 2 + 6
    dashed = ' class="dashed"' if way.reason in ("timeout", "rule") else ""
    yield (
        f'<path{dashed} d="M{x:g} {y_from:g}C{out:g} {y_from:g} {out:g} {y_from:g} {out:g}'
        f' {(y_from + y_to) / 2:g}S{out:g} {y_to:g} {x:g} {y_to:g}" marker-end="url(#arrow)"/>'
    )
    y = (y_from + y_to) / 2
    yield f'<text class="label" x="{out + 4:g}" y="{y:g}">{escape(way.label)}</text>'
