"""What is kept of a run for whoever has to understand it: same seed, same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orchestrator.faults.evidence import Evidence
from orchestrator.faults.storm import Trouble
from orchestrator.model.ledger import Entry

if TYPE_CHECKING:
    from orchestrator.faults.room import Room


def artifacts(
    room: Room,
    evidence: Evidence,
    troubles: Sequence[Trouble],
    violations: Sequence[str],
    said: Sequence[str],
) -> Mapping[str, str]:
    """File name → text."""
    files = {
        "violations.txt": _lines(violations),
        "storm.txt": _lines(_trouble(trouble) for trouble in troubles),
        "log.txt": _lines(said),
        "messages.jsonl": _lines(
            json.dumps([round(at_s, 6), who, topic, payload.decode("utf-8", "replace")])
            for at_s, who, topic, payload in room.broker.said
        ),
    }
    for vessel in evidence.vessels:
        name = vessel.slice.vessel
        files[f"ledger-{name}.jsonl"] = _lines(json.dumps(_entry(each)) for each in vessel.ledger)
        files[f"pumped-{name}.txt"] = _lines(
            f"{one.began_s:12.3f} {one.pump} {one.volume_ml:.4f} mL {one.run}"
            for one in vessel.truth.pumped
        )
    return files


def _lines(lines: Any) -> str:
    return "".join(f"{line}\n" for line in lines)


def _trouble(trouble: Trouble) -> str:
    return f"{trouble.at_s:12.3f} {trouble.for_s:9.3f} s  {trouble.what.value} ({trouble.dice:.4f})"


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "process_s": entry.process_s,
        "wall_s": entry.wall_s,
        "key": entry.key,
        "data": dict(entry.data),
    }
