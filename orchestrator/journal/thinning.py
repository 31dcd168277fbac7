"""Which old readings go where the outbox is full: every second, then every second of these.

Readings only: an outcome or a line of the log never goes. Of each series the first and the newest
reading stay, and all of the newest quarter of the outbox. The outbox is gone through from its
oldest record, a portion at a time, so that nobody waits long; at its end it begins again, and lets
twice as much time pass between two readings. So what is old gets coarser evenly: after a month no
day of it is lost, as it would be if each round halved what the rounds before had left.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from orchestrator.messages.outbox import Batch, GapRecord, ReadingRecord, Record, ThinnedRecord

PORTION: Final = 1000
"""Records that are looked at in one go: some ten milliseconds."""
FIRST_SPACING_S: Final = 3.0
LAST_SPACING_S: Final = 1e6
"""Readings that are further apart than this are so few that they may stay."""
FRESH_PART: Final = 4
"""The newest fourth of what waits is left alone."""
THINNED: Final = ThinnedRecord()


class Thinned(NamedTuple):
    """What goes, and what tells of it: one gap a run."""

    numbers: Sequence[int]
    gaps: Sequence[GapRecord]


class Thinning:
    """Where it is in the outbox, and how far apart readings have to be; begins anew with a
    process, which costs a look at what is coarse enough already."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """There is room: what comes when it is full again is fresh."""
        self.after = 0
        """Number up to which this round has come."""
        self._spacing_s = FIRST_SPACING_S
        self._rests_up_to = 0

    def wanted(self, waiting: int, capacity: int) -> bool:
        """Whether too much waits, and something can be done about it."""
        return waiting > max(capacity, self._rests_up_to)

    def until(self, newest: int, waiting: int) -> int:
        """Number of the newest record that this round looks at."""
        return newest - waiting // FRESH_PART

    def thin(
        self, readings: Sequence[tuple[int, ReadingRecord]], reached: int | None, waiting: int
    ) -> Thinned:
        """Choose among the readings of a portion, oldest first, which ends with the number
        `reached`; None where the round ends with it."""
        series: dict[tuple[str, str], list[tuple[int, ReadingRecord]]] = {}
        for each in readings:
            series.setdefault((each[1].run, each[1].signal), []).append(each)
        going = [one for its in series.values() for one in _dispensable(its, self._spacing_s)]
        if reached is not None:
            self.after = reached
        else:
            self.after = 0
            if self._spacing_s < LAST_SPACING_S:
                self._spacing_s *= 2.0
            elif not going:
                self._rests_up_to = waiting + PORTION
        return Thinned([number for number, _ in going], _gaps([reading for _, reading in going]))


def batch_of(outbox: str, records: Sequence[tuple[int, Record]], limit: int) -> Batch | None:
    """Up to `limit` numbers from the first of the records. A number between them that has no
    record any more, since it was thinned or the leader has it, says so: batches are contiguous."""
    if not records:
        return None
    first = records[0][0]
    filled: list[Record] = []
    for number, record in records:
        if number >= first + limit:
            break
        filled += [THINNED] * (number - first - len(filled))
        filled.append(record)
    return Batch(outbox=outbox, first=first, last=first + len(filled) - 1, records=filled)


def _dispensable(
    series: Sequence[tuple[int, ReadingRecord]], spacing_s: float
) -> list[tuple[int, ReadingRecord]]:
    """Those without which their neighbours are still no further apart than that."""
    going = []
    kept_s = series[0][1].process_s
    for one, after in pairwise(series[1:]):
        if after[1].process_s - kept_s <= spacing_s:
            going.append(one)
        else:
            kept_s = one[1].process_s
    return going


def _gaps(going: Sequence[ReadingRecord]) -> list[GapRecord]:
    runs: dict[str, list[float]] = {}
    for reading in going:
        runs.setdefault(reading.run, []).append(reading.process_s)
    return [
        GapRecord(run=run, from_process_s=min(at_s), to_process_s=max(at_s), readings=len(at_s))
        for run, at_s in runs.items()
    ]
