"""What ledgers say of runs and their phases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from orchestrator.store.change import Change, Fold, Line, Put


def _run(line: Line, mark: str | None = None, /, **fields: Any) -> Put:
    marks = {f"{mark}_outbox": line.outbox, f"{mark}_number": line.number} if mark else {}
    return Put(
        table="runs",
        key={"run": line.entry.run},
        fields={**line.place, **fields, **marks},
        mark=mark,
    )


def _run_began(line: Line) -> Iterator[Change]:
    revision = line.entry.revision
    yield _run(line, answer="accepted", began_wall_s=line.at_wall_s, revision=revision)
    yield _run(line, "mode", mode=State.RUNNING.value, mode_reason="")
    yield line.told("run", state=State.RUNNING.value)


def _run_ended(line: Line) -> Iterator[Change]:
    yield _run(
        line,
        ended_state=State(line.data["state"]).value,
        ended_reason=line.reason,
        ended_wall_s=line.at_wall_s,
    )
    yield line.told("run")


def _revised(line: Line) -> Iterator[Change]:
    yield _run(line, revision=int(line.data["revision"]))
    yield line.told("run")


def _paused(line: Line) -> Iterator[Change]:
    yield _run(line, "mode", mode=State.PAUSED.value, mode_reason=line.reason)
    yield line.told("run", state=State.PAUSED.value)


def _resumed(line: Line) -> Iterator[Change]:
    yield _run(line, "mode", mode=State.RUNNING.value, mode_reason="")
    yield line.told("run", state=State.RUNNING.value)


def _phase(line: Line, **fields: Any) -> Put:
    return Put(
        table="phases", key={"run": line.entry.run, **_visit(line)}, fields={**line.place, **fields}
    )


def _phase_entered(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _phase(line, entered_process_s=entry.process_s, entered_wall_s=entry.wall_s)
    yield _run(line, "phase", **_visit(line))
    yield line.told("phase")


def _phase_left(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _phase(
        line,
        left_process_s=entry.process_s,
        left_wall_s=entry.wall_s,
        reason=line.reason,
    )
    yield line.told("phase")


def _visit(line: Line) -> dict[str, Any]:
    return {"phase": str(line.data["phase"]), "visit": int(line.data["visit"])}


FOLDS: Mapping[str, Fold] = {
    Kind.RUN_BEGAN: _run_began,
    Kind.RUN_ENDED: _run_ended,
    Kind.REVISED: _revised,
    Kind.PHASE_ENTERED: _phase_entered,
    Kind.PHASE_LEFT: _phase_left,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
}
