"""What was heard of workers, in memory."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.reports import Capabilities, StateMessage, news_of
from orchestrator.ports.records import WorkerRecord
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.memory_tables import MemoryBase
from orchestrator.store.rows import worker_of


class MemoryWorkers(MemoryBase):
    """`ports.store.Workers`."""

    async def next_epoch(self, worker: str, above: int = 0) -> int:
        return self._tables.next_epoch(worker, above)

    async def keep_state(self, state: StateMessage, *, at_wall_s: float) -> None:
        row = self._tables.worker(state.worker)
        before, now = from_json(row["state"]), msgspec.to_builtins(state)
        row.update(state=to_json(now), seen_wall_s=at_wall_s)
        if news_of(before) != news_of(now):
            with self._tables.telling():
                self._tables.event("worker", now, at_wall_s=at_wall_s)

    async def keep_capabilities(self, capabilities: Capabilities, *, at_wall_s: float) -> None:
        row = self._tables.worker(capabilities.worker)
        now = msgspec.to_builtins(capabilities)
        before = from_json(row["capabilities"])
        row.update(capabilities=to_json(now), seen_wall_s=at_wall_s)
        if before != now:
            data = {"worker": capabilities.worker, "capabilities": now}
            with self._tables.telling():
                self._tables.event("capabilities", data, at_wall_s=at_wall_s)

    async def keep_calibrations(
        self, calibrations: CalibrationsMessage, *, at_wall_s: float
    ) -> None:
        row = self._tables.worker(calibrations.worker)
        now, before = msgspec.to_builtins(calibrations), from_json(row["calibrations"])
        row.update(calibrations=to_json(now), seen_wall_s=at_wall_s)
        if before is None or to_json(before) != to_json(now):
            with self._tables.telling():
                data = {"worker": calibrations.worker}
                self._tables.event("calibrations", data, at_wall_s=at_wall_s)

    async def workers(self) -> Sequence[WorkerRecord]:
        return [worker_of(row) for _, row in sorted(self._tables.workers.items())]
