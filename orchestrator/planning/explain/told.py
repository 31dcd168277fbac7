"""What is answered to a person who asks why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.execution.describe import quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of a trace."""

    process_s: float
    wall_s: float | None
    vessel: str
    kind: str
    """As in the ledger."""
    text: str
    """A sentence."""
    rule: str = ""
    """The rule that it is about."""
    key: str = ""
    """The action, or what else in the ledger it is about."""
    saw: Mapping[str, Any] = field(default_factory=dict)
    """Values that it went by; null where there was none."""
    negative: bool = False
    """It says that something did not happen, or not as it was meant to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a rule fired at a moment, and why it did or did not."""

    process_s: float
    vessel: str
    rule: str
    fired: bool
    text: str
    saw: Mapping[str, Any]


def values(saw: Mapping[str, Any]) -> str:
    """`od600 was 1.71, phase was hold`; empty where nothing was seen."""
    return ", ".join(
        f"{name} had no value" if value is None else f"{name} was {_short(value)}"
        for name, value in saw.items()
    )


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return quantity(value)


def moment(seconds: float) -> str:
    """`1 d 2 h 32 min`, `45 s`: seconds for people, with nothing left out but zeros."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{number} {unit}" for number, unit in units if number) or "0 s"
