"""`repeat:` around phases."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.documents.build.names import note_name
from orchestrator.documents.build.nested import REPEAT_MAX
from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import read_amount, read_condition
from orchestrator.model.profile import Phase, PhaseLoop


def build_stretches(
    cursor: Cursor | None, build_phase: Callable[[Cursor], Phase]
) -> tuple[tuple[Phase, ...], tuple[PhaseLoop, ...]]:
    """Read phases in their order, and the loops around them, inner ones first."""
    phases: list[Phase] = []
    loops: list[PhaseLoop] = []
    if cursor is not None:
        _read(cursor, build_phase, phases, loops)
    return tuple(phases), tuple(loops)


def _read(
    cursor: Cursor,
    build_phase: Callable[[Cursor], Phase],
    phases: list[Phase],
    loops: list[PhaseLoop],
) -> None:
    for each in cursor.elements():
        group = each.get("repeat")
        if group is None:
            each.draft.phase_paths.append(each.path)
            phases.append(build_phase(each))
            continue
        first, inner = len(phases), group.get("phases")
        if inner is not None:
            _read(inner, build_phase, phases, loops)
        if len(phases) > first:
            loops.append(_loop(group, first, len(phases) - 1))


def _loop(cursor: Cursor, first: int, last: int) -> PhaseLoop:
    until = cursor.get("until")
    return PhaseLoop(
        name=note_name(cursor, "repeat", ("phases", "repeat")),
        count=read_amount(cursor.get("count"), "integer", least=1.0, most=REPEAT_MAX),
        until=None if until is None else read_condition(until),
        first=first,
        last=last,
        source=cursor.source,
    )
