"""What must hold whatever happens. Each answers what breaks it, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any, Final

from orchestrator.faults.evidence import Evidence, VesselEvidence
from orchestrator.faults.witness import known, missing
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import RampPlan, ShapePlan, Slice
from orchestrator.ports.records import ReadingRow
from orchestrator.worker.unit import TICK_S

HOUR_S: Final = 3600.0
DAY_S: Final = 86400.0
ROUNDING_ML: Final = 1e-6
MOVES: Final = (RampPlan, ShapePlan)
"""Items that move a setting instead of going through steps."""
OVERSHOOT_C: Final = 1.0
"""A sensor's noise and one interval of heating at full power."""
SOON_S: Final = 1.0
"""So soon after an end nothing of what ended is to be seen."""
SLACK_S: Final = 5.0
"""After a tick is due; a disk may be slow."""
MEASURED: Final[Mapping[str, str]] = {
    "photodiode": "od_reading.raw",
    "thermometer": "temperature.measured",
}
"""Sensors whose values are readings as they are."""
STORED_DIGITS: Final = 6
"""The store counts microseconds."""
SHOWN_MAX: Final = 5
"""Violations of one invariant that are told one by one."""


def check(evidence: Evidence) -> list[str]:
    """Everything that is broken."""
    told = []
    for invariant in ROOM:
        told += _named(invariant.__name__, invariant(evidence))
    for invariant_of_vessel in VESSEL:
        for vessel in evidence.vessels:
            told += _named(
                f"{invariant_of_vessel.__name__} ({vessel.slice.vessel})",
                invariant_of_vessel(vessel),
            )
    return told


# ---- of the room


def no_service_ends_by_itself(evidence: Evidence) -> Iterator[str]:
    """What nobody stopped goes on."""
    yield from evidence.breakdowns


def what_is_wanted_is_reached_again(evidence: Evidence) -> Iterator[str]:
    """Once the troubles are over everything comes right, within a bound."""
    yield from evidence.unsettled


def every_record_reaches_the_store(evidence: Evidence) -> Iterator[str]:
    """What was durable on a worker is in the store, without a hole."""
    if not evidence.drained:
        yield "the outboxes were not empty long after the troubles were over"
    for newest, held in evidence.outboxes:
        ranges = [tuple(span) for span in held.ranges] if held is not None else []
        if ranges != ([(1, newest)] if newest else []):
            yield f"a disk holds records 1 to {newest}, the store {ranges}"


def who_enters_together_waited_for_all(evidence: Evidence) -> Iterator[str]:
    """A barrier is left when all are there, or in spite of those whose time was over."""
    came = {vessel.slice.vessel: _arrivals(vessel) for vessel in evidence.vessels}
    over = {
        vessel.slice.vessel
        for vessel in evidence.vessels
        if any(entry.kind is Kind.RUN_ENDED for entry in vessel.ledger)
    }
    for vessel in evidence.vessels:
        awaited: Mapping[str, Any] = {}
        for entry in vessel.ledger:
            if entry.kind is Kind.ARRIVED:
                awaited = entry.data
            elif entry.kind is Kind.PHASE_ENTERED and entry.data["phase"] == awaited.get("phase"):
                missed = set(entry.data.get("without", ()))
                phase, arrival = awaited["phase"], awaited["arrival"]
                for peer in awaited["awaits"]:
                    there = came.get(peer, {}).get(phase, 0) >= arrival or peer in over
                    if not there and peer not in missed:
                        yield f"{vessel.slice.vessel} entered {phase}, and {peer} never came to it"
                awaited = {}


def no_bottle_gives_more_than_it_holds(evidence: Evidence) -> Iterator[str]:
    """What pumps took of a bottle was in it, however many vessels use it; waste had room; and all
    of them know what is left."""
    bottles: dict[tuple[str, str], tuple[float, float]] = {}
    for vessel in evidence.vessels:
        for bottle in vessel.slice.media:
            name = "" if bottle.shared else vessel.slice.vessel, bottle.medium
            moved_ml = vessel.moved_ml.get(f"{bottle.medium}_pump", 0.0)
            _, before_ml = bottles.get(name, (0.0, 0.0))
            bottles[name] = bottle.volume_ml, before_ml + moved_ml
    yield from evidence.miscounted
    for (whose, medium), (size_ml, moved_ml) in bottles.items():
        if moved_ml > size_ml + ROUNDING_ML:
            of = f"the {medium} bottle of {whose or 'all'}"
            yield f"{of} is for {size_ml:g} mL, and {moved_ml:.4f} mL were moved"


# ---- of a vessel


