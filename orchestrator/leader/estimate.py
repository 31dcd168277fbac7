"""When what waits will start, as far as anybody can know: the queue, played forward.

It is decided twice, once with everything as short and once with everything as long as it may be.
What lies between is the answer; where an end is open, so is the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.leader.lasting import UNKNOWN, Lasting
from orchestrator.leader.queue import look_at_queue
from orchestrator.leader.situation import Place, Situation, Start

ROUNDS_MAX = 200
"""Starts and ends that are looked ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """When an entry may start."""

    earliest_wall_s: float | None = None
    """None where it never would, as things stand."""
    latest_wall_s: float | None = None
    """None where nobody can say."""
    basis: str = ""
    """What it rests on, or why there is none."""


def estimate(situation: Situation, lasts: Mapping[str, Lasting]) -> Mapping[str, Estimate]:
    """For each entry; `lasts` tells of what runs how long it still will, of what waits how long."""
    soon = _starts(situation, {name: each.least_s for name, each in lasts.items()})
    late = _starts(situation, {name: each.most_s for name, each in lasts.items()})
    ahead = _in_the_way(situation, lasts)
    return {
        one.experiment: _between(soon.get(one.experiment), late.get(one.experiment), ahead)
        for one in situation.waiting
    }


def _starts(situation: Situation, lasts_s: Mapping[str, float | None]) -> dict[str, float]:
    """Experiment → when it starts, if everything lasts as given; None is for ever."""
    ends = {
        place.occupied_by: _end(situation.now_wall_s, lasts_s.get(place.occupied_by))
        for place in situation.places
        if place.occupied_by
    }
    started: dict[str, float] = {}
    now = situation
    for _ in range(ROUNDS_MAX):
        starts = [each for each in look_at_queue(now) if isinstance(each, Start)]
        for start in starts:
            started[start.experiment] = now.now_wall_s
            ends[start.experiment] = _end(now.now_wall_s, lasts_s.get(start.experiment))
        now = _with_starts(now, starts)
        later = [end_s for end_s in ends.values() if end_s is not None and end_s > now.now_wall_s]
        later += [
            one.not_before_wall_s
            for one in now.waiting
            if one.not_before_wall_s is not None and one.not_before_wall_s > now.now_wall_s
        ]
        if not now.waiting or not later:
            break
        now = _at(now, min(later), ends)
    return started


def _end(now_s: float, lasts_s: float | None) -> float | None:
    """At least a moment later, so that time goes on."""
    return None if lasts_s is None else now_s + max(1.0, lasts_s)


def _with_starts(now: Situation, starts: list[Start]) -> Situation:
    taken = {binding: start.experiment for start in starts for binding in start.bindings.values()}
    owners = {one.experiment: one.owner for one in now.waiting}
    vessels_of = Counter(now.vessels_of)
    for start in starts:
        vessels_of[owners[start.experiment]] += len(start.bindings)
    return replace(
        now,
        waiting=[one for one in now.waiting if one.experiment not in taken.values()],
        places=[
            place.occupied(taken[place.binding]) if place.binding in taken else place
            for place in now.places
        ],
        vessels_of=vessels_of,
    )


def _at(now: Situation, at_s: float, ends: Mapping[str, float | None]) -> Situation:
    """Time goes on: what is through by then has left its reactors."""

    def then(place: Place) -> Place:
        end_s = ends.get(place.occupied_by)
        return place.occupied("") if end_s is not None and end_s <= at_s else place

    return replace(now, now_wall_s=at_s, places=[then(place) for place in now.places])


def _in_the_way(situation: Situation, lasts: Mapping[str, Lasting]) -> list[str]:
    """What the ends of all that runs are known from, or that they are not."""
    running = dict.fromkeys(place.occupied_by for place in situation.places if place.occupied_by)
    return [f"{name}: {lasts.get(name, UNKNOWN).basis}" for name in running]


def _between(soon_s: float | None, late_s: float | None, ahead: list[str]) -> Estimate:
    """Among entries that differ, what is short may let another one in before, and end later."""
    if soon_s is None and late_s is None:
        return Estimate(basis="as things stand it does not start by itself")
    basis = "; ".join(ahead) or "nothing else is in the way"
    if soon_s is None or late_s is None:
        return Estimate(earliest_wall_s=late_s if soon_s is None else soon_s, basis=basis)
    return Estimate(
        earliest_wall_s=min(soon_s, late_s), latest_wall_s=max(soon_s, late_s), basis=basis
    )
