"""The table at the end."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tools.bench.figure import Figure

VERDICTS = {True: "[green]met[/]", False: "[red]missed[/]", None: "–"}
WIDTH = 150


def show(title: str, measured: Mapping[str, Sequence[Figure]], failures: Mapping[str, str]) -> None:
    """Print what was measured, beside its baselines and budgets."""
    console = Console(width=None if os.isatty(1) else WIDTH)
    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    table.add_column("what", ratio=5)
    for column in ("ours", "baseline", "ratio"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("budget", ratio=3)
    table.add_column("verdict", no_wrap=True)
    table.add_column("quoted from the design: peers, measured elsewhere", ratio=4)
    for figures in measured.values():
        for figure in figures:
            table.add_row(*_row(figure))
        table.add_section()
    for name, reason in failures.items():
        table.add_row(f"{name}: {reason}", "", "", "", "", "[red]broke[/]", "")
    console.print(table)


def machine() -> str:
    """Where and when: absolute figures mean nothing without it."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{at} · {_processor()}, {os.cpu_count()} cores · Python {platform.python_version()} · "
        f"{platform.system()} {platform.release()} · load {load}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model"):
            return value.strip()
    return platform.machine()


def _row(figure: Figure) -> list[str]:
    what = figure.what + (f"\n[dim]{figure.note}[/]" if figure.note else "")
    baseline = "" if figure.baseline is None else quantity(figure.baseline, figure.unit)
    if figure.baseline_is:
        baseline += f"\n[dim]{figure.baseline_is}[/]"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.3g} ×"
    budget = figure.budget.text if figure.budget else ""
    ours = quantity(figure.ours, figure.unit)
    return [what, ours, baseline, ratio, budget, VERDICTS[figure.met], figure.quoted]


def quantity(value: float, unit: str) -> str:
    """Three digits that mean something, with k and M for what is large."""
    for least, scale, letter in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            return f"{value / scale:.3g} {letter}{unit}"
    return f"{value:.0f} {unit}" if abs(value) >= 1000 else f"{value:.3g} {unit}"