def no_reading_is_lost_or_doubled(vessel: VesselEvidence) -> Iterator[str]:
    """Durable readings are in the store once each, and nothing else is."""
    durable = Counter(map(_reading, vessel.durable))
    stored = Counter(map(_reading, vessel.readings))
    for (signal, at_s, value), count in sorted((durable - stored).items()):
        yield f"{signal} {value:g} at {at_s:.1f} s is missing {count} times in the store"
    for (signal, at_s, value), count in sorted((stored - durable).items()):
        yield f"{signal} {value:g} at {at_s:.1f} s is {count} times too often in the store"


def what_the_bench_measured_is_recorded(vessel: VesselEvidence) -> Iterator[str]:
    """Each value that a sensor gave is recorded once, but for the last moment before a crash."""
    for sensor, signal in MEASURED.items():
        recorded = Counter(row.value for row in vessel.readings if row.signal == signal)
        sampled = [one for one in vessel.truth.samples if one.sensor == sensor]
        given = Counter(one.value for one in sampled)
        for value, count in sorted((recorded - given).items()):
            yield f"{signal} {value:.9g} is recorded {count} times more than the sensor gave it"
        for sample in sampled:
            if recorded[sample.value] == 0 and not _in(vessel.losses_s, sample.at_s):
                yield f"{sensor} gave {sample.value:.9g} at {sample.at_s:.2f} s, which is nowhere"


def every_action_has_one_outcome(vessel: VesselEvidence) -> Iterator[str]:
    """What began ended once, unless it is still under way; what ended is not begun again."""
    ended: set[str] = set()
    began: set[str] = set()
    over = False
    for entry in vessel.ledger:
        key = entry.key or ""
        if entry.kind is Kind.ACTION_BEGAN:
            if key in ended:
                yield f"{key} began after it had ended"
            if key in began and not entry.data.get("again"):
                yield f"{key} began twice"
            began.add(key)
        elif entry.kind is Kind.ACTION_ENDED:
            if key in ended:
                yield f"{key} has a second outcome, {entry.data['outcome']}"
            if entry.data["outcome"] not in set(Outcome):
                yield f"{key} ended as {entry.data['outcome']}, which is no outcome"
            ended.add(key)
        elif entry.kind is Kind.RUN_ENDED:
            over = True
    if over:
        for key in sorted(began - ended):
            yield f"{key} began, and the run ended without an outcome of it"


def no_step_is_passed_over(vessel: VesselEvidence) -> Iterator[str]:
    """Where an item ended, each of its steps has an outcome; a rule that was skipped never had
    any."""
    ended = {entry.key for entry in vessel.ledger if entry.kind is Kind.ACTION_ENDED}
    slice_, began_by = vessel.slice, dict[str | None, Slice]()
    for entry in vessel.ledger:
        if entry.kind in (Kind.RUN_BEGAN, Kind.REVISED):
            slice_ = vessel.revisions[entry.data.get("revision", 1)][1]
        elif entry.kind is Kind.ITEM_BEGAN:
            began_by[entry.key] = slice_
        if entry.kind is not Kind.ITEM_ENDED or entry.key is None:
            continue
        key = ActionKey.parse(entry.key)
        began = entry.key in began_by
        for number in range(_steps_of(began_by.get(entry.key, slice_), key, began=began)):
            if str(key.step(str(number))) not in ended:
                yield f"{key.step(str(number))} has no outcome, though {key.item} ended"


def no_dose_is_repeated(vessel: VesselEvidence) -> Iterator[str]:
    """A dose begins once, ends once, and what the glass received is what the ledger says."""
    for run, count in Counter(one.run for one in vessel.truth.pumped).items():
        if count > 1:
            yield f"{run} was pumped {count} times"
    for kind in (Kind.DOSE_BEGAN, Kind.DOSE_ENDED):
        for key, count in Counter(each.key for each in vessel.ledger if each.kind is kind).items():
            if count > 1:
                yield f"{key} has {count} entries {kind.value}"
    for pump, moved_ml in vessel.moved_ml.items():
        least_ml, most_ml = _accounted_ml(vessel, pump)
        if not least_ml - ROUNDING_ML <= moved_ml <= most_ml + ROUNDING_ML:
            yield (
                f"{pump} moved {moved_ml:.4f} mL, "
                f"the ledger says {least_ml:.4f} to {most_ml:.4f} mL"
            )


def nothing_moves_without_an_entry(vessel: VesselEvidence) -> Iterator[str]:
    """Each pump run has its intent in the ledger, durable before."""
    intents = {entry.key for entry in vessel.ledger if entry.kind is Kind.DOSE_BEGAN}
    for pumped in vessel.truth.pumped:
        if pumped.run not in intents:
            yield f"{pumped.run} was pumped at {pumped.began_s:.1f} s without DOSE_BEGAN"


