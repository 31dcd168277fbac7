"""What a rehearsal brings from outside: buttons that are pressed, messages, webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.ports.clock import Clock
from orchestrator.worker.vessels import Vessels


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """One thing that happens at one moment."""

    at_s: float
    event: str
    name: str
    payload: str = ""


def bring_about(events: Iterable[Outside], clock: Clock, vessels: Vessels) -> None:
    """Let everything happen at its moment, counted from now."""
    now_s = clock.now().monotonic_s
    for number, each in enumerate(events):
        _bring_about(each, f"rehearsal:{number}", now_s + each.at_s, clock, vessels)


def _bring_about(each: Outside, id_: str, at_s: float, clock: Clock, vessels: Vessels) -> None:
    def happen() -> None:
        for unit in vessels.units:
            unit.happen(each.event, each.name, each.payload, id_, "rehearsal")

    clock.call_at(at_s, happen)
