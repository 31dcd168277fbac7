"""The figures in docs/benchmarks.md: everything below its marker is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.bench.figure import Figure
from tools.bench.processes import CHECKOUT
from tools.bench.size import Size
from tools.bench.table import quantity

PAGE = CHECKOUT / "docs" / "benchmarks.md"
MARKER = "<!-- below: written by `make bench ARGS=--write` -->\n"
_HEAD = ("what", "ours", "baseline", "ratio", "budget", "verdict", "quoted: peers, prototypes")
_VERDICTS = {True: "met", False: "**missed**", None: "–"}


def write_page(
    title: str,
    size: Size,
    measured: Mapping[str, Sequence[Figure]],
    failures: Mapping[str, str],
    page: Path = PAGE,
) -> None:
    """Put the figures in the place of the last ones."""
    above, marker, _ = page.read_text(encoding="utf-8").partition(MARKER)
    if not marker:
        raise ValueError(f"{page} has no line {MARKER.strip()}")
    lines = [f"Size: {size}. {title}.", "", _row(_HEAD), _row(["---"] * len(_HEAD))]
    for figures in measured.values():
        lines += [_row(_cells(figure)) for figure in figures]
    lines += [_row([f"{name} broke: {why}", *[""] * 6]) for name, why in failures.items()]
    page.write_text(above + marker + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _cells(figure: Figure) -> Iterator[str]:
    yield figure.what + (f" ({figure.note})" if figure.note else "")
    yield quantity(figure.ours, figure.unit)
    if figure.baseline is None:
        yield from ("", "")
    else:
        yield f"{quantity(figure.baseline, figure.unit)}, {figure.baseline_is}"
        yield f"{figure.ratio:.3g} ×" if figure.ratio is not None else ""
    yield figure.budget.text if figure.budget else ""
    yield _VERDICTS[figure.met]
    yield figure.quoted


def _row(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
