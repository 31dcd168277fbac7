"""Curves as inline SVG: small, sharp, and readable in any browser without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 920, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 34
POINTS_MAX = 900
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a picture; the columns have equal length."""

    label: str
    colour: int
    """Index into the page's colours."""
    at_s: Sequence[float]
    values: Sequence[float]
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A labelled line across the picture."""

    at: float
    """Pixels."""
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that a template needs to draw one chart."""

    title: str
    unit: str
    paths: Sequence[tuple[Curve, str]]
    across: Sequence[Tick]
    up: Sequence[Tick]


def draw(title: str, unit: str, curves: Sequence[Curve], until_s: float) -> Picture:
    """Scale curves to one frame, from the start to `until_s`."""
    values = [value for curve in curves for value in curve.values]
    low, high = _range(min(values, default=0.0), max(values, default=1.0))
    span_s = max(until_s, 1.0)

    def x(at_s: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * at_s / span_s

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    return Picture(
        title=title,
        unit=unit,
        paths=[
            (curve, _path([x(s) for s in a], [y(v) for v in b])) for curve, a, b in _thin(curves)
        ],
        across=[Tick(at=x(at_s), label=label) for at_s, label in _days(span_s)],
        up=[Tick(at=y(value), label=f"{value:g}") for value in _steps(low, high)],
    )


def _thin(
    curves: Sequence[Curve],
) -> list[tuple[Curve, list[float], list[float]]]:
    """Keep the lowest and highest value of each stretch, so that no spike is lost."""
    thinned = []
    for curve in curves:
        width = max(1, ceil(2 * len(curve.at_s) / POINTS_MAX))
        kept: list[int] = []
        for start in range(0, len(curve.at_s), width):
            stretch = range(start, min(start + width, len(curve.at_s)))
            ends = {
                min(stretch, key=curve.values.__getitem__),
                max(stretch, key=curve.values.__getitem__),
            }
            kept.extend(sorted(ends))
        thinned.append((curve, [curve.at_s[i] for i in kept], [curve.values[i] for i in kept]))
    return thinned


def _path(across: Sequence[float], up: Sequence[float]) -> str:
    if not across:
        return ""
    points = (f"{a:.1f} {b:.1f}" for a, b in zip(across, up, strict=True))
    return "M" + " L".join(points)


def _range(low: float, high: float) -> tuple[float, float]:
    if high - low < 1e-9:
        high, low = high + 0.5, low - 0.5
    margin = 0.05 * (high - low)
    return (min(0.0, low) if 0 <= low < 0.4 * high else low - margin), high + margin


def _steps(low: float, high: float) -> list[float]:
    rough = (high - low) / 5.0
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = ceil(low / step)
    return [round(step * number, 10) for number in range(first, floor(high / step) + 1)]


def _days(span_s: float) -> list[tuple[float, str]]:
    if span_s > 2 * DAY_S:
        step_s, unit_s, unit = DAY_S * max(1, ceil(span_s / DAY_S / 14)), DAY_S, "d"
    elif span_s > 7200.0:
        step_s, unit_s, unit = 3600.0 * max(1, ceil(span_s / 3600.0 / 12)), 3600.0, "h"
    else:
        step_s, unit_s, unit = 60.0 * max(1, ceil(span_s / 60.0 / 12)), 60.0, "min"
    return [
        (number * step_s, f"{number * step_s / unit_s:g} {unit}")
        for number in range(floor(span_s / step_s) + 1)
    ]
