"""What of the outside the rules of a plan wait for, read off the plan's JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.model.event import FROM_OUTSIDE


def awaited(plan: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """(button | topic | webhook, name) → the vessels with a rule that starts on it, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for slice_ in plan["vessels"]:
        for start in _starts(slice_):
            if start.get("event") in FROM_OUTSIDE:
                vessels = found.setdefault((start["event"], start["name"]), [])
                if slice_["vessel"] not in vessels:
                    vessels.append(slice_["vessel"])
    return found


def _starts(slice_: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the starts of all rules, those of phases included."""
    for part in (slice_, *slice_["phases"]):
        for rule in part.get("rules", ()):
            yield from rule["starts"]
