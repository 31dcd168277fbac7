"""What the vessels of an experiment tell each other: phases left, requests to pause, live values.

Vessels of this worker hear each other directly, others by retained topics; no leader is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from orchestrator.execution.decision import Announce
from orchestrator.messages.reports import AnnounceMessage
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

Tell = Callable[[AnnounceMessage], None]
LEFT, ENDED, PAUSE = "left", "ended", "pause"


class Peers:
    """Announcements of this worker's vessels, and what it heard of others."""

    def __init__(self, vessels: Vessels, tell: Tell) -> None:
        self._vessels, self._tell = vessels, tell
        self.own: dict[str, AnnounceMessage] = {}
        """By run: what is retained for peers."""
        self._places: dict[tuple[str, str], tuple[str, str]] = {}
        """(worker, reactor) → (attempt, vessel), as announced."""

    # ---- ours

    def present(self, unit: VesselUnit) -> None:
        """A run began or was taken up: say where it is and what it announced before."""
        message = AnnounceMessage(
            attempt=unit.program.attempt, vessel=unit.vessel, reactor=unit.reactor.spec.name
        )
        self._say(unit, message)

    def announce(self, unit: VesselUnit, announce: Announce) -> None:
        """Tell all peers."""
        message = self.own.get(unit.run)
        if message is None:
            self.present(unit)
            message = self.own[unit.run]
        self._say(unit, _grown(message, announce))

    def show(self, unit: VesselUnit, signal: str, value: float) -> None:
        """Let the vessels of this worker see a value that they depend on."""
        for other in self._vessels.units:
            if (unit.vessel, signal) in other.watched and _same_attempt(unit, other):
                other.peer_signal(unit.vessel, signal, value)

    def _say(self, unit: VesselUnit, message: AnnounceMessage) -> None:
        self.own[unit.run] = message
        self._tell(message)
        self._hear(message)

    # ---- theirs

    def heard(self, worker: str, message: AnnounceMessage) -> None:
        """Another worker's vessel announced something."""
        self._places[worker, message.reactor] = (message.attempt, message.vessel)
        self._hear(message)

    def saw(self, worker: str, reactor: str, signal: str, value: float) -> None:
        """Another worker's vessel shows a value."""
        attempt, vessel = self._places.get((worker, reactor), ("", ""))
        for unit in self._vessels.units:
            if unit.program.attempt == attempt and (vessel, signal) in unit.watched:
                unit.peer_signal(vessel, signal, value)

    def _hear(self, message: AnnounceMessage) -> None:
        for unit in self._vessels.units:
            if unit.program.attempt == message.attempt and unit.vessel != message.vessel:
                for name, value in _latches(message):
                    unit.latch(name, value)
                _pause(unit, message)


def _same_attempt(one: VesselUnit, other: VesselUnit) -> bool:
    return one.program.attempt == other.program.attempt


def _grown(message: AnnounceMessage, announce: Announce) -> AnnounceMessage:
    if announce.what == PAUSE:
        return msgspec.structs.replace(message, pause_seq=message.pause_seq + 1)
    if announce.what == ENDED:
        return msgspec.structs.replace(message, ended=True)
    phase, visit = str(announce.data["phase"]), int(announce.data["visit"])
    return msgspec.structs.replace(message, left={**message.left, phase: visit})


def _latches(message: AnnounceMessage) -> Iterator[tuple[str, Any]]:
    for phase, visit in message.left.items():
        yield f"{message.vessel}.left.{phase}", visit
    if message.ended:
        yield f"{message.vessel}.ended", True


def _pause(unit: VesselUnit, message: AnnounceMessage) -> None:
    """Pause once for each request."""
    name = f"{message.vessel}.pause_seq"
    latched: Mapping[str, Any] = unit.view.latched
    if message.pause_seq > int(latched.get(name, 0)):
        unit.latch(name, message.pause_seq)
        unit.peer_pause(message.vessel)
