"""Live values for those who watch: the newest, a few times a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from orchestrator.messages.outbox import Batch, ReadingRecord
from orchestrator.ports.office import LiveReadings, ReadingsCallback

log = logging.getLogger(__name__)


class Live:
    """Passes on the newest value of each signal, not oftener than `every_s` of the room."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._callbacks: list[ReadingsCallback] = []
        self._newest: dict[tuple[str, str], ReadingRecord] = {}
        """(run, signal) → what was not passed on yet."""
        self._seen_s: dict[tuple[str, str], float] = {}
        """(run, signal) → process time of what was; late arrivals are not live."""
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_until_s = 0.0

    def on_readings(self, callback: ReadingsCallback) -> None:
        self._callbacks.append(callback)

    def take(self, batches: Iterable[Batch]) -> None:
        """These have just been stored."""
        if not self._callbacks:
            return
        newest, seen_s = self._newest, self._seen_s
        for batch in batches:
            for record in batch.records:
                if type(record) is ReadingRecord:
                    key = (record.run, record.signal)
                    if record.process_s > seen_s.get(key, -1.0):
                        seen_s[key] = record.process_s
                        newest[key] = record
        if newest and self._timer is None:
            loop = asyncio.get_running_loop()
            wait_s = max(0.0, self._quiet_until_s - loop.time())
            self._timer = loop.call_later(wait_s, self._pass_on)

    def close(self) -> None:
        """Pass on nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _pass_on(self) -> None:
        self._timer = None
        self._quiet_until_s = asyncio.get_running_loop().time() + self._every_s
        gathered = live_readings(self._newest.values())
        self._newest.clear()
        if len(self._seen_s) > 100_000:
            self._seen_s.clear()
        for callback in self._callbacks:
            callback(gathered)


def live_readings(records: Iterable[ReadingRecord]) -> Sequence[LiveReadings]:
    """By vessel and moment, oldest first."""
    moments: dict[tuple[float, str], list[ReadingRecord]] = {}
    for record in records:
        moments.setdefault((record.process_s, record.run), []).append(record)
    return [_moment(same) for _, same in sorted(moments.items())]


def _moment(same: Sequence[ReadingRecord]) -> LiveReadings:
    first = same[0]
    attempt, _, vessel = first.run.partition(":")
    return LiveReadings(
        experiment=attempt.rpartition(".")[0] or attempt,
        vessel=vessel,
        process_s=first.process_s,
        wall_s=first.wall_s,
        values={record.signal: record.value for record in same},
    )