def the_vessel_never_overflows(vessel: VesselEvidence) -> Iterator[str]:
    """The true volume stays below the profile's limit and below the brim."""
    brim_ml = min(
        vessel.slice.limits.get("dosing.vessel_maximum", vessel.capacity_ml), vessel.capacity_ml
    )
    if vessel.truth.volume_ml_max > brim_ml + ROUNDING_ML:
        yield f"it held {vessel.truth.volume_ml_max:.3f} mL, {brim_ml:g} mL is the most"


def the_vessel_never_overheats(vessel: VesselEvidence) -> Iterator[str]:
    """The true temperature stays below the profile's limit, but for a sensor's noise."""
    limit_c = vessel.slice.limits.get("temperature.maximum")
    if limit_c is not None and vessel.truth.temperature_c_max > limit_c + OVERSHOOT_C:
        yield f"it was {vessel.truth.temperature_c_max:.2f} °C hot, {limit_c:g} °C is the limit"


def nothing_heats_what_is_too_hot(vessel: VesselEvidence) -> Iterator[str]:
    """The heater is off while the thermometer shows more than the limit, be that true or not."""
    for at_s, shown_c in vessel.truth.heated_too_hot:
        yield f"the heater was on at {at_s:.1f} s, and {shown_c:.2f} °C had been measured"


def what_is_held_off_does_not_run(vessel: VesselEvidence) -> Iterator[str]:
    """No output is on against an interlock, whatever became of worker or keeper."""
    for at_s, output, reason in vessel.truth.ran_against:
        yield f"the {output} was on at {at_s:.1f} s: {reason}"


def nothing_moves_after_an_emergency_stop(vessel: VesselEvidence) -> Iterator[str]:
    """All is off until it has been released and resumed, whatever else happens meanwhile."""
    for at_s, output in vessel.truth.moved_at_rest:
        yield f"the {output} was on at {at_s:.1f} s, though an emergency stop held it"


def no_hour_brings_too_much_liquid(vessel: VesselEvidence) -> Iterator[str]:
    """In no sliding hour more flows in than the profile allows."""
    yield from _too_much(vessel, "hour", HOUR_S)


def no_day_brings_too_much_liquid(vessel: VesselEvidence) -> Iterator[str]:
    """Nor in any sliding day."""
    yield from _too_much(vessel, "day", DAY_S)


def nothing_written_is_lost(vessel: VesselEvidence) -> Iterator[str]:
    """What a process handed over to be kept is in the ledger, in its order; of one that died the
    newest may be missing."""
    yield from missing(vessel.written, vessel.ledger)


def a_tick_is_durable_in_time(vessel: VesselEvidence) -> Iterator[str]:
    """While a process lives it leaves a sign of that every half minute: by it, and nothing else,
    the next one knows how long it was away."""
    ended = [entry for entry in vessel.ledger if entry.kind is Kind.RUN_ENDED]
    until_s = ended[0].process_s if ended else inf
    taken_up = {entry.process_s for entry in vessel.ledger if entry.kind is Kind.RECOVERED}
    for before, after in pairwise(vessel.signs):
        # A clock that is trusted again jumps, and a full disk keeps what is to be written waiting.
        still_s = min(after.process_s - before.process_s, after.durable_s - before.durable_s)
        span_s = (before.durable_s, after.durable_s)
        excused = after.process_s in taken_up or _meets(vessel.hung_s, span_s)
        if still_s > TICK_S + SLACK_S and after.process_s <= until_s and not excused:
            yield f"nothing was durable for {still_s:.1f} s before {after.process_s:.1f} s"


def an_override_ends_with_its_owner(vessel: VesselEvidence) -> Iterator[str]:
    """Once a hand has given a setting back, or its time is over, its value is not seen again."""
    held = [
        (entry.data["setting"], entry.data["value"], _held_until_s(vessel, number, entry))
        for number, entry in enumerate(vessel.ledger)
        if entry.kind is Kind.OVERRIDDEN and isinstance(entry.data["value"], float)
    ]
    for setting, value, until_s in held:
        for row in vessel.readings:
            if row.signal == setting and row.value == value and row.process_s > until_s + SOON_S:
                yield (
                    f"{setting} is {value:g} at {row.process_s:.1f} s, "
                    f"which a hand gave back at {until_s:.1f} s"
                )


