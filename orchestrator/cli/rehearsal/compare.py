"""What two rehearsals have in common, and in what they differ."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any, Final

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.rehearsal.charts import USUAL
from orchestrator.cli.show import span
from orchestrator.sim.notebook import Series

FINAL: Final = ("od600", "growth_rate", "temperature.measured", "volume", "sim.biomass_g_l")
"""Signals whose last values are put side by side."""
TIME_S: Final = 60.0
"""A phase that moves by less is the same: means and looks are as coarse."""
SHARE: Final = 0.01
"""So much of a value is chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a rehearsal left in its folder."""

    folder: Path
    summary: Mapping[str, Any]
    series: Mapping[tuple[str, str], Series]
    """Those that are compared, by vessel and signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing of both."""

    what: str
    a: str
    b: str
    differs: bool


def read_finished(folder: Path) -> Finished:
    """Read a folder after --out.

    Raises:
        BadRequest: it is none.
    """
    wanted = {signal for _, series in USUAL for signal, _, _ in series} | set(FINAL)
    series: dict[tuple[str, str], Series] = {}
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        with (folder / "readings.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["signal"] in wanted:
                    curve = series.setdefault((row["vessel"], row["signal"]), Series())
                    curve.at_s.append(float(row["time_s"]))
                    curve.mean.append(float(row["value"]))
    except (OSError, ValueError, KeyError) as error:
        raise BadRequest(f"{folder} is not what 'axenic simulate --out' leaves: {error}") from error
    return Finished(folder=folder, summary=summary, series=series)


def compare(a: Finished, b: Finished) -> list[Row]:
    """Everything that can be set side by side, in the order in which people ask."""
    return [
        *_settings(a.summary, b.summary),
        *_phases(a.summary, b.summary),
        *_bottles(a.summary, b.summary),
        *_alerts(a.summary, b.summary),
        *_finals(a, b),
    ]


def _settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Row]:
    for name in ("profile", "seed", "start"):
        yield _row(name, str(a[name]), str(b[name]))
    yield _close("duration", (a["duration_s"], b["duration_s"]), span, near=TIME_S)
    for name in dict.fromkeys([*a["inputs"], *b["inputs"]]):
        yield _row(f"input {name}", *(str(each["inputs"].get(name, "–")) for each in (a, b)))


def _phases(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Row]:
    for vessel in dict.fromkeys([*a["vessels"], *b["vessels"]]):
        courses = [each["vessels"].get(vessel) or {"state": "–", "phases": []} for each in (a, b)]
        yield _row(f"{vessel}: state", *(course["state"] for course in courses))
        visits = [
            {(each["phase"], each["visit"]): each for each in course["phases"]}
            for course in courses
        ]
        for phase, visit in dict.fromkeys([*visits[0], *visits[1]]):
            name = f"{vessel}: {phase}" + (f", visit {visit}" if visit > 1 else "")
            found = [each.get((phase, visit)) for each in visits]
            begins = [None if each is None else each["entered_s"] for each in found]
            yield _close(f"{name} begins after", begins, span, near=TIME_S)
            lasts = [
                None if each is None or each["left_s"] is None else each["left_s"] - begin
                for each, begin in zip(found, begins, strict=True)
            ]
            yield _close(f"{name} lasts", lasts, span, near=TIME_S)


def _bottles(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Row]:
    both = [{(one["vessel"], one["medium"]): one for one in each["bottles"]} for each in (a, b)]
    for vessel, medium in dict.fromkeys([*both[0], *both[1]]):
        found = [each.get((vessel, medium), {}) for each in both]
        moved = [each.get("moved_ml") for each in found]
        yield _close(f"{vessel}: {medium} moved", moved, _volume, share=SHARE)
        through = [each.get("through_s") for each in found]
        if any(each is not None for each in through):
            yield _close(f"{vessel}: {medium} runs out after", through, span, near=TIME_S)


def _alerts(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Row]:
    yield _row("alerts", *(str(len(each["alerts"])) for each in (a, b)))
    counted = [
        Counter((one["vessel"], re.sub(r"\d+(\.\d+)?", "…", one["text"])) for one in each["alerts"])
        for each in (a, b)
    ]
    for vessel, text in dict.fromkeys([*counted[0], *counted[1]]):
        times = [f"{each[vessel, text]} ×" for each in counted]
        yield _row(f"{vessel}: alert “{text}”", *times)


def _finals(a: Finished, b: Finished) -> Iterator[Row]:
    for vessel, signal in dict.fromkeys([*a.series, *b.series]):
        if signal in FINAL:
            curves = [each.series.get((vessel, signal)) for each in (a, b)]
            last = [None if curve is None else curve.mean[-1] for curve in curves]
            yield _close(f"{vessel}: {signal} at the end", last, _number, share=SHARE)


def _row(what: str, a: str, b: str) -> Row:
    return Row(what=what, a=a, b=b, differs=a != b)


def _close(
    what: str,
    both: Sequence[float | None],
    words: Callable[[float], str],
    *,
    near: float = 0.0,
    share: float = 0.0,
) -> Row:
    a, b = both
    same = a is None and b is None
    if a is not None and b is not None:
        same = isclose(a, b, rel_tol=share, abs_tol=near)
    texts = ["–" if each is None else words(each) for each in both]
    return Row(what=what, a=texts[0], b=texts[1], differs=not same)


def _volume(value: float) -> str:
    return f"{value:.1f} mL"


def _number(value: float) -> str:
    return f"{value:.4g}"
