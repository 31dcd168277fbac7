"""Questions about what was measured, in a database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from orchestrator.ports.records import ClockName, Curve, Latest, ReadingRow
from orchestrator.store.base import Base
from orchestrator.store.connection import FOREVER_US, Connection
from orchestrator.store.curve import (
    MINUTE_US,
    ROLLED_MINUTES,
    Intervals,
    interval_width_us,
    measured_curve,
)
from orchestrator.store.export import next_portion
from orchestrator.store.named import statements
from orchestrator.store.rows import names

SQL = statements("readings")


@dataclass(frozen=True, slots=True)
class _Part:
    """A series' share in a curve."""

    series: int
    base_us: int
    """Add to process time for the clock that was asked for."""
    from_us: int
    to_us: int
    """Process time, both ends included."""
    rolled_us: int

    @property
    def asked(self) -> dict[str, int]:
        return {"series": self.series, "from_us": self.from_us, "to_us": self.to_us}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    experiment: str
    signals: Collection[str]
    vessels: Collection[str]
    clock: ClockName
    from_us: int
    to_us: int
    points: int


def _series(
    connection: Connection,
    experiment: str,
    vessels: Collection[str] = (),
    signals: Collection[str] = (),
) -> Iterator[tuple[str, str, list[Any]]]:
    """(vessel, signal, its series)"""
    asked = {"experiment": experiment, "vessels": names(vessels), "signals": names(signals)}
    rows = connection.execute(SQL["series_of_experiment"], asked).fetchall()
    for (vessel, signal), group in groupby(rows, lambda row: (row["vessel"], row["signal"])):
        yield vessel, signal, list(group)


def _latest(connection: Connection, experiment: str, vessels: Collection[str]) -> list[Latest]:
    found = []
    for vessel, signal, rows in _series(connection, experiment, vessels):
        newest = [
            (reading["time_us"], reading["value"], row["wall_base_us"], reading["wall_shift_us"])
            for row in rows
            for reading in connection.execute(SQL["newest"], {"series": row["id"]})
        ]
        if newest:
            time_us, value, base_us, shift_us = max(newest, key=lambda reading: reading[0])
            wall_s = None if base_us is None else (time_us + base_us + shift_us) / 1e6
            process_s = time_us / 1e6
            found.append(
                Latest(
                    vessel=vessel, signal=signal, process_s=process_s, wall_s=wall_s, value=value
                )
            )
    return found


def _curves(connection: Connection, asked: _Asked) -> list[Curve]:
    curves = []
    found = _series(connection, asked.experiment, asked.vessels, asked.signals)
    for vessel, signal, rows in found:
        parts = [part for row in rows for part in _parts(connection, asked, row)]
        if parts:
            curves.append(_curve(connection, asked, vessel, signal, parts))
    return curves


def _parts(connection: Connection, asked: _Asked, row: Any) -> Iterator[_Part]:
    """What of a series lies in the stretch that was asked for."""
    base_us = 0
    slack_us = 0
    if asked.clock == "wall":
        if row["wall_base_us"] is None:
            return
        base_us, slack_us = row["wall_base_us"], row["wall_slack_us"]
    wanted = {
        "series": row["id"],
        "from_us": asked.from_us - base_us - slack_us,
        "to_us": asked.to_us - base_us + slack_us,
    }
    first = connection.execute(SQL["first_in"], wanted).fetchone()
    last = connection.execute(SQL["last_in"], wanted).fetchone()
    if first is not None:
        yield _Part(row["id"], base_us, first["time_us"], last["time_us"], row["rolled_us"])


def _curve(
    connection: Connection,
    asked: _Asked,
    vessel: str,
    signal: str,
    parts: Sequence[_Part],
) -> Curve:
    left = asked.points + 1
    for part in parts:
        counted = connection.execute(SQL["count_in"], {**part.asked, "limit": left}).fetchone()
        left -= counted[0]
    if left > 0:
        return measured_curve(vessel, signal, asked.clock, _measured(connection, asked, parts))
    width_us = interval_width_us(
        min(part.base_us + part.from_us for part in parts),
        max(part.base_us + part.to_us for part in parts),
        asked.points,
    )
    intervals = Intervals(width_us)
    for part in parts:
        for statement, stretch in _stretches(part, width_us):
            intervals.add(connection.execute(SQL[statement], stretch).fetchall())
    return intervals.curve(vessel, signal, asked.clock)