def only_revisions_in_force_are_taken(vessel: VesselEvidence) -> Iterator[str]:
    """A revision that somebody refused is taken by nobody, and none is gone back to."""
    before = 0
    for entry in vessel.ledger:
        if entry.kind not in (Kind.RUN_BEGAN, Kind.REVISED):
            continue
        number, plan_hash = entry.data["revision"], entry.data["plan_hash"]
        if vessel.revisions.get(number, ("", None))[0] != plan_hash:
            at_s = entry.process_s
            yield f"revision {number} was taken at {at_s:.1f} s, and never came into force"
        if number <= before:
            yield f"revision {number} was taken after {before}"
        before = number


def what_happens_starts_a_rule_once(vessel: VesselEvidence) -> Iterator[str]:
    """A button, a message, an end of a dose: each is taken up once, whatever happens meanwhile."""
    taken = Counter(
        (ActionKey.parse(entry.key).item, entry.data.get("start"), entry.data["event"])
        for entry in vessel.ledger
        if entry.kind is Kind.ITEM_BEGAN and entry.key and entry.data.get("event")
    )
    # Where no clock is trusted, no time passes between two restarts: they have one name.
    returned = Counter(
        f"power:{entry.process_s!r}" for entry in vessel.ledger if entry.kind is Kind.RECOVERED
    )
    for (rule, _, event), count in taken.items():
        if count > max(1, returned[event]):
            yield f"{rule} began {count} times on {event}"


def store_and_ledger_agree(vessel: VesselEvidence) -> Iterator[str]:
    """The leader's copy of the ledger is the worker's, word for word, and so is the run's state."""
    ours = [known(each) for each in vessel.ledger if each.kind is not Kind.TICK]
    theirs = [known(each) for each in vessel.stored]
    if ours != theirs:
        missing, extra = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
        yield (
            f"the ledger has {len(ours)} lines, the store {len(theirs)}; "
            f"missing {sorted(missing, key=str)[:3]}, too many {sorted(extra, key=str)[:3]}"
        )
    ended = [each.data["state"] for each in vessel.ledger if each.kind is Kind.RUN_ENDED]
    if len(ended) > 1:
        yield f"the run ended {len(ended)} times"
    state = vessel.run.state.value if vessel.run is not None else "not known"
    if ended and state != ended[0]:
        yield f"the run ended as {ended[0]}, the store says {state}"
    if vessel.ledger and not ended and state not in ("running", "paused"):
        yield f"the run goes on, the store says {state}"


def the_ledger_is_the_only_memory(vessel: VesselEvidence) -> Iterator[str]:
    """Read anew, the ledger says what the living process knows."""
    yield from vessel.forgotten


def time_never_runs_back(vessel: VesselEvidence) -> Iterator[str]:
    """Process time grows along the ledger, through every crash and every wrong clock."""
    for before, after in pairwise(vessel.ledger):
        if after.process_s < before.process_s:
            yield (
                f"{after.kind} at {after.process_s:.3f} s stands after "
                f"{before.kind} at {before.process_s:.3f} s"
            )


OfRoom = Callable[[Evidence], Iterator[str]]
OfVessel = Callable[[VesselEvidence], Iterator[str]]
ROOM: Final[tuple[OfRoom, ...]] = (
    no_service_ends_by_itself,
    what_is_wanted_is_reached_again,
    every_record_reaches_the_store,
    who_enters_together_waited_for_all,
    no_bottle_gives_more_than_it_holds,
)
VESSEL: Final[tuple[OfVessel, ...]] = (
    no_reading_is_lost_or_doubled,
    what_the_bench_measured_is_recorded,
    every_action_has_one_outcome,
    no_step_is_passed_over,
    no_dose_is_repeated,
    nothing_moves_without_an_entry,
    the_vessel_never_overflows,
    the_vessel_never_overheats,
    nothing_heats_what_is_too_hot,
    what_is_held_off_does_not_run,
    nothing_moves_after_an_emergency_stop,
    no_hour_brings_too_much_liquid,
    no_day_brings_too_much_liquid,
    nothing_written_is_lost,
    a_tick_is_durable_in_time,
    an_override_ends_with_its_owner,
    only_revisions_in_force_are_taken,
    what_happens_starts_a_rule_once,
    store_and_ledger_agree,
    the_ledger_is_the_only_memory,
    time_never_runs_back,
)


def _steps_of(slice_: Slice, key: ActionKey, *, began: bool) -> int:
    """How many steps an item has; none where it is no list of steps."""
    lists = {rule.item: rule.steps for rule in slice_.rules if began}
    for phase in slice_.phases:
        if key.visit.startswith(f"{phase.name}#"):
            own = {"do": phase.do, "on_enter": phase.on_enter, "on_leave": phase.on_leave}
            items = {item.item: item.steps for item in phase.items if not isinstance(item, MOVES)}
            rules = {rule.item: rule.steps for rule in phase.rules if began}
            lists |= rules | items | own
    return len(lists.get(key.item, ()))


