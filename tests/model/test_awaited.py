"""What of the outside a plan waits for."""

from __future__ import annotations

from typing import Any

from orchestrator.model.awaited import awaited


def rule(*starts: tuple[str, str]) -> dict[str, Any]:
    return {"starts": [{"kind": "event", "event": event, "name": name} for event, name in starts]}


def test_rules_of_a_vessel_and_of_its_phases_wait_for_what_comes_from_outside() -> None:
    always = rule(("button", "rinse"), ("phase_entered", "hold"), ("topic", "lab/door"))
    sometimes = {"name": "hold", "rules": [rule(("button", "stop"), ("button", "rinse"))]}
    plan = {
        "vessels": [
            {"vessel": "left", "rules": [always], "phases": [sometimes]},
            {"vessel": "right", "rules": [], "phases": [{"name": "hold"}, sometimes]},
        ]
    }
    assert awaited(plan) == {
        ("button", "rinse"): ["left", "right"],
        ("topic", "lab/door"): ["left"],
        ("button", "stop"): ["left", "right"],
    }


def test_times_and_conditions_are_nothing_from_outside() -> None:
    starts = [{"kind": "at", "at_s": 5.0}, {"kind": "when", "when": {"when": True}}]
    plan = {"vessels": [{"vessel": "a", "rules": [{"starts": starts}], "phases": []}]}
    assert awaited(plan) == {}
