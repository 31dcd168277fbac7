"""`summary.json`: what a rehearsal came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from orchestrator.cli.rehearsal.tables import actions, own_doses, wall_text
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Plan, Slice
from orchestrator.sim.apparatus import Vial
from orchestrator.worker.account import Fluids, open_fluids
from orchestrator.worker.share import share_all

_LETS_GO: Final = frozenset({Kind.FREED, Kind.PHASE_LEFT, Kind.RUN_ENDED})
"""Ends a hold of a phase."""


def summarise(
    plan: Plan,
    *,
    plan_hash: str,
    seed: int | None,
    start_wall_s: float,
    passed_s: float,
    ledgers: Mapping[str, Sequence[Entry]],
    warnings: Sequence[str],
    later: Sequence[str] = (),
) -> dict[str, Any]:
    """Plain JSON; nothing in it depends on the machine or on how long it took.

    `later` are the names of the profiles that it went on by, from revision 2 on.
    """
    outcomes = Counter(row["outcome"] or "under way" for row in actions(ledgers))
    return {
        "profile": plan.name,
        "profile_hash": plan.profile_hash,
        "plan_hash": plan_hash,
        "inputs": dict(plan.inputs),
        **({} if seed is None else {"seed": seed}),
        "start": wall_text(start_wall_s),
        "duration_s": passed_s,
        "outcomes": dict(sorted(outcomes.items())),
        "own_doses": dict(sorted(Counter(row["outcome"] for row in own_doses(ledgers)).items())),
        "vessels": {
            slice_.vessel: _vessel(ledgers.get(slice_.vessel, ())) for slice_ in plan.vessels
        },
        "revisions": [
            _revision(number, name, ledgers) for number, name in enumerate(later, start=2)
        ],
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


def _revision(number: int, profile: str, ledgers: Mapping[str, Sequence[Entry]]) -> dict[str, Any]:
    """Who went on by it, and since when."""
    taken = {
        vessel: entry
        for vessel, entries in ledgers.items()
        for entry in entries
        if entry.kind is Kind.REVISED and entry.data["revision"] == number
    }
    return {
        "revision": number,
        "profile": profile,
        "plan_hash": next((entry.data["plan_hash"] for entry in taken.values()), ""),
        "taken_s": {vessel: entry.process_s for vessel, entry in sorted(taken.items())},
    }


def _vessel(entries: Sequence[Entry]) -> dict[str, Any]:
    phases: list[dict[str, Any]] = []
    pictures = sum(entry.kind is Kind.PICTURE for entry in entries)
    state, reason = "running", ""
    arrived_s = held_at_s = None
    for entry in entries:
        if held_at_s is not None and entry.kind in _LETS_GO:
            phases[-1]["held_s"] += entry.process_s - held_at_s
            held_at_s = None
        if entry.kind is Kind.ARRIVED:
            arrived_s = entry.process_s
        elif entry.kind is Kind.HELD:
            held_at_s = entry.process_s
        elif entry.kind is Kind.PHASE_ENTERED:
            waited_s = 0.0 if arrived_s is None else entry.process_s - arrived_s
            arrived_s = None
            phases.append(
                {
                    "phase": entry.data["phase"],
                    "visit": entry.data["visit"],
                    "entered_s": entry.process_s,
                    "left_s": None,
                    "waited_s": waited_s,
                    "held_s": 0.0,
                    "reason": "",
                }
            )
        elif entry.kind is Kind.PHASE_LEFT and phases:
            phases[-1]["left_s"] = entry.process_s
            phases[-1]["reason"] = entry.data.get("reason", "")
        elif entry.kind is Kind.PAUSED:
            state, reason = "paused", entry.data.get("reason", "")
        elif entry.kind is Kind.RESUMED:
            state, reason = "running", ""
        elif entry.kind is Kind.RUN_ENDED:
            state, reason = entry.data["state"], entry.data.get("reason", "")
    taken = {"pictures": pictures} if pictures else {}
    return {"state": state, "reason": reason, "phases": phases, **taken}


def _bottles(plan: Plan, ledgers: Mapping[str, Sequence[Entry]]) -> list[dict[str, Any]]:
    """What went through each bottle, and when it ran dry or over; a shared one by all vessels.

    By the worker's own account, which knows air from liquid.
    """
    accounts = {slice_.vessel: _account(slice_) for slice_ in plan.vessels}
    share_all(accounts)
    through_s: dict[tuple[str, str], float] = {}
    told = [(vessel, entry) for vessel in accounts for entry in ledgers.get(vessel, ())]
    for vessel, entry in sorted(told, key=lambda each: each[1].process_s):
        if accounts[vessel].apply(entry):
            for name, account in accounts.items():
                for medium in account.bottles_ml:
                    if (account.left_ml(medium) or 0.0) <= 0.0:
                        through_s.setdefault((name, medium), entry.process_s)
    return [
        {
            "vessel": slice_.vessel,
            "medium": bottle.medium,
            "bottle_ml": bottle.volume_ml,
            "shared": bottle.shared,
            "moved_ml": round(
                bottle.volume_ml - accounts[slice_.vessel].bottles_ml[bottle.medium], 6
            ),
            "through_s": through_s.get((slice_.vessel, bottle.medium)),
        }
        for slice_ in plan.vessels
        for bottle in slice_.media
    ]


def _account(slice_: Slice) -> Fluids:
    tube_ml = Vial.holding(slice_.volume_ml).waste_tube_ml
    return open_fluids(slice_.volume_ml, slice_.media, waste_tube_ml=tube_ml)