def _reading(one: ReadingRecord | ReadingRow) -> tuple[str, float, float]:
    return one.signal, round(one.process_s, STORED_DIGITS), one.value


def _arrivals(vessel: VesselEvidence) -> Mapping[str, int]:
    """How often a vessel came to each phase that is entered together, or passed it."""
    came: dict[str, int] = {}
    for entry in vessel.ledger:
        if entry.kind is Kind.ARRIVED:
            came[entry.data["phase"]] = entry.data["arrival"]
        if entry.kind in (Kind.ARRIVED, Kind.PHASE_ENTERED):
            came |= entry.data.get("passed", {})
    return came


def _held_until_s(vessel: VesselEvidence, number: int, held: Entry) -> float:
    """When a hand's word was over, as far as a person or its own end says."""
    until_s: float = inf if held.data["until_s"] is None else held.data["until_s"]
    for entry in vessel.ledger[number + 1 :]:
        word = entry.kind in (Kind.RELEASED, Kind.OVERRIDDEN)
        if word and entry.data["setting"] == held.data["setting"]:
            return min(until_s, entry.process_s)
    return until_s


def _named(name: str, violations: Iterator[str]) -> list[str]:
    found = [f"{name.replace('_', ' ')}: {text}" for text in violations]
    if len(found) > SHOWN_MAX:
        more = f"{name.replace('_', ' ')}: and {len(found) - SHOWN_MAX} more"
        return [*found[:SHOWN_MAX], more]
    return found


def _accounted_ml(vessel: VesselEvidence, pump: str) -> tuple[float, float]:
    """The least and the most that a pump can have moved, by the ledger and its jams."""
    told = {each.key: each for each in vessel.ledger if each.kind is Kind.DOSE_RESOLVED}
    ends = {each.key: each for each in vessel.ledger if each.kind is Kind.DOSE_ENDED} | told
    least_ml = most_ml = 0.0
    for pumped in vessel.truth.pumped:
        if pumped.pump != pump:
            continue
        end = ends.get(pumped.run)
        counted_ml = pumped.volume_ml if end is None else float(end.data["volume_ml"])
        most_ml += counted_ml
        known = end is not None and end.data.get("outcome") != Outcome.UNKNOWN
        if known and not _jammed(vessel, pump, pumped.began_s, counted_ml):
            least_ml += counted_ml
    if pump == "waste_pump":  # below its tube it draws air
        least_ml = 0.0
    return least_ml, most_ml


def _jammed(vessel: VesselEvidence, pump: str, began_s: float, volume_ml: float) -> bool:
    ended_s = began_s + 60.0 * volume_ml / vessel.flows_ml_min[pump]
    return any(
        name == pump and from_s <= ended_s and began_s <= to_s
        for name, from_s, to_s in vessel.truth.jams
    )


def _too_much(vessel: VesselEvidence, span: str, span_s: float) -> Iterator[str]:
    """Where more flowed in than is allowed, of all spans that end when something flows."""
    limit_ml = vessel.slice.limits.get(f"dosing.per_{span}")
    if limit_ml is None:
        return
    fed, start = vessel.truth.fed, 0
    for at_s, total_ml in fed:
        while start + 1 < len(fed) and fed[start + 1][0] <= at_s - span_s:
            start += 1
        before_ml = _fed_by(fed[start : start + 2], at_s - span_s)
        if total_ml - before_ml > limit_ml + ROUNDING_ML:
            yield (
                f"{total_ml - before_ml:.3f} mL flowed in within the {span} before {at_s:.0f} s, "
                f"{limit_ml:g} mL are allowed"
            )


def _fed_by(around: list[tuple[float, float]], at_s: float) -> float:
    """How much had flowed in at a moment between two looks."""
    from_s, from_ml = around[0]
    if at_s <= from_s or len(around) < 2:
        return from_ml
    to_s, to_ml = around[1]
    return from_ml + (to_ml - from_ml) * (at_s - from_s) / (to_s - from_s)


def _meets(spans: Sequence[tuple[float, float]], other: tuple[float, float]) -> bool:
    return any(from_s <= other[1] and other[0] <= to_s for from_s, to_s in spans)


def _in(spans: Sequence[tuple[float, float]], at_s: float) -> bool:
    return any(from_s <= at_s <= to_s for from_s, to_s in spans)
