"""Actions as marks in time: a lane for each kind, below the phases of a vessel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LANES_MAX: Final = 12
STEPS: Final = 600
"""Marks that fall on the same of so many places are one."""
FINE: Final = ("done", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One action, or several close together."""

    at: float
    """Percent of the whole time."""
    said: str
    bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """All actions of a kind."""

    name: str
    number: int
    marks: Sequence[Mark]


def lanes_of(vessel: str, rows: Iterable[Mapping[str, Any]], passed_s: float) -> list[Lane]:
    """A vessel's lanes, those with the most to say first; `rows` are those of `actions.csv`."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["vessel"] == vessel:
            by_kind.setdefault(row["action"], []).append(row)
    lanes = [
        Lane(name=name, number=len(found), marks=_marks(found, passed_s))
        for name, found in by_kind.items()
    ]
    return sorted(lanes, key=lambda lane: (lane.name == "dose", lane.name))[:LANES_MAX]


def _marks(rows: Iterable[Mapping[str, Any]], passed_s: float) -> list[Mark]:
    places: dict[int, Mark] = {}
    for row in rows:
        place = round(STEPS * min(row["time_s"] / max(passed_s, 1.0), 1.0))
        bad = row["outcome"] not in FINE
        known = places.get(place)
        if known is None or (bad and not known.bad):
            said = ": ".join(filter(None, (row["detail"], row["outcome"], row["reason"])))
            places[place] = Mark(at=100.0 * place / STEPS, said=said, bad=bad)
    return list(places.values())
