"""Points and a curve, drawn with the characters of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 60, 14
CURVE, POINT = "·", "o"
Pair = Sequence[float]


def scatter(points: Sequence[Pair], curve: Sequence[Pair], labels: tuple[str, str]) -> list[str]:
    """Lines of text; `labels` name the raw and the actual axis."""
    everything = [*points, *curve]
    left, right = min(x for x, _ in everything), max(x for x, _ in everything)
    low, high = min(y for _, y in everything), max(y for _, y in everything)
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]
    for marks, pairs in ((CURVE, curve), (POINT, points)):
        for x, y in pairs:
            column = round((x - left) / ((right - left) or 1.0) * (WIDTH - 1))
            row = round((high - y) / ((high - low) or 1.0) * (HEIGHT - 1))
            rows[row][column] = marks
    numbers = [f"{high:.4g}", *[""] * (HEIGHT - 2), f"{low:.4g}"]
    margin = max(len(number) for number in numbers)
    drawn = [
        f"{number:>{margin}} │{''.join(row).rstrip()}"
        for number, row in zip(numbers, rows, strict=True)
    ]
    axis = f"{left:.4g}"
    ends = axis + f"{right:.4g}".rjust(WIDTH - len(axis))
    pad = " " * (margin + 1)
    return [
        f"{pad}{labels[1]}",
        *drawn,
        f"{pad}└{'─' * WIDTH}",
        f"{pad} {ends}",
        f"{pad} {labels[0]:>{WIDTH}}",
    ]
