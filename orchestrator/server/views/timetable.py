"""Rows of a timetable as `/api` shows them."""

from __future__ import annotations

from datetime import datetime

from orchestrator.planning.timetable import Row
from orchestrator.server.views.history import Source, TimetableRow


def row_view(row: Row, *, time_s: float | None, action_id: str | None = None) -> TimetableRow:
    """A row; `time_s` and `action_id` may be known better by who asks."""
    return TimetableRow(
        time_s=time_s,
        wall_s=None if row.wall is None else datetime.fromisoformat(row.wall).timestamp(),
        wall=row.wall,
        phase=row.phase,
        phase_time_s=row.phase_time_s,
        vessel=row.vessel,
        action_id=action_id or row.action_id,
        action=row.action,
        detail=row.detail,
        estimated=row.estimated,
        source=Source(file=row.source.file, line=row.source.line),
    )
