"""`replicates:` and `series:` of a vessel: one name that stands for several vessels."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import NUMBERS, input_types, read_constant, read_own
from orchestrator.model.expression import Value
from orchestrator.model.profile import Vessel

MOST: Final = 96
"""A plate."""


def members(vessel: Vessel, cursor: Cursor) -> list[Vessel]:
    """Give the vessels that one entry stands for: itself, or NAME_1, NAME_2, …

    A series has one vessel for each of its values; with replicates, so many for each.
    """
    levels = _levels(cursor.get("series"))
    repeats = cursor.get("replicates")
    if levels is None and repeats is None:
        return [vessel]
    times = repeats.data if repeats is not None and type(repeats.data) is int else 1
    inputs = [level for level in levels or [{}] for _ in range(max(1, min(times, MOST)))]
    if len(inputs) > MOST:
        message = f"these are {len(inputs)} vessels; one entry stands for at most {MOST}"
        cursor.complain("broken-series", message, span=cursor.key_span)
        inputs = inputs[:MOST]
    if vessel.worker is not None and "/" in vessel.worker and len(inputs) > 1:
        message = f"{len(inputs)} vessels cannot all be in the reactor {vessel.worker}"
        cursor.complain("replicate-clash", message, span=cursor.key_span)
    found = [
        replace(
            vessel,
            name=f"{vessel.name}_{number}",
            family=vessel.name,
            inputs={**vessel.inputs, **own},
        )
        for number, own in enumerate(inputs, start=1)
    ]
    cursor.draft.families[vessel.name] = tuple(each.name for each in found)
    return found


def _levels(cursor: Cursor | None) -> list[dict[str, Value]] | None:
    """Read the inputs of each vessel of a series; all lists of it are equally long."""
    if cursor is None:
        return None
    types = input_types(cursor)
    columns: dict[str, list[Value]] = {}
    for name, each in cursor.items():
        each.mention("input", name, each.key_span)
        if name in types:
            columns[name] = _values(each, name, types[name])
    lengths = {name: len(values) for name, values in columns.items() if values}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        message = f"the inputs of a series belong together, value by value, but {told}"
        cursor.complain("broken-series", message, span=cursor.key_span)
    count = min(lengths.values(), default=1)
    return [
        {name: values[number] for name, values in columns.items() if values}
        for number in range(count)
    ]


def _values(cursor: Cursor, name: str, kind: str) -> list[Value]:
    if isinstance(cursor.data, list):
        return [read_own(each, name, kind) for each in cursor.elements()]
    if not isinstance(cursor.data, dict):
        return []
    if kind == "any":
        return []  # which has been said where its type stands
    if kind not in NUMBERS:
        cursor.complain("broken-series", f"values from … to … are numbers, but '{name}' is none")
        return []
    ends = [read_constant(end, kind) for end in _ends(cursor)]
    count = cursor.data.get("count")
    first, last = [*ends, None, None][:2]
    if not isinstance(first, float) or not isinstance(last, float) or type(count) is not int:
        return []
    if cursor.text("scale") != "log":
        return [_between(first, last, number, count) for number in range(count)]
    if first <= 0.0 or last <= 0.0:
        message = "a logarithmic series lies between two values above 0"
        cursor.complain("broken-series", message)
        return []
    ratio = last / first
    inner = [first * ratio ** (number / (count - 1)) for number in range(1, count - 1)]
    return [first, *(float(f"{each:.10g}") for each in inner), last]


def _ends(cursor: Cursor) -> list[Cursor]:
    return [end for key in ("from", "to") if (end := cursor.get(key)) is not None]


def _between(first: float, last: float, number: int, count: int) -> float:
    return float(f"{first + (last - first) * number / (count - 1):.10g}") if count > 1 else first
