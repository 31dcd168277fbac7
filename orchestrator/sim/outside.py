"""What a rehearsal brings from outside: buttons that are pressed, messages, webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.model.plan import EventStart, Plan
from orchestrator.ports.clock import Clock
from orchestrator.worker.vessels import Vessels


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """One thing that happens at one moment."""

    at_s: float
    event: str
    name: str
    payload: str = ""


def awaited(plan: Plan) -> frozenset[tuple[str, str]]:
    """What rules of a plan start on: (button | topic | webhook, name)."""
    starts = (start for each in plan.vessels for rule in each.rules for start in rule.starts)
    events = (start for start in starts if isinstance(start, EventStart))
    return frozenset(
        (each.event, each.name) for each in events if each.event in ("button", "topic", "webhook")
    )


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
