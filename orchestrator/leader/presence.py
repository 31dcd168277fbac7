"""Who is there, as far as the leader has heard since it started."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from orchestrator.leader.situation import Place
from orchestrator.messages.reports import Capabilities, RunReport, StateMessage
from orchestrator.model.experiment import ENDED
from orchestrator.ports.records import Binding

_OVER = {state.value for state in ENDED}


@dataclass(slots=True)
class Presence:
    """One worker. Moments are seconds of the room."""

    worker: str
    state: StateMessage | None = None
    capabilities: Capabilities | None = None
    heard_s: float = 0.0
    """Anything at all."""
    changed_s: float = 0.0
    """`state.state` became what it is."""
    over_since_s: dict[str, float] = field(default_factory=dict)
    """Run → since when the worker has said that it is over."""

    @property
    def ready(self) -> bool:
        return self.state is not None and self.state.state == "ready"

    @property
    def epoch(self) -> int:
        return self.state.epoch if self.state else 0

    def stopped(self, reactor: str) -> str:
        """Whose emergency stop keeps a reactor still, in words; empty if none does."""
        stop = self.state.stopped.get(reactor) if self.state else None
        return f"the emergency stop by {stop.by} is not released yet" if stop else ""

    def running(self) -> Iterator[RunReport]:
        """What it says that it runs."""
        for report in self.state.runs if self.state else ():
            if report.state not in _OVER:
                yield report

    def over(self) -> Iterator[RunReport]:
        """What it says that is over."""
        for report in self.state.runs if self.state else ():
            if report.state in _OVER:
                yield report


def run_name(report: RunReport) -> str:
    """`<attempt>:<vessel>`."""
    return f"{report.attempt}:{report.vessel}"


class Presences:
    """All workers."""

    def __init__(self) -> None:
        self._all: dict[str, Presence] = {}

    def __iter__(self) -> Iterator[Presence]:
        return iter(tuple(self._all.values()))

    def get(self, worker: str) -> Presence | None:
        return self._all.get(worker)

    def epoch(self, worker: str) -> int:
        """What the worker shows; 0 if it shows nothing."""
        presence = self._all.get(worker)
        return presence.epoch if presence else 0

    def hear(self, worker: str) -> Presence:
        """Something came from it."""
        presence = self._all.setdefault(worker, Presence(worker))
        presence.heard_s = _room_s()
        return presence

    def note_state(self, state: StateMessage) -> Presence:
        """It, or its last will, said how it is."""
        presence = self.hear(state.worker)
        before = presence.state
        if before is None or (before.state, before.session) != (state.state, state.session):
            presence.changed_s = presence.heard_s
        presence.state = state
        over = {run_name(report) for report in presence.over()}
        presence.over_since_s = {
            run: presence.over_since_s.get(run, presence.heard_s) for run in over
        }
        return presence

    def places(self, occupied: Collection[tuple[Binding, str]]) -> list[Place]:
        """All reactors of workers that are ready; `occupied` says what the leader has running."""
        by_binding = dict(occupied)
        return [
            Place(
                binding=binding,
                capabilities=capabilities,
                occupied_by=by_binding.get(binding, "") or _runs_on(presence, binding.reactor),
                unfit=presence.stopped(binding.reactor),
            )
            for presence in self
            if presence.ready and (capabilities := presence.capabilities) is not None
            for binding in (
                Binding(worker=presence.worker, reactor=reactor)
                for reactor in capabilities.reactors
            )
        ]


def _runs_on(presence: Presence, reactor: str) -> str:
    return next((run.experiment for run in presence.running() if run.reactor == reactor), "")


def _room_s() -> float:
    return asyncio.get_running_loop().time()
