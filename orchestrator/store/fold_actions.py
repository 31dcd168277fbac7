"""What ledgers say of actions, the items they belong to, and doses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.store.change import Change, Fold, Line, Put
from orchestrator.store.encode import to_json


def _action(line: Line, **fields: Any) -> Put:
    phase, item = phase_and_item(line.entry.key or "")
    about = {"phase": phase, "item": item, "revision": line.entry.revision}
    return Put(
        table="actions",
        key={"action_id": line.entry.key},
        fields={**line.place, **about, **fields},
    )


def _item(line: Line, **fields: Any) -> Put:
    named = line.numbers("nominal_s")
    return _action(line, is_item=True, action="item", **named, **fields)


def _item_began(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _item(line, began_process_s=entry.process_s, began_wall_s=entry.wall_s)
    yield line.told("item")


def _item_ended(line: Line) -> Iterator[Change]:
    yield _item(line, **_ending(line))
    yield line.told("item")


def _action_began(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _action(
        line,
        **line.texts("action", "detail"),
        **line.numbers("nominal_s"),
        args=to_json(line.data.get("args") or {}),
        began_process_s=entry.process_s,
        began_wall_s=entry.wall_s,
    )
    yield line.told("action")


def _action_ended(line: Line) -> Iterator[Change]:
    result = line.data.get("result")
    yield _action(
        line,
        **line.texts("action", "detail"),
        **line.numbers("nominal_s"),
        **({"args": to_json(line.data["args"])} if line.data.get("args") else {}),
        **_ending(line),
        **({} if result is None else {"result": to_json(result)}),
    )
    yield line.told("action")


def _ending(line: Line) -> dict[str, Any]:
    return {
        "ended_process_s": line.entry.process_s,
        "ended_wall_s": line.entry.wall_s,
        "outcome": Outcome(line.data["outcome"]).value,
        "reason": line.reason,
    }


def _dose(line: Line, **fields: Any) -> Put:
    about = line.texts("pump", "medium", "direction")
    key = {"key": line.entry.key}
    return Put(table="doses", key=key, fields={**line.place, **about, **fields})


def _dose_began(line: Line) -> Iterator[Change]:
    yield _dose(
        line,
        intended_ml=float(line.data.get("volume_ml", 0.0)),
        cause=str(line.data.get("cause", "")),
        began_process_s=line.entry.process_s,
        began_wall_s=line.entry.wall_s,
    )
    yield line.told("dose")


def _dose_ended(line: Line) -> Iterator[Change]:
    yield _dose(
        line,
        moved_ml=float(line.data.get("volume_ml", 0.0)),
        ended_process_s=line.entry.process_s,
        outcome=Outcome(line.data["outcome"]).value,
        reason=line.reason,
    )
    yield line.told("dose")


def _dose_resolved(line: Line) -> Iterator[Change]:
    yield _dose(
        line,
        resolved_ml=float(line.data["volume_ml"]),
        resolved_by=str(line.data["by"]),
        resolved_reason=line.reason,
    )
    yield line.told("dose")


def phase_and_item(key: str) -> tuple[str | None, str]:
    """From an action's key, `attempt:vessel:phase#visit:item@occurrence:path`."""
    parts = key.split(":", 3)
    if len(parts) < 4:
        return None, key
    phase, _, visit = parts[2].rpartition("#")
    item = parts[3].rpartition("@")[0]
    return (phase if visit and phase else None), item or parts[3]


FOLDS: Mapping[str, Fold] = {
    Kind.ITEM_BEGAN: _item_began,
    Kind.ITEM_ENDED: _item_ended,
    Kind.ACTION_BEGAN: _action_began,
    Kind.ACTION_ENDED: _action_ended,
    Kind.DOSE_BEGAN: _dose_began,
    Kind.DOSE_ENDED: _dose_ended,
    Kind.DOSE_RESOLVED: _dose_resolved,
}
