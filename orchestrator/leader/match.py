"""Which reactors an experiment could take, and what is in the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from orchestrator.leader.needs import Needs, lacks
from orchestrator.leader.situation import Decision, Place, Rules, Start, Wait, Waiting
from orchestrator.ports.records import Binding

Places = Mapping[Binding, Place]
TAG, POOL = "tag", "pool"


def asked_for(one: Waiting) -> dict[str, Binding]:
    """The reactors that user or profile named; what the user says comes first."""
    named = {needs.vessel: Binding.parse(needs.worker) for needs in one.needs if needs.worker}
    for vessel, text in one.asked.items():
        if ":" in text:
            named.pop(vessel, None)
        else:
            named[vessel] = Binding.parse(text)
    return named


def suits(needs: Needs, asked: str, place: Place, rules: Rules) -> bool:
    """Whether a vessel could be played there, were it free."""
    return not any(lacks(needs, place.capabilities, place.binding.reactor)) and (
        is_meant(asked, place, rules)
    )


def is_meant(asked: str, place: Place, rules: Rules) -> bool:
    """Whether a reactor is among those that are asked for by name, tag or pool."""
    kind, colon, name = asked.partition(":")
    if not asked:
        return True
    if not colon:
        return Binding.parse(asked) == place.binding
    if kind == POOL:
        members = rules.pools.get(name, frozenset())
        return str(place.binding) in members or place.binding.worker in members
    report = place.capabilities.reactors[place.binding.reactor]
    return name in {*place.capabilities.tags, *report.sensors, *report.outputs}


def match(one: Waiting, places: Places, reserved: Collection[Binding], rules: Rules) -> Decision:
    """Vessels that share a bottle go to one worker, which alone can keep its account."""
    shared = sorted(frozenset[str]().union(*(needs.shared for needs in one.needs)))
    if not shared or len(one.needs) < 2:
        return _match(one, places, reserved, rules)
    for worker in sorted({binding.worker for binding in places}):
        here = {binding: place for binding, place in places.items() if binding.worker == worker}
        decision = _match(one, here, reserved, rules)
        if isinstance(decision, Start):
            return decision
    decision = _match(one, places, reserved, rules)
    if isinstance(decision, Wait):
        return decision
    bottles, vessels = ", ".join(shared), ", ".join(needs.vessel for needs in one.needs)
    reason = f"{vessels} share the bottle {bottles} and wait for one worker with room for all"
    return Wait(experiment=one.experiment, reason=reason)


def _match(one: Waiting, places: Places, reserved: Collection[Binding], rules: Rules) -> Decision:
    chosen = asked_for(one)
    by_vessel = {needs.vessel: needs for needs in one.needs}
    for vessel, binding in chosen.items():
        obstacle = _obstacle(by_vessel[vessel], binding, places)
        if obstacle:
            return Wait(experiment=one.experiment, reason=f"{vessel} waits for {obstacle}")
    taken = {*chosen.values(), *reserved}
    could = {
        needs.vessel: [b for b in _free(needs, _asked(one, needs), places, rules) if b not in taken]
        for needs in one.needs
        if needs.vessel not in chosen
    }
    dealt: dict[Binding, str] = {}
    for vessel in could:
        if not _deal(vessel, could, dealt, set()):
            words = _for_what(by_vessel[vessel], _asked(one, by_vessel[vessel]), places, rules)
            return Wait(experiment=one.experiment, reason=f"{vessel} waits for {words}")
    chosen |= {vessel: binding for binding, vessel in dealt.items()}
    bindings = {needs.vessel: chosen[needs.vessel] for needs in one.needs}
    return Start(experiment=one.experiment, bindings=bindings)


def _asked(one: Waiting, needs: Needs) -> str:
    return one.asked.get(needs.vessel, "")


def _deal(
    vessel: str,
    could: Mapping[str, Sequence[Binding]],
    dealt: dict[Binding, str],
    tried: set[Binding],
) -> bool:
    """Give a vessel a reactor; others change theirs where that makes room for all."""
    free = next((each for each in could[vessel] if each not in dealt), None)
    if free is not None:
        dealt[free] = vessel
        return True
    for binding in could[vessel]:
        if binding not in tried:
            tried.add(binding)
            if _deal(dealt[binding], could, dealt, tried):
                dealt[binding] = vessel
                return True
    return False


def _obstacle(needs: Needs, binding: Binding, places: Places) -> str:
    place = places.get(binding)
    if place is None:
        return f"{binding}, which is not there"
    if place.occupied_by:
        return f"{binding}, which runs {place.occupied_by}"
    missing = ", ".join(lacks(needs, place.capabilities, binding.reactor))
    if missing:
        return f"{binding}, which lacks {missing}"
    return f"{binding}: {place.unfit}" if place.unfit else ""


def _free(needs: Needs, asked: str, places: Places, rules: Rules) -> list[Binding]:
    return [
        binding
        for binding, place in sorted(places.items(), key=lambda pair: str(pair[0]))
        if not place.occupied_by and not place.unfit and suits(needs, asked, place, rules)
    ]


def _for_what(needs: Needs, asked: str, places: Places, rules: Rules) -> str:
    """What is waited for, and why those that are there will not do."""
    kind, _, name = asked.partition(":")
    what = "a free reactor"
    if kind == TAG:
        what = f"a free reactor with {name}"
    elif kind == POOL:
        what = f"a free reactor of the pool {name}"
        if name not in rules.pools:
            return f"{what} (there is no such pool)"
    meant = [place for place in places.values() if is_meant(asked, place, rules)]
    if places and not meant:
        return f"{what} (none that is there has it)" if kind == TAG else f"{what} (none is there)"
    for place in meant:
        missing = ", ".join(lacks(needs, place.capabilities, place.binding.reactor))
        if missing and not place.occupied_by:
            return f"{what} ({place.binding} lacks {missing})"
        if place.unfit and not place.occupied_by:
            return f"{what} ({place.binding}: {place.unfit})"
    return what if places else f"{what} (no worker is there)"
