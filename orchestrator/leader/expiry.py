"""Warn of calibrations that are older than they were to become."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from orchestrator.leader.presence import Presences
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Binding, NewAlert
from orchestrator.ports.store import Store

Place = tuple[str, str, str]
"""Worker, reactor, device."""
PREFIX = "expired:"


class Expiry:
    """Looks at what workers said is in force; what runs on an expired one goes on, and says so."""

    def __init__(self, store: Store, clock: Clock, presences: Presences) -> None:
        self._store, self._clock, self._presences = store, clock, presences
        self._told: dict[str, str] | None = None
        """Identities of alerts that stand, each with its worker; None until the first look, since
        an earlier leader may have raised some."""

    async def look(self) -> None:
        """Raise the alarm, or call it off."""
        instant = self._clock.now()
        if not instant.trusted:
            return
        if self._told is None:
            standing = await self._store.standing_alerts(PREFIX)
            self._told = {each.identity or "": each.worker or "" for each in standing}
        expired = dict(self._expired(instant.wall_s))
        wanted = {_identity(place): (place, "") for place in expired}
        for run in await self._store.runs(open_only=True):
            where = (run.binding.worker, run.binding.reactor) if run.binding else ()
            for place in expired:
                if where == place[:2]:
                    wanted[f"{_identity(place)}:{run.experiment}"] = (place, run.experiment)
        heard = {each.worker for each in self._presences if each.capabilities}
        over = [identity for identity, worker in self._told.items() if worker in heard]
        for identity in [each for each in over if each not in wanted]:
            await self._store.resolve_alerts(identity, at_wall_s=instant.wall_s)
            del self._told[identity]
        for identity, (place, experiment) in wanted.items():
            if identity not in self._told:
                text = _text(place, *expired[place])
                await self._store.raise_alert(
                    _alert(identity, place, text, experiment, instant.wall_s)
                )
                self._told[identity] = place[0]

    def _expired(self, now_wall_s: float) -> Iterator[tuple[Place, tuple[str, float]]]:
        for presence in self._presences:
            reactors = presence.capabilities.reactors if presence.capabilities else {}
            for reactor, report in reactors.items():
                for device, expires_wall_s in report.expires.items():
                    if expires_wall_s <= now_wall_s:
                        name = report.calibrations.get(device, "")
                        yield (presence.worker, reactor, device), (name, expires_wall_s)


def _identity(place: Place) -> str:
    return PREFIX + "/".join(place)


def _text(place: Place, name: str, expires_wall_s: float) -> str:
    worker, reactor, device = place
    where = Binding(worker=worker, reactor=reactor)
    day = datetime.fromtimestamp(expires_wall_s, UTC).date().isoformat()
    return (
        f"the calibration {name} of {where}'s {device} expired on {day}: compare it anew with "
        f"'axenic calibrate start {device} --on {where}'"
    )


def _alert(identity: str, place: Place, text: str, experiment: str, at_wall_s: float) -> NewAlert:
    return NewAlert(
        text=text,
        severity="warning",
        source="calibration",
        at_wall_s=at_wall_s,
        identity=identity,
        worker=place[0],
        reactor=place[1],
        experiment=experiment or None,
    )
