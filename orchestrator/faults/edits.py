"""Other plans that a person might go on by: what runs, changed here and there.

Made from any plan, so that every profile can be rehearsed with people who change their minds. Some
of them no worker can take, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final

from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.expression import Const
from orchestrator.model.plan import EveryPlan, PhasePlan, Plan, Slice
from orchestrator.ports.records import Documents

Edit = Callable[[Plan, Random], Plan]
OTHER_RPM: Final = (400.0, 450.0, 550.0)
STIRRING: Final = "stirring"


def documents_of(plan: Plan, revision: int, **more: object) -> Documents:
    """What the leader keeps of a plan that somebody wants to go on by."""
    plan_json = canonical_json(plain(plan))
    fields: dict[str, object] = {
        "revision": revision,
        "profile_text": "",
        "file_name": "edited.yaml",
        "profile_hash": plan.profile_hash,
        "plan_hash": digest(plan_json),
        "plan_json": plan_json.decode("utf-8"),
        "inputs": plan.inputs,
        **more,
    }
    return Documents(**fields)  # type: ignore[arg-type]


def edited(plan: Plan, chance: Random) -> Plan:
    """One of the edits, by chance."""
    return EDITS[chance.choice(sorted(EDITS))](plan, chance)


def _as_it_is(plan: Plan, _: Random) -> Plan:
    return plan


def _other_times(plan: Plan, chance: Random) -> Plan:
    factor = chance.choice((0.75, 1.5))

    def slower(phase: PhasePlan) -> PhasePlan:
        items = tuple(
            replace(item, every_s=item.every_s * factor) if isinstance(item, EveryPlan) else item
            for item in phase.items
        )
        return replace(phase, items=items)

    return _phases(plan, lambda phases: tuple(map(slower, phases)))


def _without_an_item(plan: Plan, chance: Random) -> Plan:
    share = chance.random()

    def fewer(phase: PhasePlan) -> PhasePlan:
        gone = int(share * len(phase.items))
        return replace(phase, items=phase.items[:gone] + phase.items[gone + 1 :])

    return _phases(plan, lambda phases: tuple(map(fewer, phases)))


def _without_rules(plan: Plan, _: Random) -> Plan:
    return _slices(plan, lambda slice_: replace(slice_, rules=slice_.rules[1:]))


def _another_speed(plan: Plan, chance: Random) -> Plan:
    rpm = chance.choice(OTHER_RPM)

    def stirred(slice_: Slice) -> Slice:
        job = slice_.jobs.get(STIRRING)
        if job is None:
            return slice_
        jobs = {
            **slice_.jobs,
            STIRRING: replace(job, settings={**job.settings, "target": Const(value=rpm)}),
        }
        return replace(slice_, jobs=jobs)

    return _slices(plan, stirred)


def _without_a_phase(plan: Plan, chance: Random) -> Plan:
    """Only what nothing else in the plan names can go."""
    words = canonical_json(plain(plan)).decode("utf-8")
    having = Counter(phase.name for slice_ in plan.vessels for phase in slice_.phases)
    free = [name for name, count in sorted(having.items()) if words.count(f'"{name}"') == count]
    gone = chance.choice(free) if len(having) > 1 and free else None

    def fewer(phases: tuple[PhasePlan, ...]) -> tuple[PhasePlan, ...]:
        return tuple(phase for phase in phases if phase.name != gone) or phases

    return _phases(plan, fewer)


def _impossible(plan: Plan, _: Random) -> Plan:
    """What was pumped so far is counted by the volume: no vessel takes another."""
    return _slices(plan, lambda slice_: replace(slice_, volume_ml=slice_.volume_ml + 1.0))


EDITS: Final[Mapping[str, Edit]] = {
    "as it is": _as_it_is,
    "other times": _other_times,
    "without an item": _without_an_item,
    "without a rule": _without_rules,
    "another speed": _another_speed,
    "without a phase": _without_a_phase,
    "impossible": _impossible,
}


def _slices(plan: Plan, change: Callable[[Slice], Slice]) -> Plan:
    return replace(plan, vessels=tuple(map(change, plan.vessels)))


def _phases(plan: Plan, change: Callable[[tuple[PhasePlan, ...]], tuple[PhasePlan, ...]]) -> Plan:
    return _slices(plan, lambda slice_: replace(slice_, phases=change(slice_.phases)))
