"""What becomes of readings for which the outbox has no room (SEMANTICS rule 16)."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.messages.outbox import GapRecord, ReadingRecord

ROOM_AGAIN = 0.95
"""Filled less than this, a full outbox takes readings again."""


class Gaps:
    """One gap a run, growing while the outbox is full."""

    def __init__(self, open_gaps: Sequence[GapRecord] = ()) -> None:
        self._open = {gap.run: gap for gap in open_gaps}

    def __bool__(self) -> bool:
        return bool(self._open)

    def thin(self, readings: Sequence[ReadingRecord]) -> list[GapRecord]:
        """Count the readings instead of keeping them; answers the gaps that grew."""
        grown = {}
        for reading in readings:
            gap = self._open.get(reading.run)
            grown[reading.run] = self._open[reading.run] = GapRecord(
                run=reading.run,
                from_process_s=gap.from_process_s if gap else reading.process_s,
                to_process_s=reading.process_s,
                readings=(gap.readings if gap else 0) + 1,
            )
        return list(grown.values())

    def close(self) -> list[GapRecord]:
        """There is room again: the records that stand for what is missing."""
        closed = list(self._open.values())
        self._open.clear()
        return closed
