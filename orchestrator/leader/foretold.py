"""Warn of what a rehearsal foretells of an experiment that had begun before it was through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from orchestrator.model.experiment import State
from orchestrator.model.ledger import REHEARSED_ALERT
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Alert, Event, Experiment, NewAlert
from orchestrator.ports.store import Store, StoreBusy, StoreFull

GOING = (State.RUNNING, State.PAUSED)


class Foretold:
    """Looks when an experiment has changed or was rehearsed; at first in any case.

    A rehearsal is of the whole plan with the bottles that it names: of a run that goes on by
    another revision it says nothing.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._is_due = True
        self._told: set[str] = set()
        """Attempts of which all is told that there is to tell."""

    def hear(self, events: Sequence[Event]) -> None:
        """Something happened; an experiment began, or goes on by another revision perhaps."""
        self._is_due = self._is_due or any(event.kind == "experiment" for event in events)

    def look_again(self) -> None:
        """Something was rehearsed."""
        self._is_due = True

    async def look(self) -> None:
        """Raise the alarm, or call it off."""
        if not self._is_due:
            return
        self._is_due = False
        try:
            await self._look()
        except (StoreFull, StoreBusy):
            self._is_due = True
            raise

    async def _look(self) -> None:
        standing = await self._store.standing_alerts(REHEARSED_ALERT)
        for one in (await self._store.experiments(states=GOING, limit=200)).items:
            if one.revision > 1:
                await self._call_off(each for each in standing if each.experiment == one.id)
            elif one.attempt is not None and one.attempt not in self._told:
                rehearsal = await self._store.rehearsal(one.plan_hash)
                if rehearsal is not None:
                    await self._tell(one, one.attempt, rehearsal)
                    self._told.add(one.attempt)

    async def _call_off(self, alerts: Iterator[Alert]) -> None:
        for alert in alerts:
            at_wall_s = self._clock.now().wall_s
            await self._store.resolve_alerts(alert.identity or "", at_wall_s=at_wall_s)

    async def _tell(self, one: Experiment, attempt: str, rehearsal: Mapping[str, Any]) -> None:
        """Once of each bottle, also where an earlier leader did; who accepted it knows it."""
        through = [] if "media" in one.terms.accepted else [*_through(rehearsal)]
        if not through:
            return
        known = {each.identity for each in (await self._store.alerts(experiment=one.id)).items}
        for vessels, bottle in through:
            identity = f"{REHEARSED_ALERT}{attempt}/{vessels[0]}/{bottle['medium']}"
            if identity in known:
                continue
            alert = NewAlert(
                text=_text(vessels, bottle, one.started_wall_s),
                severity="warning",
                source="rehearsal",
                at_wall_s=self._clock.now().wall_s,
                identity=identity,
                experiment=one.id,
                vessel=vessels[0],
            )
            await self._store.raise_alert(alert)


def _through(rehearsal: Mapping[str, Any]) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """Bottles that did not last, each with the vessels that it serves."""
    dry = [each for each in rehearsal["bottles"] if each.get("through_s") is not None]
    shared: dict[str, list[str]] = {}
    for each in dry:
        if each.get("shared"):
            shared.setdefault(each["medium"], []).append(each["vessel"])
    for each in dry:
        vessels = shared[each["medium"]] if each.get("shared") else [each["vessel"]]
        if each["vessel"] == vessels[0]:
            yield vessels, each


def _text(vessels: Sequence[str], bottle: Mapping[str, Any], began_wall_s: float | None) -> str:
    medium, through_s = bottle["medium"], bottle["through_s"]
    hours = f"{through_s / 3600.0:.1f} h after its begin"
    if began_wall_s is not None:
        moment = datetime.fromtimestamp(began_wall_s + through_s, UTC)
        hours += f", about {moment.strftime('%Y-%m-%d %H:%M UTC')}"
    ends, then = ("is full", "empty") if medium == "waste" else ("is empty", "change")
    return (
        f"in a rehearsal of this plan the {medium} bottle of {', '.join(vessels)} "
        f"({bottle['bottle_ml']:g} mL) {ends} {hours}: {then} it before, or apply a revision"
    )
