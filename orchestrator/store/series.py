"""Series: what readings have in common is kept once, and minutes are rolled up as they close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestrator.messages.outbox import ReadingRecord
from orchestrator.store.connection import FOREVER_US, Place, ReadingRow, WritingConnection
from orchestrator.store.named import statements
from orchestrator.store.run_name import RunName

SQL = statements("recording")
MINUTE_US = 60_000_000
TEN_US = 10 * MINUTE_US
SLACK_US = 1_000_000
"""A wall clock that was set by more than this begins another series."""
SEGMENTS_MAX = 16
"""A wall clock that is set that often has no sense of time: its series stay as they are."""

_Key = tuple[int, str, str, str, str, int]


@dataclass(slots=True, eq=False)
class Series:
    """One signal of one run, from one boot of one worker."""

    id: int
    wall_base_us: int | None
    """None where the wall clock was not trusted when it was measured."""
    slack_us: int
    """By how much the wall clock may differ from that."""
    rolled_us: int
    """All minutes before are rolled up; the one that begins here is open."""
    from_us: int = -FOREVER_US
    until_us: int = FOREVER_US
    """What was measured outside belongs to another part of the store."""
    newest_us: int = 0
    late_us: set[int] = field(default_factory=set)
    """Closed minutes that got readings after all."""


class SeriesBook:
    """The series that were used lately, in front of their table."""

    def __init__(self) -> None:
        self._series: dict[_Key, list[Series]] = {}
        self._closing: set[Series] = set()

    def forget(self) -> None:
        """Look everything up again."""
        self._series.clear()
        self._closing.clear()

    def row(
        self, connection: WritingConnection, outbox: int, number: int, record: ReadingRecord
    ) -> ReadingRow:
        """The row of a reading that is kept for the first time."""
        time_us = round(record.process_s * 1e6)
        base_us = None if record.wall_s is None else round(record.wall_s * 1e6) - time_us
        key = (outbox, record.boot, record.run, record.signal, record.calibration, record.revision)
        series = _fitting(self._series.get(key, ()), base_us, time_us)
        if series is None:
            series = self._find_or_add(connection, key, base_us, time_us, record)
        if time_us >= series.rolled_us + MINUTE_US:
            series.newest_us = max(series.newest_us, time_us)
            self._closing.add(series)
        elif time_us < series.rolled_us:
            series.late_us.add(time_us - time_us % MINUTE_US)
            self._closing.add(series)
        shift_us = 0 if base_us is None else base_us - (series.wall_base_us or 0)
        return series.id, time_us, number, record.value, shift_us

    def roll_up(self, connection: WritingConnection) -> None:
        """Roll up the minutes that the readings just kept have closed."""
        for series in self._closing:
            end_us = series.newest_us - series.newest_us % MINUTE_US
            if end_us > series.rolled_us:
                _roll_up(connection, series, series.rolled_us, end_us)
                connection.execute(SQL["rolled"], {"series": series.id, "to_us": end_us})
                series.rolled_us = end_us
            for minute_us in series.late_us:
                _roll_up(connection, series, minute_us, minute_us + MINUTE_US)
            series.late_us.clear()
        self._closing.clear()

    def _find_or_add(
        self,
        connection: WritingConnection,
        key: _Key,
        base_us: int | None,
        time_us: int,
        record: ReadingRecord,
    ) -> Series:
        outbox, boot, run = key[:3]
        if not any(other[:3] == key[:3] for other in self._series):
            self._load(connection, outbox, boot, run)
        known = self._series.setdefault(key, [])
        series = _fitting(known, base_us, time_us)
        if series is None and base_us is not None and len(known) >= SEGMENTS_MAX:
            series = _widen(connection, known, base_us, time_us)
        if series is None:
            series = _add(connection, outbox, base_us, time_us, record)
            known.insert(0, series)
        return series

    def _load(self, connection: WritingConnection, outbox: int, boot: str, run: str) -> None:
        found = connection.execute(
            SQL["series_of_run"], {"outbox": outbox, "boot": boot, "run": run}
        )
        for row in found:
            key = (outbox, boot, run, row["signal"], row["calibration"], row["revision"])
            base_us = row["wall_base_us"] if row["wall_told"] else None
            series = Series(row["id"], base_us, row["wall_slack_us"], row["rolled_us"])
            _bound(series, connection.place_of(series.id))
            self._series.setdefault(key, []).insert(0, series)


def _fitting(known: Iterable[Series], base_us: int | None, time_us: int) -> Series | None:
    """Newest first: the one whose wall clock agrees."""
    for series in known:
        if not series.from_us <= time_us < series.until_us:
            continue
        if base_us is None or series.wall_base_us is None:
            if base_us is series.wall_base_us:
                return series
        elif abs(base_us - series.wall_base_us) <= series.slack_us:
            return series
    return None


def _widen(
    connection: WritingConnection, known: Iterable[Series], base_us: int, time_us: int
) -> Series | None:
    """Make the newest one fit, and a good deal more."""
    for series in known:
        if series.wall_base_us is not None and series.from_us <= time_us < series.until_us:
            series.slack_us = 2 * abs(base_us - series.wall_base_us)
            widened = {"series": series.id, "wall_slack_us": series.slack_us}
            connection.execute(SQL["widen_series"], widened)
            return series
    return None


def _add(
    connection: WritingConnection,
    outbox: int,
    base_us: int | None,
    time_us: int,
    record: ReadingRecord,
) -> Series:
    name = RunName.parse(record.run)
    rolled_us = time_us - time_us % MINUTE_US
    place = connection.place_series(None if base_us is None else base_us + time_us)
    added = connection.execute(
        SQL["add_series"],
        {
            "id": place.id,
            "outbox": outbox,
            "run": record.run,
            "experiment": name.experiment,
            "attempt": name.attempt,
            "vessel": name.vessel,
            "signal": record.signal,
            "revision": record.revision,
            "calibration": record.calibration,
            "boot": record.boot,
            "wall_told": base_us is not None,
            "wall_base_us": base_us,
            "wall_slack_us": SLACK_US,
            "monotonic_base_us": round(record.monotonic_s * 1e6) - time_us,
            "rolled_us": rolled_us,
        },
    )
    ((number,),) = added.fetchall()
    connection.execute(SQL["tell_wall_time"], {"outbox": outbox, "boot": record.boot})
    series = Series(number, base_us, SLACK_US, rolled_us)
    _bound(series, place)
    return series


def _bound(series: Series, place: Place) -> None:
    """Without a wall clock nobody knows when it is outside."""
    if series.wall_base_us is not None:
        series.from_us = place.from_wall_us - series.wall_base_us
        series.until_us = place.until_wall_us - series.wall_base_us


def _roll_up(connection: WritingConnection, series: Series, from_us: int, to_us: int) -> None:
    """Minutes from readings, then the tens that they belong to, as far as those are whole."""
    minutes = {"series": series.id, "from_us": from_us, "to_us": to_us}
    connection.execute(SQL["roll_up_readings"], minutes)
    rolled_us = max(series.rolled_us, to_us)
    from_us -= from_us % TEN_US
    to_us = min(-(-to_us // TEN_US) * TEN_US, rolled_us - rolled_us % TEN_US)
    if from_us < to_us:
        tens = {"series": series.id, "from_us": from_us, "to_us": to_us}
        connection.execute(SQL["roll_up_minutes"], tens)
