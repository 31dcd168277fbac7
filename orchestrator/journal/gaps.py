"""What becomes of readings that not even memory can hold while the disk takes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.messages.outbox import GapRecord, ReadingRecord


class Gaps:
    """One gap a run, growing until there is room again."""

    def __init__(self) -> None:
        self._open: dict[str, GapRecord] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def thin(self, readings: Sequence[ReadingRecord]) -> None:
        """Count the readings instead of keeping them."""
        for reading in readings:
            gap = self._open.get(reading.run)
            self._open[reading.run] = GapRecord(
                run=reading.run,
                from_process_s=gap.from_process_s if gap else reading.process_s,
                to_process_s=reading.process_s,
                readings=(gap.readings if gap else 0) + 1,
            )

    def close(self) -> list[GapRecord]:
        """There is room again: the records that stand for what is missing."""
        closed = list(self._open.values())
        self._open.clear()
        return closed
