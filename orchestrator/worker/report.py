"""Who this worker is, what it has, and where its runs stand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from orchestrator.jobs.registry import BUILT_IN
from orchestrator.messages import topics
from orchestrator.messages.codec import encode
from orchestrator.messages.reports import (
    Capabilities,
    KindReport,
    PumpReport,
    ReactorReport,
    RunReport,
    StateMessage,
    days_of,
)
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import Journal
from orchestrator.ports.link import Link, LinkDown, Will
from orchestrator.ports.plugin_kind import PluginKind
from orchestrator.ports.reactor import ReactorSpec
from orchestrator.worker.vessels import Vessels

HEARTBEAT_S = 10.0
"""Room seconds between states, if nothing happens."""
SETTLE_S = 0.1
"""Room seconds that a change waits for others."""


def last_will(worker: str) -> Will:
    """What the broker says of a worker that fell silent; for whoever makes its link."""
    lost = StateMessage(worker=worker, session="", state="lost", at_wall_s=0.0)
    return Will(topic=topics.state(worker), payload=encode(lost))


class Report:
    """The worker's retained state."""

    def __init__(
        self,
        *,
        worker: str,
        session: str,
        clock: Clock,
        link: Link,
        journal: Journal,
        vessels: Vessels,
        epoch: Callable[[], int],
    ) -> None:
        self._worker, self._session = worker, session
        self._clock, self._link, self._journal = clock, link, journal
        self._vessels, self._epoch = vessels, epoch
        self._told: object = None
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Tell for ever: at each change, and as a heartbeat."""
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await self.changed.wait()
                await asyncio.sleep(SETTLE_S)
            except TimeoutError:
                self._told = None
            self.changed.clear()
            if self._link.connected and self._news():
                try:
                    await self.tell("ready")
                except LinkDown:
                    self._told = None  # told anew at the next connect

    async def tell(self, state: str) -> None:
        """Publish where things stand."""
        await self._link.publish(
            topics.state(self._worker), encode(self.state(state)), retain=True, timeout_s=2.0
        )

    def state(self, state: str) -> StateMessage:
        """Where things stand."""
        instant, level = self._clock.now(), self._journal.level()
        uncertain = not instant.trusted or any(
            unit.run_clock.uncertain for unit in self._vessels.units
        )
        runs = self.runs()
        return StateMessage(
            worker=self._worker,
            session=self._session,
            state="stopped" if state == "stopped" else "ready",
            at_wall_s=instant.wall_s,
            clock="uncertain" if uncertain else "trusted",
            epoch=self._epoch(),
            runs=runs,
            outbox=level.outbox,
            outbox_waiting=level.waiting,
            outbox_room=level.room,
            outbox_days=round(days_of(level.room, len(runs)), 1),
            disk_free_bytes=level.disk_free_bytes,
            journal_fault=level.fault,
            stopped=dict(self._vessels.stops.stopped),
        )

    def runs(self) -> list[RunReport]:
        """Where each run stands."""
        return [unit.report() for unit in self._vessels.units]

    def _news(self) -> bool:
        """Whether anything but the clocks is different from what was told."""
        runs = self.runs()
        now = (
            [
                (run.attempt, run.vessel, run.state, run.control_seq, run.phase, run.visit)
                for run in runs
            ],
            [(run.revision, run.waits_at, run.waits_for) for run in runs],
            [[(hand.name, hand.value, hand.by) for hand in run.hands] for run in runs],
            dict(self._vessels.stops.stopped),
            self._journal.level().fault,
        )
        if self._told == now:
            return False
        self._told = now
        return True


def capabilities(
    worker: str,
    version: str,
    reactors: Sequence[ReactorSpec],
    tags: Sequence[str] = (),
    simulated: bool = False,
    guests: Sequence[str] = (),
    plugins: Mapping[str, str] | None = None,
    laws: Sequence[str] = (),
    kinds: Sequence[PluginKind] = (),
) -> Capabilities:
    """What submitting checks against."""
    return Capabilities(
        worker=worker,
        version=version,
        reactors={spec.name: _reactor(spec) for spec in reactors},
        jobs=sorted({*BUILT_IN, *guests}),
        tags=list(tags),
        simulated=simulated,
        plugins=dict(plugins or {}),
        laws=sorted(laws),
        kinds={
            each.device: KindReport(
                kind=each.name,
                raw=each.compared.raw,
                actual=each.compared.actual,
                method=each.compared.method,
                values=[*each.compared.values],
            )
            for each in kinds
        },
    )


def _reactor(spec: ReactorSpec) -> ReactorReport:
    return ReactorReport(
        sensors=list(spec.sensors),
        outputs=list(spec.outputs),
        pumps={
            name: PumpReport(
                medium=pump.medium,
                direction="out" if pump.direction == "out" else "in",
                flow_ml_min=pump.flow_ml_min,
            )
            for name, pump in spec.pumps.items()
        },
        calibrations=dict(spec.calibrations),
        expires=dict(spec.expires),
        capacity_ml=spec.capacity_ml,
        cameras=list(spec.cameras),
        measured={each.device: [*each.within] for each in spec.interlocks if each.within},
    )
