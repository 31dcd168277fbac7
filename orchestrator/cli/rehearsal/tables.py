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
    """Every action, and every dose that no action asked for, with what became of it, by time."""
    rows = csv.DictWriter(file, ACTIONS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(
        {**each, "nominal_s": number_text(each["nominal_s"]), "time_s": number_text(each["time_s"])}
        for each in every_row(ledgers)
    )


def actions(ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """Rows of the plan's actions by time, vessel and id; what goes on has no outcome yet."""
    found = [row for vessel, entries in ledgers.items() for row in _of_vessel(vessel, entries)]
    return sorted(found, key=_order)


def every_row(ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """The rows of `actions.csv`: of all actions, of what automations pumped, and of revisions."""
    return sorted([*actions(ledgers), *own_doses(ledgers), *revisions(ledgers)], key=_order)


def own_doses(ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """What automations pumped, a row each; the reason of one that went well is its cause."""
    return [row for vessel, entries in ledgers.items() for row in _doses(vessel, entries)]


def revisions(ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """Another plan that a vessel went on by, a row each."""
    return [
        {
            **_row(vessel, entry),
            "action_id": f"{vessel}@{entry.data['revision']}",
            "nominal_s": entry.process_s,
            "action": "apply",
            "detail": f"revision {entry.data['revision']}",
            "outcome": "done",
        }
        for vessel, entries in ledgers.items()
        for entry in entries
        if entry.kind is Kind.REVISED
    ]


def _order(row: Mapping[str, Any]) -> tuple[float, str, str]:
    return row["time_s"], row["vessel"], row["action_id"]


def _of_vessel(vessel: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.key is None or entry.kind not in (Kind.ACTION_BEGAN, Kind.ACTION_ENDED):
            continue
        row = rows.setdefault(entry.key, _row(vessel, entry))
        if entry.kind is Kind.ACTION_ENDED:
            row["outcome"] = entry.data["outcome"]
            row["reason"] = entry.data.get("reason", "")
    return list(rows.values())


def _doses(vessel: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    asked: set[str] = set()
    for entry in entries:
        if entry.kind is Kind.ACTION_BEGAN:
            asked.add(entry.key or "")
        elif entry.kind is Kind.DOSE_BEGAN and entry.key is not None:
            if entry.key.rpartition("/")[0] not in asked:
                rows[entry.key] = {
                    **_row(vessel, entry),
                    "nominal_s": entry.process_s,
                    "action": "dose",
                    "detail": _moved(entry),
                    "reason": entry.data.get("cause", ""),
                }
        elif entry.kind is Kind.DOSE_ENDED and entry.key in rows:
            row = rows[entry.key]
            row["outcome"] = entry.data["outcome"]
            row["detail"] = _moved(entry)
            row["reason"] = "; ".join(filter(None, (row["reason"], entry.data.get("reason", ""))))
    return list(rows.values())


def _moved(entry: Entry) -> str:
    data = entry.data
    return f"{data['volume_ml']:.4g} mL of {data['medium']} {data['direction']}"


def _row(vessel: str, entry: Entry) -> dict[str, Any]:
    return {
        "action_id": entry.key,
        "nominal_s": entry.data.get("nominal_s"),
        "time_s": entry.process_s,
        "wall": wall_text(entry.wall_s),
        "vessel": vessel,
        "action": entry.data.get("action", ""),
        "detail": entry.data.get("detail", ""),
        "outcome": "",
        "reason": "",
    }
