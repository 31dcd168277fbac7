"""What starts a rule, in a line for people."""

from __future__ import annotations

from orchestrator.execution.describe import duration
from orchestrator.execution.phrase import phrase
from orchestrator.model.event import FAULT
from orchestrator.model.expression import Const
from orchestrator.model.plan import (
    AtStart,
    CronStart,
    EventStart,
    EveryStart,
    RulePlan,
    Start,
    WhenStart,
)


def starts_in_words(rule: RulePlan) -> str:
    """`od600 > 1.6 for 10 min; button rinse; if volume > 10`."""
    words = "; ".join(start_in_words(start) for start in rule.starts)
    return words if rule.if_ is None else f"{words}; if {phrase(rule.if_)}"


def start_in_words(start: Start) -> str:
    """One start."""
    match start:
        case WhenStart(when=when, again_s=again_s):
            again = "" if again_s is None else f", again after {duration(again_s)}"
            return f"{phrase(when.when)}{_lasting(when.for_s)}{again}"
        case AtStart(at_s=at_s):
            return f"at {duration(at_s)}"
        case EveryStart():
            return _every(start)
        case CronStart(cron=cron, timezone=timezone):
            return f"cron {cron} in {timezone}"
        case EventStart(for_s=for_s):
            return f"{_event(start)}{_lasting(for_s)}"


def _every(start: EveryStart) -> str:
    words = [f"every {duration(start.every_s)}"]
    if start.from_s is not None:
        words.append(f"from {duration(start.from_s)}")
    if start.until_s is not None:
        words.append(f"until {duration(start.until_s)}")
    if start.count is not None:
        words.append(f"{start.count} times")
    return ", ".join(words)


def _event(start: EventStart) -> str:
    """`job dosing failed`, `dose done`, `topic lab/door = open`."""
    match start.event:
        case "phase_entered" | "phase_left":
            return f"phase {start.name} {start.event.removeprefix('phase_')}"
        case "power_returned":
            return "power returned"
        case "device":
            return f"{start.name} {'fails' if start.state == FAULT else 'works again'}"
        case "dose":
            return " ".join(filter(None, ("dose", start.name and f"of {start.name}", start.state)))
        case "job":
            return f"job {start.name} {start.state or 'changes its state'}"
        case _:
            equals = start.payload.equals
            wanted = "" if equals is None else f" = {phrase(Const(equals))}"
            return f"{start.event} {start.name}{wanted}"


def _lasting(for_s: float) -> str:
    return f" for {duration(for_s)}" if for_s else ""
