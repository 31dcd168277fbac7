"""`ledger.jsonl`: what the runs of a rehearsal wrote down, so that it can be asked why later."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.rehearsal.tables import wall_text
from orchestrator.model.canonical import rebuild
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Plan
from orchestrator.planning.explain.story import SILENT

LEDGER = "ledger.jsonl"
RECENT_S = 600.0
"""A mean of longer ago says nothing about a moment."""


def write_ledger(file: TextIO, ledgers: Mapping[str, Sequence[Entry]]) -> None:
    """A line for each entry, by vessel; ticks and what only a job understands are left out."""
    for vessel, entries in ledgers.items():
        for entry in entries:
            if entry.kind not in SILENT:
                line = {
                    "vessel": vessel,
                    "kind": entry.kind.value,
                    "process_s": entry.process_s,
                    "wall": wall_text(entry.wall_s),
                    "wall_s": entry.wall_s,
                    "key": entry.key,
                    "data": dict(entry.data),
                }
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_ledger(folder: Path) -> Mapping[str, Sequence[Entry]]:
    """Read them back, by vessel.

    Raises:
        BadRequest: the folder is none that a rehearsal left.
    """
    found: dict[str, list[Entry]] = {}
    for text in _text(folder / LEDGER).splitlines():
        line = json.loads(text)
        entry = Entry(
            kind=Kind(line["kind"]),
            process_s=line["process_s"],
            wall_s=line["wall_s"],
            key=line["key"],
            data=line["data"],
        )
        found.setdefault(line["vessel"], []).append(entry)
    return found


def read_plan(folder: Path) -> Plan:
    """The plan that was rehearsed."""
    return rebuild(Plan, json.loads(_text(folder / "plan.json")))


def measured_at(folder: Path, vessel: str, names: Iterable[str], at_s: float) -> dict[str, Any]:
    """The means of `readings.csv` at a moment, by the names that a vessel's rules know."""
    places = {_place(name, vessel): name for name in names}
    values: dict[str, Any] = {}
    with (folder / "readings.csv").open(encoding="utf-8", newline="") as file:
        for time, _, where, signal, value in csv.reader(file):
            name = places.get((where, signal))
            if name is not None and at_s - RECENT_S <= float(time) <= at_s:
                values[name] = float(value)
    return values


def _place(name: str, vessel: str) -> tuple[str, str]:
    if name.startswith("vessels."):
        _, where, signal = name.split(".", 2)
        return where, signal
    return vessel, name


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadRequest(
            f"{path}: {error.strerror}; give the folder after --out of 'axenic simulate'"
        ) from error
