"""What the vessels of an experiment tell each other: phases left, requests to pause, live values.

Vessels of this worker hear each other directly, others by retained topics; no leader is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from orchestrator.execution.decision import Announce
from orchestrator.messages.reports import AnnounceMessage
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry, Kind
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

Tell = Callable[[AnnounceMessage], None]
LEFT, ARRIVED, ENDED = "left", "arrived", "ended"
PAUSE, RESUME = "pause", "resume"
REMEMBERED_MAX: Final = 1000
"""Announcements of other workers' vessels; those of experiments that are over stay retained."""


class Peers:
    """Announcements of this worker's vessels, and what it heard of others."""

    def __init__(self, vessels: Vessels, tell: Tell) -> None:
        self._vessels, self._tell = vessels, tell
        self.own: dict[str, AnnounceMessage] = {}
        """By run: what is retained for peers."""
        self.anybody_watches = False
        self._theirs: dict[tuple[str, str, str], AnnounceMessage] = {}
        """(worker, attempt, vessel) → what other workers' vessels said last."""
        self._places: dict[tuple[str, str], tuple[str, str]] = {}
        """(worker, reactor) → (attempt, vessel), as announced."""

    # ---- ours

    def look_around(self) -> None:
        """See whether any vessel here looks at another."""
        self.anybody_watches = any(each.watched for each in self._vessels.units)

    def present(self, unit: VesselUnit, entries: Iterable[Entry]) -> None:
        """A run began or was taken up: say where it is and what its ledger says it announced."""
        message = AnnounceMessage(
            attempt=unit.program.attempt, vessel=unit.vessel, reactor=unit.reactor.spec.name
        )
        for entry in entries:
            if entry.kind is Kind.PHASE_LEFT:
                message = _left(message, entry.data)
            elif entry.kind is Kind.ARRIVED:
                passed, phase = entry.data.get("passed", {}), entry.data["phase"]
                message = _arrived(message, {**passed, phase: entry.data["arrival"]})
            elif entry.kind is Kind.PHASE_ENTERED:
                message = _arrived(message, entry.data.get("passed", {}))
            elif entry.kind is Kind.RUN_ENDED:
                message = _ended(message, entry.data)
        self.look_around()
        self._say(unit, message)
        for said in [*self.own.values(), *self._theirs.values()]:
            _tell(unit, said)

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
        self._remember(worker, message)
        self._hear(message)

    def saw(self, worker: str, reactor: str, signal: str, value: float) -> None:
        """Another worker's vessel shows a value."""
        attempt, vessel = self._places.get((worker, reactor), ("", ""))
        for unit in self._vessels.units:
            if unit.program.attempt == attempt and (vessel, signal) in unit.watched:
                unit.peer_signal(vessel, signal, value)

    def _remember(self, worker: str, message: AnnounceMessage) -> None:
        """Keep it for a vessel that begins later; the oldest is given up if there are too many."""
        place = (worker, message.attempt, message.vessel)
        self._theirs.pop(place, None)
        self._theirs[place] = message
        if len(self._theirs) > REMEMBERED_MAX:
            del self._theirs[next(iter(self._theirs))]

    def _hear(self, message: AnnounceMessage) -> None:
        for unit in self._vessels.units:
            _tell(unit, message)


def _tell(unit: VesselUnit, message: AnnounceMessage) -> None:
    """Let a vessel take in what a peer said, if it is one."""
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
    if announce.what == ARRIVED:
        return _arrived(message, announce.data["phases"])
    if announce.what == ENDED:
        return _ended(message, announce.data)
    number = max(message.pause_seq, message.resume_seq, int(1000.0 * now_s)) + 1
    if announce.what == PAUSE:
        return replace(message, pause_seq=number)
    return replace(message, resume_seq=number)


def _left(message: AnnounceMessage, data: Mapping[str, Any]) -> AnnounceMessage:
    return replace(message, left={**message.left, str(data["phase"]): int(data["visit"])})


def _arrived(message: AnnounceMessage, phases: Mapping[str, int]) -> AnnounceMessage:
    return replace(message, arrived={**message.arrived, **phases})


def _ended(message: AnnounceMessage, data: Mapping[str, Any]) -> AnnounceMessage:
    return replace(message, ended=True, failed=data["state"] == State.FAILED)


def _latches(message: AnnounceMessage) -> Iterator[tuple[str, Any]]:
    for phase, visit in message.left.items():
        yield f"{message.vessel}.left.{phase}", visit
    for phase, arrival in message.arrived.items():
        yield f"{message.vessel}.arrived.{phase}", arrival
    if message.ended:
        yield f"{message.vessel}.ended", True
    if message.failed:
        yield f"{message.vessel}.failed", True


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
