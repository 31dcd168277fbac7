"""Which experiments may start, and what the others wait for.

Nothing but values go in and come out: the same situation is decided alike, at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from orchestrator.leader.match import Places, asked_for, match, suits
from orchestrator.leader.situation import Decision, Rules, Situation, Start, Wait, Waiting
from orchestrator.ports.records import Binding


def look_at_queue(situation: Situation) -> Sequence[Decision]:
    """Decide for each experiment, in the order in which their turns come.

    The highest priority first, then the user with the fewest running vessels, then the oldest, or
    as people arranged them. Who starts takes its reactors out of the game; who asked for a reactor
    by name, or has waited for long, keeps it from those who would take any.
    """
    places = {place.binding: place for place in situation.places}
    vessels_of = Counter(situation.vessels_of)
    open_of = Counter(situation.open_of)
    left = list(situation.waiting)
    reserved: set[Binding] = set()
    decided: list[Decision] = []
    while left:
        one = min(left, key=lambda each: turn_of(each, vessels_of))
        left.remove(one)
        reason = _not_yet(one, situation, open_of)
        decision: Decision
        if reason:
            decision = Wait(experiment=one.experiment, reason=reason)
        else:
            decision = match(one, places, reserved, situation.rules)
        decided.append(decision)
        if isinstance(decision, Start):
            vessels_of[one.owner] += len(decision.bindings)
            open_of[one.owner] += one.again
            for binding in decision.bindings.values():
                places[binding] = places[binding].occupied(one.experiment)
        elif not _is_out(one, situation):
            reserved |= _kept_for(one, places, situation)
    return decided


def next_due(situation: Situation) -> float | None:
    """When time alone may change what was decided; None where it will not."""
    patience_s = situation.rules.patience_s
    moments = [one.not_before_wall_s or 0.0 for one in situation.waiting]
    moments += [one.since_wall_s + patience_s for one in situation.waiting]
    return min((each for each in moments if each > situation.now_wall_s), default=None)


def turn_of(one: Waiting, vessels_of: Mapping[str, int]) -> tuple[int, int, int]:
    """Lower ones come first."""
    return (-one.priority, vessels_of.get(one.owner, 0), one.place)


def _is_out(one: Waiting, situation: Situation) -> bool:
    """It could not start even if everything were free, so it keeps nothing from others."""
    early = one.not_before_wall_s is not None and one.not_before_wall_s > situation.now_wall_s
    return early or one.hold is not None or bool(one.obstacle)


def _not_yet(one: Waiting, situation: Situation, open_of: Mapping[str, int]) -> str:
    """Why its time has not come, whichever reactors are free."""
    if one.hold is not None:
        return f"held: {one.hold}" if one.hold else "held"
    due_s = one.not_before_wall_s
    if due_s is not None and due_s > situation.now_wall_s:
        return f"starts not before {moment(due_s)}"
    if situation.hold is not None:
        return f"the queue is held: {situation.hold}" if situation.hold else "the queue is held"
    if one.obstacle:
        return one.obstacle
    limit = situation.rules.open_max_for(one.owner)
    if one.again and open_of.get(one.owner, 0) >= limit:
        return f"its next one would be more than the {limit} that {one.owner} may have open"
    return ""


def _kept_for(one: Waiting, places: Places, situation: Situation) -> set[Binding]:
    """Reactors that nobody who takes any may have, since this one waits for them."""
    kept = set(asked_for(one).values())
    if situation.now_wall_s - one.since_wall_s < situation.rules.patience_s:
        return kept
    return kept | _suitable(one, places, situation.rules)


def _suitable(one: Waiting, places: Places, rules: Rules) -> set[Binding]:
    """What it could use, if what is missing became free; nothing if it never could start."""
    by_vessel = {
        needs.vessel: {
            binding
            for binding, place in places.items()
            if suits(needs, one.asked.get(needs.vessel, ""), place, rules)
        }
        for needs in one.needs
    }
    if not all(by_vessel.values()):
        return set()
    return {
        binding for those in by_vessel.values() for binding in those if not places[binding].unfit
    }


def moment(wall_s: float) -> str:
    """For people, in UTC; programs have the number."""
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
