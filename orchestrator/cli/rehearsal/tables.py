"""`readings.csv` and `actions.csv`."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from orchestrator.model.ledger import Entry, Kind

READINGS = ("time_s", "wall", "vessel", "signal", "value")
ACTIONS = (
    "action_id",
    "nominal_s",
    "time_s",
    "wall",
    "vessel",
    "action",
    "detail",
    "outcome",
    "reason",
)


def wall_text(wall_s: float | None) -> str:
    """UTC, to the second, as programs read it."""
    if wall_s is None:
        return ""
    return datetime.fromtimestamp(wall_s, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number_text(value: float | None) -> str:
    """Seven significant digits: more than any sensor has, and the same on every machine."""
    return "" if value is None else f"{value:.7g}"


def readings_writer(file: TextIO, start_wall_s: float) -> Callable[[float, str, str, float], None]:
    """Write the heading; answer what takes one row after the other."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(READINGS)

    def row(time_s: float, vessel: str, signal: str, value: float) -> None:
        wall = wall_text(start_wall_s + time_s)
        rows.writerow((number_text(time_s), wall, vessel, signal, number_text(value)))

    return row


def write_actions(file: TextIO, ledgers: Mapping[str, Sequence[Entry]]) -> None:
    """Every action with what became of it, by time."""
    rows = csv.DictWriter(file, ACTIONS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(
        {**each, "nominal_s": number_text(each["nominal_s"]), "time_s": number_text(each["time_s"])}
        for each in actions(ledgers)
    )


def actions(ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """The rows of `actions.csv`, sorted by time, vessel and id; what goes on has no outcome yet."""
    found = [row for vessel, entries in ledgers.items() for row in _of_vessel(vessel, entries)]
    return sorted(found, key=lambda row: (row["time_s"], row["vessel"], row["action_id"]))


def _of_vessel(vessel: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.key is None or entry.kind not in (Kind.ACTION_BEGAN, Kind.ACTION_ENDED):
            continue
        row = rows.setdefault(
            entry.key,
            {
                "action_id": entry.key,
                "nominal_s": entry.data.get("nominal_s"),
                "time_s": entry.process_s,
                "wall": wall_text(entry.wall_s),
                "vessel": vessel,
                "action": entry.data.get("action", ""),
                "detail": entry.data.get("detail", ""),
                "outcome": "",
                "reason": "",
            },
        )
        if entry.kind is Kind.ACTION_ENDED:
            row["outcome"] = entry.data["outcome"]
            row["reason"] = entry.data.get("reason", "")
    return list(rows.values())
