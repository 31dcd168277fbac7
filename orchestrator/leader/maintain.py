"""Maintenance: by the schedule or because somebody asked, one run at a time, each on record."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.execution.cron import next_after
from orchestrator.ports.clock import Clock
from orchestrator.ports.maintenance import (
    MaintenanceRun,
    MaintenanceRuns,
    RunState,
    Step,
    StepFailed,
    StepState,
)
from orchestrator.ports.office import RequestRefused
from orchestrator.ports.records import NewAlert
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
IDENTITY = "maintenance"
LOOK_S = 5.0
"""Between two looks at the schedule."""
RETRY_S = 30.0
FOLLOW_S = 0.5
"""Between two looks at how far a step is; each tenth is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When maintenance is due."""

    cron: str
    timezone: str = "UTC"


class Maintain:
    """`ports.maintenance.Caretaker`, and the task behind it."""

    def __init__(
        self, store: Store, clock: Clock, steps: Sequence[Step], schedule: Schedule | None = None
    ) -> None:
        self.steps = steps
        self._store, self._clock, self._schedule = store, clock, schedule
        self._asked: asyncio.Queue[MaintenanceRun] = asyncio.Queue()
        self._shares: dict[str, float] = {}
        self._begun: set[int] = set()
        """Runs that were asked for and are not over."""

    @property
    def cron(self) -> str:
        return self._schedule.cron if self._schedule else ""

    @property
    def shares(self) -> Mapping[str, float]:
        return self._shares

    async def next_wall_s(self) -> float | None:
        """After the last one that was scheduled, so what was missed is made up for, once."""
        if self._schedule is None:
            return None
        now_s = self._clock.now().wall_s
        runs = (await self._store.maintenance_runs(limit=50)).items
        last = next((run for run in runs if run.cause == "schedule"), None)
        since_s = last.began_wall_s if last else now_s
        return next_after(self._schedule.cron, self._schedule.timezone, since_s)

    async def begin(self, names: Sequence[str], *, by: str) -> MaintenanceRun:
        known = [step.name for step in self.steps]
        if unknown := [name for name in names if name not in known]:
            raise RequestRefused(f"there is no step {unknown[0]}; there are {', '.join(known)}")
        wanted = [name for name in known if name in names or not names]
        run = await self._store.begin_maintenance(
            wanted, cause="person", actor=by, at_wall_s=self._clock.now().wall_s
        )
        self._begun.add(run.id)
        await self._asked.put(run)
        return run

    async def run(self) -> None:
        """Until cancelled; whatever goes wrong, the leader goes on."""
        await self._end_what_is_left()
        due_s: float | None = None
        while True:
            run = await self._next()
            if run is not None:
                await self._patiently(run)
                continue
            try:
                if due_s is None and self._schedule is not None:
                    due_s = await self.next_wall_s()
                if await self._begin_if_due(due_s):
                    due_s = None
            except (StoreFull, StoreBusy) as error:
                log.error("maintenance waits: %s", error)

    async def _next(self) -> MaintenanceRun | None:
        """What somebody asks for; None where nobody does for a while."""
        try:
            async with asyncio.timeout(LOOK_S):
                return await self._asked.get()
        except TimeoutError:
            return None

    async def _end_what_is_left(self) -> None:
        """A run that was under way is so no more: its leader died, or its store went away."""
        while True:
            try:
                for run in (await self._store.maintenance_runs(limit=1)).items:
                    if run.id in self._begun:
                        return
                    now_s = self._clock.now().wall_s
                    await self._store.end_maintenance(run.id, "interrupted", at_wall_s=now_s)
            except (StoreFull, StoreBusy) as error:
                log.error("maintenance waits: %s", error)
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _begin_if_due(self, due_s: float | None) -> bool:
        """Rule 7: nothing happens by a clock that is not synchronised."""
        now = self._clock.now()
        if due_s is None or not now.trusted or now.wall_s < due_s:
            return False
        names = [step.name for step in self.steps]
        with contextlib.suppress(MaintenanceRuns):  # somebody asked for one in this moment
            run = await self._store.begin_maintenance(
                names, cause="schedule", actor="", at_wall_s=now.wall_s
            )
            await self._patiently(run)
        return True

    async def _patiently(self, run: MaintenanceRun) -> None:
        """Carry it out; where its end cannot be kept now, it is over all the same."""
        try:
            await self._carry_out(run)
        except (StoreFull, StoreBusy) as error:
            log.error("run %d of maintenance is over: %s", run.id, error)
            self._begun.discard(run.id)
            await self._end_what_is_left()

    async def _carry_out(self, run: MaintenanceRun) -> None:
        """Step by step; after one that failed nothing else is tried, lest bad push out good."""
        wanted = {step.name for step in run.steps}
        failed: str | None = None
        for step in self.steps:
            if step.name in wanted and failed is None:
                failed = await self._perform(run, step)
        await self._settle(run, failed)
        self._begun.discard(run.id)

    async def _perform(self, run: MaintenanceRun, step: Step) -> str | None:
        """Why it failed; None where it did not."""
        await self._tell(run, step, "running", "")
        try:
            text = await self._followed(run, step)
        except StepFailed as error:
            await self._tell(run, step, "failed", str(error))
            return f"{step.name}: {error}"
        except Exception as error:
            log.exception("maintenance: %s", step.name)
            await self._tell(run, step, "failed", repr(error))
            return f"{step.name}: {error!r}"
        await self._tell(run, step, "done", text)
        return None

    async def _followed(self, run: MaintenanceRun, step: Step) -> str:
        """Nothing is told of how far it is any more once it is over."""
        following = asyncio.create_task(self._follow(run, step), name=f"follow {step.name}")
        try:
            return await step.perform(lambda share: self._shares.update({step.name: share}))
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            self._shares.pop(step.name, None)

    async def _follow(self, run: MaintenanceRun, step: Step) -> None:
        """Let all who listen know how far it is; what cannot be kept of that is not missed."""
        told = 0
        while True:
            await asyncio.sleep(FOLLOW_S)
            share = self._shares.get(step.name, 0.0)
            if int(10 * share) > told:
                told = int(10 * share)
                with contextlib.suppress(StoreFull, StoreBusy):
                    await self._tell(run, step, "running", "", share)

    async def _settle(self, run: MaintenanceRun, failed: str | None) -> None:
        at_wall_s = self._clock.now().wall_s
        state: RunState = "failed" if failed else "done"
        await self._store.end_maintenance(run.id, state, at_wall_s=at_wall_s)
        if failed is None:
            await self._store.resolve_alerts(IDENTITY, at_wall_s=at_wall_s)
            return
        alert = NewAlert(
            text=f"maintenance failed at {failed}",
            severity="critical",
            source="maintenance",
            at_wall_s=at_wall_s,
            identity=IDENTITY,
        )
        await self._store.raise_alert(alert)

    async def _tell(
        self,
        run: MaintenanceRun,
        step: Step,
        state: StepState,
        text: str,
        share: float | None = None,
    ) -> None:
        now_s = self._clock.now().wall_s
        await self._store.tell_step(run.id, step.name, state, text, at_wall_s=now_s, share=share)
