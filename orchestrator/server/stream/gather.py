"""Gathers live values for a moment: an eye sees ten a second, a worker may send hundreds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from orchestrator.ports.office import LiveReadings
from orchestrator.server.views.readings import ReadingsEvent

MOMENT_S: Final = 0.1


class Gather:
    """The newest value of each signal since the last moment, vessel by vessel."""

    def __init__(self, publish: Callable[[Iterable[ReadingsEvent]], None]) -> None:
        self._publish = publish
        self._newest: dict[tuple[str, str], ReadingsEvent] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, readings: Sequence[LiveReadings]) -> None:
        """Take values in; they are published together when the moment is over."""
        for each in readings:
            at = (each.experiment, each.vessel)
            before = self._newest.get(at)
            self._newest[at] = _merged(before, each)
        if self._newest and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(MOMENT_S, self._flush)

    def close(self) -> None:
        """Forget what was not published yet."""
        if self._timer is not None:
            self._timer.cancel()
        self._newest.clear()

    def _flush(self) -> None:
        gathered, self._newest, self._timer = self._newest, {}, None
        self._publish(gathered.values())


def _merged(before: ReadingsEvent | None, new: LiveReadings) -> ReadingsEvent:
    if before is not None and before.at_process_s > new.process_s:
        newest_at, newest_wall, values = before.at_process_s, before.at_wall_s, before.values
        values = {**new.values, **values}
    else:
        newest_at, newest_wall = new.process_s, new.wall_s
        values = {**(before.values if before else {}), **new.values}
    return ReadingsEvent(
        experiment=new.experiment,
        vessel=new.vessel,
        at_process_s=newest_at,
        at_wall_s=newest_wall,
        values=values,
    )
