"""Which experiment may start, and what the others wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.leader.needs import Needs, lacks
from orchestrator.messages.reports import Capabilities
from orchestrator.ports.records import Binding


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued experiment."""

    experiment: str
    needs: Sequence[Needs]
    bindings: Mapping[str, Binding]
    """As asked for; the others take what is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A reactor, as it stands now."""

    binding: Binding
    capabilities: Capabilities
    occupied_by: str = ""
    """What runs on it, in words; empty if it is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """It may begin."""

    experiment: str
    bindings: Mapping[str, Binding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """It may not."""

    experiment: str
    reason: str


def look_at_queue(waiting: Sequence[Waiting], places: Sequence[Place]) -> Sequence[Start | Wait]:
    """Decide for each experiment, oldest first.

    First come, first served: who starts takes its reactors out of the game, and who asked for a
    reactor by name keeps it from being given to others who would take any.
    """
    by_binding = {place.binding: place for place in places}
    decided: list[Start | Wait] = []
    for number, one in enumerate(waiting):
        reserved = {
            binding for earlier in waiting[:number] for binding in asked_for(earlier).values()
        }
        decision = _decide_together(one, by_binding, reserved)
        if isinstance(decision, Start):
            for binding in decision.bindings.values():
                by_binding[binding] = _occupied(by_binding[binding], one.experiment)
        decided.append(decision)
    return decided


def asked_for(one: Waiting) -> dict[str, Binding]:
    """The reactors that user or profile named."""
    named = {needs.vessel: Binding.parse(needs.worker) for needs in one.needs if needs.worker}
    return {**named, **one.bindings}


def _decide_together(
    one: Waiting, places: Mapping[Binding, Place], reserved: set[Binding]
) -> Start | Wait:
    """Vessels that share a bottle go to one worker, which alone can keep its account."""
    shared = sorted(frozenset[str]().union(*(needs.shared for needs in one.needs)))
    if not shared or len(one.needs) < 2:
        return _decide(one, places, reserved)
    for worker in sorted({binding.worker for binding in places}):
        here = {binding: place for binding, place in places.items() if binding.worker == worker}
        decision = _decide(one, here, reserved)
        if isinstance(decision, Start):
            return decision
    decision = _decide(one, places, reserved)
    if isinstance(decision, Wait):
        return decision
    bottles, vessels = ", ".join(shared), ", ".join(needs.vessel for needs in one.needs)
    reason = f"{vessels} share the bottle {bottles} and wait for one worker with room for all"
    return Wait(experiment=one.experiment, reason=reason)


def _decide(one: Waiting, places: Mapping[Binding, Place], reserved: set[Binding]) -> Start | Wait:
    chosen = asked_for(one)
    for vessel, binding in chosen.items():
        obstacle = _obstacle(_needs(one, vessel), binding, places)
        if obstacle:
            return Wait(experiment=one.experiment, reason=f"{vessel} waits for {obstacle}")
    for needs in one.needs:
        if needs.vessel in chosen:
            continue
        taken = {*chosen.values(), *reserved}
        free = next((b for b in _free(needs, places) if b not in taken), None)
        if free is None:
            reason = f"{needs.vessel} waits for a free reactor{_of_what(needs, places)}"
            return Wait(experiment=one.experiment, reason=reason)
        chosen[needs.vessel] = free
    return Start(experiment=one.experiment, bindings=chosen)


def _needs(one: Waiting, vessel: str) -> Needs:
    return next(needs for needs in one.needs if needs.vessel == vessel)


def _obstacle(needs: Needs, binding: Binding, places: Mapping[Binding, Place]) -> str:
    place = places.get(binding)
    if place is None:
        return f"{binding}, which is not there"
    if place.occupied_by:
        return f"{binding}, which runs {place.occupied_by}"
    missing = ", ".join(lacks(needs, place.capabilities, binding.reactor))
    return f"{binding}, which lacks {missing}" if missing else ""


def _free(needs: Needs, places: Mapping[Binding, Place]) -> list[Binding]:
    return [
        binding
        for binding, place in sorted(places.items(), key=lambda pair: str(pair[0]))
        if not place.occupied_by and not any(lacks(needs, place.capabilities, binding.reactor))
    ]


def _of_what(needs: Needs, places: Mapping[Binding, Place]) -> str:
    """Why those that are there will not do."""
    free = [place for place in places.values() if not place.occupied_by]
    for place in free:
        missing = ", ".join(lacks(needs, place.capabilities, place.binding.reactor))
        if missing:
            return f" ({place.binding} lacks {missing})"
    return "" if places else " (no worker is there)"


def _occupied(place: Place, experiment: str) -> Place:
    return Place(binding=place.binding, capabilities=place.capabilities, occupied_by=experiment)
