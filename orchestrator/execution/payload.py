"""What came from outside, read as a rule's start says."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, Final

from orchestrator.model.event import Payload
from orchestrator.model.expression import Value
from orchestrator.model.expression.tree import NUMBER_MAX

TRUTHS: Final = {
    "true": True,
    "on": True,
    "yes": True,
    "1": True,
    "false": False,
    "off": False,
    "no": False,
    "0": False,
}


class Unreadable(ValueError):
    """It is not what the profile expects; the message says why."""


def read(payload: Payload, text: str) -> Value:
    """Read a text as text, number or truth, the whole of it or a place in JSON.

    Raises:
        Unreadable: where it is not such a value.
    """
    found: Any = text
    if payload.path:
        found = _within(text, payload.path)
    if payload.type == "number":
        return _number(found)
    if payload.type == "boolean":
        return _truth(found)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def counts(payload: Payload, value: Value) -> bool:
    """Whether a value is one that the start waits for."""
    return payload.equals is None or value == payload.equals


def _within(text: str, path: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"{text!r:.60} is no JSON") from None
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            raise Unreadable(f"there is no {path} in it")
        found = found[name]
    return found


def _number(found: Any) -> float:
    try:
        number = float(found)
    except (TypeError, ValueError):
        raise Unreadable(f"{found!r:.60} is no number") from None
    if isinstance(found, bool) or not isfinite(number) or abs(number) > NUMBER_MAX:
        raise Unreadable(f"{found!r:.60} is no number that can be calculated with")
    return number


def _truth(found: Any) -> bool:
    if isinstance(found, bool):
        return found
    truth = TRUTHS.get(str(found).strip().lower())
    if truth is None:
        raise Unreadable(f"{found!r:.60} is neither true nor false")
    return truth
