"""Know which workers are there and what they say of themselves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

import msgspec

from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presence, Presences, run_name
from orchestrator.messages import topics
from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.codec import BadMessage, decode
from orchestrator.messages.reports import Capabilities, StateMessage, news_of
from orchestrator.model.experiment import State
from orchestrator.ports.clock import Clock
from orchestrator.ports.link import Arrival, Link
from orchestrator.ports.records import NewAlert, Run
from orchestrator.ports.store import Store

log = logging.getLogger(__name__)


class Attend:
    """Presence, lost workers, and runs that ended without telling."""

    def __init__(
        self,
        store: Store,
        link: Link,
        clock: Clock,
        pace: Pace,
        presences: Presences,
        changed: Callable[[str], None],
    ) -> None:
        """`changed` hears of each worker of which something new is known."""
        self._store = store
        self._link = link
        self._clock = clock
        self._pace = pace
        self._presences = presences
        self._changed = changed
        self._kept_s: dict[str, float] = {}
        self._kept_capabilities: dict[str, Capabilities] = {}
        self._alarmed: set[str] = set()
        self._cleared: set[str] = set()
        self._idle_since_s: dict[str, float] = {}
        """Run that was called off before it began → since when its worker does not show it."""
        self._connected_since_s: float | None = None

    async def hear_state(self, arrival: Arrival) -> None:
        """A worker, or its last will, says how it is."""
        worker = topics.worker_of(arrival.topic)
        try:
            state = decode(arrival.payload, StateMessage)
        except BadMessage as error:
            log.warning("the state of %s makes no sense: %s", worker, error)
            return
        if state.worker != worker:
            log.warning("%s calls itself %s: ignored", worker, state.worker)
            return
        known = self._presences.get(worker)
        before = known.state if known else None
        presence = self._presences.note_state(state)
        new = before is None or _telling(before) != _telling(state)
        if new:
            self._changed(worker)
        if new or presence.heard_s - self._kept_s.get(worker, 0.0) > self._pace.keep_state_s:
            await self._store.keep_state(state, at_wall_s=self._clock.now().wall_s)
            self._kept_s[worker] = presence.heard_s

    async def hear_capabilities(self, arrival: Arrival) -> None:
        """A worker says what it has."""
        worker = topics.worker_of(arrival.topic)
        try:
            capabilities = decode(arrival.payload, Capabilities)
        except BadMessage as error:
            log.warning("the capabilities of %s make no sense: %s", worker, error)
            return
        presence = self._presences.hear(worker)
        if presence.capabilities != capabilities:
            presence.capabilities = capabilities
            self._changed(worker)
        if self._kept_capabilities.get(worker) != capabilities:
            at_wall_s = self._clock.now().wall_s
            await self._store.keep_capabilities(capabilities, at_wall_s=at_wall_s)
            self._kept_capabilities[worker] = capabilities

    async def hear_calibrations(self, arrival: Arrival) -> None:
        """A worker says what its devices were compared with: a copy is kept."""
        worker = topics.worker_of(arrival.topic)
        try:
            calibrations = decode(arrival.payload, CalibrationsMessage)
        except BadMessage as error:
            log.warning("the calibrations of %s make no sense: %s", worker, error)
            return
        if calibrations.worker != worker:
            log.warning("%s calls itself %s: ignored", worker, calibrations.worker)
            return
        self._presences.hear(worker)
        at_wall_s = self._clock.now().wall_s
        await self._store.keep_calibrations(calibrations, at_wall_s=at_wall_s)

    async def look(self) -> None:
        """Raise and resolve what time alone brings about."""
        now_s = asyncio.get_running_loop().time()
        self._note_connection(now_s)
        runs = await self._store.runs(open_only=True)
        expected = {run.binding.worker for run in runs if run.binding}
        for worker in expected | {presence.worker for presence in self._presences}:
            await self._judge(worker, worker in expected, now_s)
        await self._end_what_is_over(runs, now_s)

    def _note_connection(self, now_s: float) -> None:
        if not self._link.connected:
            self._connected_since_s = None
        elif self._connected_since_s is None:
            self._connected_since_s = now_s

    async def _judge(self, worker: str, expected: bool, now_s: float) -> None:
        """Without a broker nobody can be told missing."""
        if self._connected_since_s is None:
            return
        gone = self._gone(self._presences.get(worker), expected, now_s, self._connected_since_s)
        if gone and worker not in self._alarmed:
            await self._raise(worker, gone, expected)
            self._alarmed.add(worker)
            self._cleared.discard(worker)
        elif not gone and worker not in self._cleared and self._back(worker):
            at_wall_s = self._clock.now().wall_s
            if await self._store.resolve_alerts(_identity(worker), at_wall_s=at_wall_s):
                log.info("%s is back", worker)
            self._alarmed.discard(worker)
            self._cleared.add(worker)

    def _gone(
        self, presence: Presence | None, expected: bool, now_s: float, connected_s: float
    ) -> str:
        """Why a worker counts as lost; empty if it does not."""
        lost_s, silent_s = self._pace.lost_after_s, self._pace.silent_after_s
        if presence is None or presence.state is None:
            missing = expected and now_s - connected_s > lost_s
            return "has not been seen since the leader started" if missing else ""
        if presence.state.state == "lost" and now_s - presence.changed_s > lost_s:
            return "is lost: its connection ended without a goodbye"
        if presence.state.state == "stopped" and expected:
            return "was stopped" if now_s - presence.changed_s > lost_s else ""
        silent_since_s = max(presence.heard_s, connected_s)
        if presence.ready and expected and now_s - silent_since_s > silent_s:
            return f"has been silent for {silent_s:.0f} s"
        return ""

    def _back(self, worker: str) -> bool:
        presence = self._presences.get(worker)
        return presence is not None and presence.ready

    async def _raise(self, worker: str, why: str, expected: bool) -> None:
        goes_on = (
            "; what it runs goes on by itself, and its readings come later" if expected else ""
        )
        alert = NewAlert(
            text=f"{worker} {why}{goes_on}",
            severity="critical" if expected else "warning",
            source="offline",
            at_wall_s=self._clock.now().wall_s,
            identity=_identity(worker),
            worker=worker,
        )
        await self._store.raise_alert(alert)

    async def _end_what_is_over(self, runs: Collection[Run], now_s: float) -> None:
        """What a worker says is over is over, even if its ledger never comes."""
        for run in runs:
            presence = self._presences.get(run.binding.worker) if run.binding else None
            if presence is None or not presence.ready:
                continue
            since_s = presence.over_since_s.get(run.run)
            if since_s is not None and now_s - since_s >= self._pace.report_grace_s:
                state = next(r.state for r in presence.over() if run_name(r) == run.run)
                await self._end(run, State(state), f"as {presence.worker} reports")
            elif since_s is None and run.state is State.QUEUED:
                await self._end_if_called_off(run, presence, now_s)

    async def _end_if_called_off(self, run: Run, presence: Presence, now_s: float) -> None:
        """A worker that has the newest plan and does not show such a run will never begin it."""
        experiment = await self._store.experiment(run.experiment)
        epochs = {record.worker: record.epoch for record in await self._store.workers()}
        shown = {run_name(report) for report in presence.running()}
        idle = (
            experiment is not None
            and experiment.wanted in ("cancelled", "finished")
            and presence.epoch >= epochs.get(presence.worker, 0)
            and run.run not in shown
        )
        if not idle:
            self._idle_since_s.pop(run.run, None)
        elif now_s - self._idle_since_s.setdefault(run.run, now_s) >= self._pace.report_grace_s:
            del self._idle_since_s[run.run]
            await self._end(run, State.CANCELLED, "called off before it began")

    async def _end(self, run: Run, state: State, reason: str) -> None:
        at_wall_s = self._clock.now().wall_s
        await self._store.end_run(run.run, state, reason, at_wall_s=at_wall_s)


def _identity(worker: str) -> str:
    return f"lost:{worker}"


def _telling(state: StateMessage) -> tuple[object, ...]:
    return state.epoch, news_of(msgspec.to_builtins(state))