def _measured(
    connection: Connection, asked: _Asked, parts: Sequence[_Part]
) -> list[tuple[int, float]]:
    statement = SQL["measured_in_wall" if asked.clock == "wall" else "measured_in"]
    rows = [
        (at_us, value)
        for part in parts
        for at_us, value in connection.execute(statement, {**part.asked, "base_us": part.base_us})
        if asked.from_us <= at_us <= asked.to_us
    ]
    rows.sort(key=lambda reading: reading[0])
    return rows


def _stretches(part: _Part, width_us: int) -> Iterator[tuple[str, dict[str, int]]]:
    """Whole tens of minutes and whole minutes from the rollups, the rest from the readings."""
    common = {"series": part.series, "base_us": part.base_us, "width_us": width_us}
    left = [(part.from_us, part.to_us + 1)]
    for minutes in ROLLED_MINUTES:
        if minutes * MINUTE_US > width_us:
            continue
        rest = []
        for from_us, end_us in left:
            first, last = _whole(from_us, min(end_us, part.rolled_us), minutes * MINUTE_US)
            if first > last:
                rest.append((from_us, end_us))
                continue
            yield (
                "intervals_of_rollups",
                {**common, "minutes": minutes, "first": first, "last": last},
            )
            rest.append((from_us, first * minutes * MINUTE_US))
            rest.append(((last + 1) * minutes * MINUTE_US, end_us))
        left = rest
    for from_us, end_us in left:
        if from_us < end_us:
            yield "intervals_of_readings", {**common, "from_us": from_us, "to_us": end_us - 1}


def _whole(from_us: int, end_us: int, unit_us: int) -> tuple[int, int]:
    """Numbers of the first and the last unit that lie wholly within; none if first > last."""
    return -(-from_us // unit_us), end_us // unit_us - 1


class SqlReadings(Base):
    """`ports.store.Readings`."""

    async def signals(self, experiment: str) -> Sequence[tuple[str, str]]:
        asked = {"experiment": experiment}
        rows = await self._read(
            lambda connection: connection.execute(SQL["signals"], asked).fetchall()
        )
        return [(row["vessel"], row["signal"]) for row in rows]

    async def latest(self, experiment: str, vessels: Collection[str] = ()) -> Sequence[Latest]:
        return await self._read(lambda connection: _latest(connection, experiment, vessels))

    async def curves(
        self,
        experiment: str,
        *,
        signals: Collection[str],
        vessels: Collection[str] = (),
        clock: ClockName = "process",
        from_s: float | None = None,
        to_s: float | None = None,
        points: int = 1000,
    ) -> Sequence[Curve]:
        if not signals:
            return []
        asked = _Asked(
            experiment=experiment,
            signals=signals,
            vessels=vessels,
            clock=clock,
            from_us=-FOREVER_US if from_s is None else round(from_s * 1e6),
            to_us=FOREVER_US if to_s is None else round(to_s * 1e6),
            points=max(2, points),
        )
        return await self._read(lambda connection: _curves(connection, asked))

    async def export_readings(
        self,
        experiment: str,
        *,
        vessels: Collection[str] = (),
        signals: Collection[str] = (),
        from_s: float | None = None,
        to_s: float | None = None,
    ) -> AsyncIterator[Sequence[ReadingRow]]:
        first_us = -FOREVER_US if from_s is None else round(from_s * 1e6) - 1
        last_us = FOREVER_US if to_s is None else round(to_s * 1e6)
        groups = await self._read(
            lambda connection: [
                [row["id"] for row in rows]
                for _, _, rows in _series(connection, experiment, vessels, signals)
            ]
        )
        for series in groups:
            at: int | None = first_us
            while at is not None and at < last_us:
                rows, at = await self._read(
                    partial(next_portion, series=series, after_us=at, last_us=last_us)
                )
                if rows:
                    yield rows
