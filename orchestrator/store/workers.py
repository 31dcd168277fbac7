"""What was heard of workers, in a database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.reports import Capabilities, StateMessage, news_of
from orchestrator.ports.records import WorkerRecord
from orchestrator.store.base import Base
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.experiments import next_epoch
from orchestrator.store.named import statements
from orchestrator.store.rows import worker_of
from orchestrator.store.writer import Transaction

SQL = statements("workers")


def _keep_state(transaction: Transaction, state: StateMessage, at_wall_s: float) -> None:
    row = transaction.execute(SQL["worker"], {"worker": state.worker}).fetchone()
    before = from_json(row["state"]) if row else None
    now = msgspec.to_builtins(state)
    transaction.execute(
        SQL["keep_state"],
        {"worker": state.worker, "state": to_json(now), "at_wall_s": at_wall_s},
    )
    if news_of(before) != news_of(now):
        transaction.event("worker", now, at_wall_s=at_wall_s)


def _keep_capabilities(
    transaction: Transaction, capabilities: Capabilities, at_wall_s: float
) -> None:
    row = transaction.execute(SQL["worker"], {"worker": capabilities.worker}).fetchone()
    text = to_json(msgspec.to_builtins(capabilities))
    transaction.execute(
        SQL["keep_capabilities"],
        {"worker": capabilities.worker, "capabilities": text, "at_wall_s": at_wall_s},
    )
    if row is None or row["capabilities"] != text:
        data = {"worker": capabilities.worker, "capabilities": msgspec.to_builtins(capabilities)}
        transaction.event("capabilities", data, at_wall_s=at_wall_s)


def _keep_calibrations(
    transaction: Transaction, calibrations: CalibrationsMessage, at_wall_s: float
) -> None:
    row = transaction.execute(SQL["worker"], {"worker": calibrations.worker}).fetchone()
    text = to_json(msgspec.to_builtins(calibrations))
    transaction.execute(
        SQL["keep_calibrations"],
        {"worker": calibrations.worker, "calibrations": text, "at_wall_s": at_wall_s},
    )
    if row is None or row["calibrations"] != text:
        data = {"worker": calibrations.worker}
        transaction.event("calibrations", data, at_wall_s=at_wall_s)


class SqlWorkers(Base):
    """`ports.store.Workers`."""

    async def next_epoch(self, worker: str, above: int = 0) -> int:
        return await self._write(lambda transaction: next_epoch(transaction, worker, above))

    async def keep_state(self, state: StateMessage, *, at_wall_s: float) -> None:
        await self._write(lambda transaction: _keep_state(transaction, state, at_wall_s))

    async def keep_capabilities(self, capabilities: Capabilities, *, at_wall_s: float) -> None:
        await self._write(
            lambda transaction: _keep_capabilities(transaction, capabilities, at_wall_s)
        )

    async def keep_calibrations(
        self, calibrations: CalibrationsMessage, *, at_wall_s: float
    ) -> None:
        await self._write(
            lambda transaction: _keep_calibrations(transaction, calibrations, at_wall_s)
        )

    async def workers(self) -> Sequence[WorkerRecord]:
        rows = await self._read(lambda connection: connection.execute(SQL["workers"]).fetchall())
        return [worker_of(row) for row in rows]
