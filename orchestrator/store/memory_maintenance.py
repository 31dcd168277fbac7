"""Runs of maintenance in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestrator.ports.maintenance import (
    Cause,
    MaintenanceRun,
    RunState,
    StepRate,
    StepRecord,
    StepState,
)
from orchestrator.ports.records import Page
from orchestrator.store.maintenance import NOTHING_DONE, run_data, under_way
from orchestrator.store.memory_tables import MemoryBase
from orchestrator.store.pages import NEWEST


class MemoryMaintenance(MemoryBase):
    """`ports.maintenance.MaintenanceRecords`."""

    async def begin_maintenance(
        self, steps: Sequence[str], *, cause: Cause, actor: str, at_wall_s: float
    ) -> MaintenanceRun:
        for run in self._tables.maintenance.values():
            if run.state == "running":
                raise under_way(run.id)
        made = MaintenanceRun(
            id=len(self._tables.maintenance) + 1,
            cause=cause,
            actor=actor,
            state="running",
            began_wall_s=at_wall_s,
            ended_wall_s=None,
            steps=tuple(StepRecord(name=name) for name in steps),
        )
        self._keep_run(made, at_wall_s)
        return made

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
        before = self._tables.maintenance[run]
        is_over = state not in ("waiting", "running")
        steps = tuple(
            replace(
                each,
                state=state,
                text=text,
                began_wall_s=at_wall_s if each.began_wall_s is None else each.began_wall_s,
                ended_wall_s=at_wall_s if is_over else None,
            )
            if each.name == step
            else each
            for each in before.steps
        )
        self._keep_run(replace(before, steps=steps), at_wall_s, {step: share})

    async def end_maintenance(self, run: int, state: RunState, *, at_wall_s: float) -> None:
        before = self._tables.maintenance[run]
        if before.state == "running":
            steps = tuple(_ended(step, at_wall_s) for step in before.steps)
            now = replace(before, state=state, ended_wall_s=at_wall_s, steps=steps)
            self._keep_run(now, at_wall_s)

    async def maintenance_run(self, run: int) -> MaintenanceRun | None:
        return self._tables.maintenance.get(run)

    async def maintenance_runs(
        self, *, limit: int = 50, cursor: str | None = None
    ) -> Page[MaintenanceRun]:
        before = int(cursor or NEWEST)
        runs = [run for run in reversed(self._tables.maintenance.values()) if run.id < before]
        more = str(runs[limit - 1].id) if len(runs) > limit else None
        return Page(items=runs[:limit], next=more)

    async def step_rates(self) -> Sequence[StepRate]:
        tried: dict[str, list[StepRecord]] = {}
        for run in self._tables.maintenance.values():
            for step in run.steps:
                if step.state in ("done", "failed"):
                    tried.setdefault(step.name, []).append(step)
        return [_rate(name, tried[name]) for name in sorted(tried)]

    def _keep_run(
        self,
        run: MaintenanceRun,
        at_wall_s: float,
        shares: Mapping[str, float | None] = NOTHING_DONE,
    ) -> None:
        self._tables.maintenance[run.id] = run
        with self._tables.telling():
            self._tables.event("maintenance", run_data(run, shares), at_wall_s=at_wall_s)


def _rate(name: str, steps: Sequence[StepRecord]) -> StepRate:
    done_at = [step.ended_wall_s for step in steps if step.state == "done"]
    last = max((each for each in done_at if each is not None), default=None)
    return StepRate(name=name, tried=len(steps), done=len(done_at), last_done_wall_s=last)


def _ended(step: StepRecord, at_wall_s: float) -> StepRecord:
    if step.state == "waiting":
        return replace(step, state="skipped", ended_wall_s=at_wall_s)
    if step.state == "running":
        text = "the leader ended in its midst"
        return replace(step, state="failed", text=text, ended_wall_s=at_wall_s)
    return step
