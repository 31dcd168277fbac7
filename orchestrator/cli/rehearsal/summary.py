"""`summary.json`: what a rehearsal came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.cli.rehearsal.tables import actions, wall_text
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Plan


def summarise(
    plan: Plan,
    *,
    plan_hash: str,
    seed: int,
    start_wall_s: float,
    passed_s: float,
    ledgers: Mapping[str, Sequence[Entry]],
    warnings: Sequence[str],
) -> dict[str, Any]:
    """Plain JSON; nothing in it depends on the machine or on how long it took."""
    outcomes = Counter(row["outcome"] or "under way" for row in actions(ledgers))
    return {
        "profile": plan.name,
        "profile_hash": plan.profile_hash,
        "plan_hash": plan_hash,
        "inputs": dict(plan.inputs),
        "seed": seed,
        "start": wall_text(start_wall_s),
        "duration_s": passed_s,
        "outcomes": dict(sorted(outcomes.items())),
        "vessels": {
            slice_.vessel: _vessel(ledgers.get(slice_.vessel, ())) for slice_ in plan.vessels
        },
        "bottles": _bottles(plan, ledgers),
        "alerts": [
            {
                "time_s": entry.process_s,
                "vessel": vessel,
                "severity": entry.data.get("severity", "warning"),
                "text": entry.data["text"],
            }
            for vessel, entries in ledgers.items()
            for entry in entries
            if entry.kind is Kind.ALERT
        ],
        "warnings": list(warnings),
    }


def _vessel(entries: Sequence[Entry]) -> dict[str, Any]:
    phases: list[dict[str, Any]] = []
    state, reason = "running", ""
    for entry in entries:
        if entry.kind is Kind.PHASE_ENTERED:
            phases.append(
                {
                    "phase": entry.data["phase"],
                    "visit": entry.data["visit"],
                    "entered_s": entry.process_s,
                    "left_s": None,
                    "reason": "",
                }
            )
        elif entry.kind is Kind.PHASE_LEFT and phases:
            phases[-1]["left_s"] = entry.process_s
            phases[-1]["reason"] = entry.data.get("reason", "")
        elif entry.kind is Kind.RUN_ENDED:
            state, reason = entry.data["state"], entry.data.get("reason", "")
    return {"state": state, "reason": reason, "phases": phases}


def _bottles(plan: Plan, ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """What went through each bottle, and when it ran dry or over."""
    return [
        _bottle(slice_.vessel, bottle.medium, bottle.volume_ml, ledgers.get(slice_.vessel, ()))
        for slice_ in plan.vessels
        for bottle in slice_.media
    ]


def _bottle(vessel: str, medium: str, bottle_ml: float, entries: Sequence[Entry]) -> dict[str, Any]:
    moved_ml, through_s = 0.0, None
    for entry in entries:
        if entry.kind is Kind.DOSE_ENDED and entry.data.get("medium") == medium:
            moved_ml += float(entry.data["volume_ml"])
            if through_s is None and moved_ml >= bottle_ml:
                through_s = entry.process_s
    return {
        "vessel": vessel,
        "medium": medium,
        "bottle_ml": bottle_ml,
        "moved_ml": round(moved_ml, 6),
        "through_s": through_s,
    }
