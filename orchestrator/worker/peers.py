"""What the vessels of an experiment tell each other: phases left, requests to pause, live values.

Vessels of this worker hear each other directly, others by retained topics; no leader is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from orchestrator.execution.decision import Announce
from orchestrator.messages.reports import AnnounceMessage
from orchestrator.model.ledger import Entry, Kind
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

Tell = Callable[[AnnounceMessage], None]
LEFT, ENDED, PAUSE, RESUME = "left", "ended", "pause", "resume"


class Peers:
    """Announcements of this worker's vessels, and what it heard of others."""

    def __init__(self, vessels: Vessels, tell: Tell) -> None:
        self._vessels, self._tell = vessels, tell
        self.own: dict[str, AnnounceMessage] = {}
        """By run: what is retained for peers."""
        self.anybody_watches = False
        self._places: dict[tuple[str, str], tuple[str, str]] = {}
        """(worker, reactor) → (attempt, vessel), as announced."""

    # ---- ours

    def present(self, unit: VesselUnit, entries: Iterable[Entry]) -> None:
        """A run began or was taken up: say where it is and what its ledger says it announced."""
        message = AnnounceMessage(
            attempt=unit.program.attempt, vessel=unit.vessel, reactor=unit.reactor.spec.name
        )
        for entry in entries:
            if entry.kind is Kind.PHASE_LEFT:
                message = _left(message, entry.data)
            elif entry.kind is Kind.RUN_ENDED:
                message = replace(message, ended=True)
        self.anybody_watches = any(each.watched for each in self._vessels.units)
        self._say(unit, message)

    def announce(self, unit: VesselUnit, announce: Announce) -> None:
        """Tell all peers."""
        self._say(unit, _grown(self.own[unit.run], announce, unit.page.now_s))

    def show(self, unit: VesselUnit, signal: str, value: float) -> None:
        """Let the vessels of this worker see a value that they depend on."""
        if not self.anybody_watches:
            return
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
            is_peer = unit.program.attempt == message.attempt and unit.vessel != message.vessel
            if is_peer and not unit.view.ended:
                for name, value in _latches(message):
                    unit.latch(name, value)
                _follow_requests(unit, message)


def _same_attempt(one: VesselUnit, other: VesselUnit) -> bool:
    return one.program.attempt == other.program.attempt


def _grown(message: AnnounceMessage, announce: Announce, now_s: float) -> AnnounceMessage:
    if announce.what == LEFT:
        return _left(message, announce.data)
    if announce.what == ENDED:
        return replace(message, ended=True)
    number = max(message.pause_seq, message.resume_seq, int(1000.0 * now_s)) + 1
    if announce.what == PAUSE:
        return replace(message, pause_seq=number)
    return replace(message, resume_seq=number)


def _left(message: AnnounceMessage, data: Mapping[str, Any]) -> AnnounceMessage:
    return replace(message, left={**message.left, str(data["phase"]): int(data["visit"])})


def _latches(message: AnnounceMessage) -> Iterator[tuple[str, Any]]:
    for phase, visit in message.left.items():
        yield f"{message.vessel}.left.{phase}", visit
    if message.ended:
        yield f"{message.vessel}.ended", True


def _follow_requests(unit: VesselUnit, message: AnnounceMessage) -> None:
    """Pause and resume once for each request, the newest last."""
    requests = [
        (message.pause_seq, PAUSE, unit.peer_pause),
        (message.resume_seq, RESUME, unit.peer_resume),
    ]
    for number, what, follow in sorted(requests, key=lambda request: request[0]):
        name = f"{message.vessel}.{what}"
        if number > int(unit.view.latched.get(name, 0)):
            unit.latch(name, number)
            follow(message.vessel)
