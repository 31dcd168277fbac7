"""Runs of maintenance in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.ports.maintenance import (
    Cause,
    MaintenanceRun,
    MaintenanceRuns,
    RunState,
    StepRate,
    StepRecord,
    StepState,
)
from orchestrator.ports.records import Page
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import Row
from orchestrator.store.writer import Transaction

SQL = statements("maintenance")
NOTHING_DONE: Mapping[str, float | None] = {}


def under_way(run: int) -> MaintenanceRuns:
    """What to tell who wants a second one."""
    return MaintenanceRuns(f"run {run} of maintenance is under way: wait until it is over")


def run_data(run: MaintenanceRun, shares: Mapping[str, float | None]) -> dict[str, Any]:
    """What an event says of a run; `shares` of the step that is told of."""
    return {
        "id": run.id,
        "state": run.state,
        "steps": [
            {
                "name": step.name,
                "state": step.state,
                "text": step.text,
                "share": shares.get(step.name),
            }
            for step in run.steps
        ],
    }


def _run(connection: Connection, row: Row) -> MaintenanceRun:
    steps = connection.execute(SQL["steps"], {"run": row["id"]}).fetchall()
    return MaintenanceRun(**dict(row), steps=tuple(StepRecord(**dict(step)) for step in steps))


def _told(
    transaction: Transaction,
    run: int,
    at_wall_s: float,
    shares: Mapping[str, float | None] = NOTHING_DONE,
) -> MaintenanceRun:
    row = transaction.execute(SQL["one_run"], {"run": run}).fetchone()
    now = _run(transaction.connection, row)
    transaction.event("maintenance", run_data(now, shares), at_wall_s=at_wall_s)
    return now


def _begin(
    transaction: Transaction, steps: Sequence[str], cause: Cause, actor: str, at_wall_s: float
) -> MaintenanceRun:
    before = transaction.execute(SQL["under_way"]).fetchone()
    if before is not None:
        raise under_way(before["id"])
    new = {"cause": cause, "actor": actor, "at_wall_s": at_wall_s}
    ((run,),) = transaction.execute(SQL["begin_run"], new).fetchall()
    for position, name in enumerate(steps):
        transaction.execute(SQL["add_step"], {"run": run, "position": position, "name": name})
    return _told(transaction, run, at_wall_s)


def _tell_step(
    transaction: Transaction,
    run: int,
    name: str,
    state: StepState,
    text: str,
    at_wall_s: float,
    share: float | None,
) -> None:
    row = {"run": run, "name": name, "state": state, "text": text, "at_wall_s": at_wall_s}
    transaction.execute(SQL["tell_step"], row)
    _told(transaction, run, at_wall_s, {name: share})


def _end(transaction: Transaction, run: int, state: RunState, at_wall_s: float) -> None:
    row = {"run": run, "state": state, "at_wall_s": at_wall_s}
    if transaction.execute(SQL["end_run"], row).rowcount:
        transaction.execute(SQL["end_steps"], {"run": run, "at_wall_s": at_wall_s})
        _told(transaction, run, at_wall_s)


class SqlMaintenance(Base):
    """`ports.maintenance.MaintenanceRecords`."""

    async def begin_maintenance(
        self, steps: Sequence[str], *, cause: Cause, actor: str, at_wall_s: float
    ) -> MaintenanceRun:
        return await self._write(
            lambda transaction: _begin(transaction, steps, cause, actor, at_wall_s)
        )

    async def tell_step(
        self,
        run: int,
        step: str,
        state: StepState,
        text: str = "",
        *,
        at_wall_s: float,
        share: float | None = None,
    ) -> None:
        await self._write(
            lambda transaction: _tell_step(transaction, run, step, state, text, at_wall_s, share)
        )

    async def end_maintenance(self, run: int, state: RunState, *, at_wall_s: float) -> None:
        await self._write(lambda transaction: _end(transaction, run, state, at_wall_s))

    async def maintenance_run(self, run: int) -> MaintenanceRun | None:
        def ask(connection: Connection) -> MaintenanceRun | None:
            row = connection.execute(SQL["one_run"], {"run": run}).fetchone()
            return None if row is None else _run(connection, row)

        return await self._read(ask)

    async def maintenance_runs(
        self, *, limit: int = 50, cursor: str | None = None
    ) -> Page[MaintenanceRun]:
        asked = {"before": int(cursor or NEWEST), "limit": limit + 1}

        def ask(connection: Connection) -> Page[MaintenanceRun]:
            rows = connection.execute(SQL["runs"], asked).fetchall()
            return page_of(rows, limit, "id", lambda row: _run(connection, row))

        return await self._read(ask)

    async def step_rates(self) -> Sequence[StepRate]:
        rows = await self._read(lambda connection: connection.execute(SQL["rates"]).fetchall())
        return [StepRate(**dict(row)) for row in rows]
