"""Each invariant says nothing of a sound vessel, and notices its own violation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.faults import invariants
from orchestrator.faults.bench import Pumped, Sample, Truth
from orchestrator.faults.disk import Sign
from orchestrator.faults.evidence import Evidence, VesselEvidence
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import PhasePlan, Slice, Source, StepPlan
from orchestrator.ports.records import LedgerLine, OutboxRecord, ReadingRow, Run

RUN, DOSE = "1.1:a", "1.1:a:*:hand@1/in"
MOVE = {"pump": "feed_pump", "medium": "feed", "direction": "in", "volume_ml": 2.0}


AT = Source(file="a.yaml", line=1)
PHASE = PhasePlan(name="p", source=AT, do=(StepPlan(op="note", source=AT),))


SLICE = Slice(
    vessel="a",
    volume_ml=15.0,
    media=(),
    jobs={},
    phases=(PHASE,),
    rules=(),
    limits={
        "dosing.per_hour": 3.0,
        "dosing.per_day": 5.0,
        "dosing.vessel_maximum": 18.0,
        "temperature.maximum": 40.0,
    },
)


def entry(kind: Kind, at_s: float, key: str | None = None, **data: Any) -> Entry:
    return Entry(kind=kind, process_s=at_s, wall_s=None, key=key, data=data)


LEDGER = (
    entry(Kind.RUN_BEGAN, 0.0, revision=1, plan_hash="p1"),
    entry(Kind.ACTION_BEGAN, 1.0, "step"),
    entry(Kind.DOSE_BEGAN, 2.0, DOSE, **MOVE),
    entry(Kind.DOSE_ENDED, 22.0, DOSE, **MOVE, outcome="done"),
    entry(Kind.ACTION_ENDED, 23.0, "step", outcome="done"),
)


def line(number: int, each: Entry) -> LedgerLine:
    return LedgerLine(
        number=number,
        run=RUN,
        revision=1,
        kind=each.kind.value,
        process_s=each.process_s,
        wall_s=None,
        key=each.key,
        data=each.data,
    )


def row(signal: str, at_s: float, value: float) -> ReadingRow:
    return ReadingRow(
        process_s=at_s,
        wall_s=None,
        vessel="a",
        signal=signal,
        value=value,
        attempt="1.1",
        revision=1,
        worker="w1",
        outbox="o",
        number=1,
        calibration="",
    )


def truth() -> Truth:
    return Truth(
        samples=[Sample(5.0, "photodiode", 0.11)],
        pumped=[Pumped(DOSE, "feed_pump", 2.0, 2.0)],
        volume_ml_max=17.0,
        temperature_c_max=30.0,
        fed=[(0.0, 0.0), (2.0, 0.0), (22.0, 2.0)],
    )


def vessel(**other: Any) -> VesselEvidence:
    sound = VesselEvidence(
        slice=SLICE,
        truth=truth(),
        moved_ml={"feed_pump": 2.0, "waste_pump": 0.0},
        flows_ml_min={"feed_pump": 6.0, "waste_pump": 6.0},
        capacity_ml=20.0,
        ledger=LEDGER,
        written=[LEDGER],
        revisions={1: ("p1", SLICE)},
        stored=[line(number, each) for number, each in enumerate(LEDGER, start=1)],
        durable=[ReadingRecord(RUN, 1, "od_reading.raw", 5.0, None, 0.11)],
        readings=[row("od_reading.raw", 5.0, 0.11)],
        run=Run(
            run=RUN,
            experiment="1",
            attempt="1.1",
            vessel="a",
            binding=None,
            revision=1,
            answer="accepted",
            state=State.RUNNING,
        ),
        forgotten=[],
        signs=[Sign(RUN, 0.0, 0.0), Sign(RUN, 23.0, 23.0)],
        hung_s=[],
        losses_s=[],
    )
    return replace(sound, **other)


def with_truth(**other: Any) -> VesselEvidence:
    return vessel(truth=replace(truth(), **other))


def with_more(*more: Entry) -> VesselEvidence:
    ledger = (*LEDGER, *more)
    stored = [line(n, each) for n, each in enumerate(ledger, start=1)]
    return vessel(ledger=ledger, written=[ledger], stored=stored)


ROOM = Evidence(
    vessels=[vessel()],
    outboxes=[
        (
            5,
            OutboxRecord(
                outbox="o", worker="w1", ranges=[(1, 5)], readings=1, entries=4, doubled=0
            ),
        )
    ],
    breakdowns=[],
    unsettled=[],
    miscounted=[],
    drained=True,
)


def test_a_sound_room_breaks_nothing() -> None:
    assert invariants.check(ROOM) == []


BROKEN: dict[str, VesselEvidence] = {
    "no_reading_is_lost_or_doubled": vessel(readings=[row("od_reading.raw", 5.0, 0.11)] * 2),
    "what_the_bench_measured_is_recorded": vessel(readings=[], durable=[]),
    "every_action_has_one_outcome": with_more(
        entry(Kind.ACTION_ENDED, 24.0, "step", outcome="failed")
    ),
    "no_step_is_passed_over": with_more(
        entry(Kind.ITEM_ENDED, 24.0, "1.1:a:p#1:do@0", outcome="done")
    ),
    "no_dose_is_repeated": with_truth(pumped=[Pumped(DOSE, "feed_pump", 2.0, 2.0)] * 2),
    "nothing_moves_without_an_entry": with_truth(pumped=[Pumped("x", "feed_pump", 2.0, 2.0)]),
    "the_vessel_never_overflows": with_truth(volume_ml_max=18.1),
    "the_vessel_never_overheats": with_truth(temperature_c_max=41.5),
    "no_hour_brings_too_much_liquid": with_truth(fed=[(0.0, 0.0), (1800.0, 1.5), (3700.0, 3.2)]),
    "no_day_brings_too_much_liquid": with_truth(
        fed=[(9000.0, 0.0), (9600.0, 2.6), (86000.0, 2.6), (89000.0, 5.1)]
    ),
    "nothing_heats_what_is_too_hot": with_truth(heated_too_hot=[(5.0, 41.0)]),
    "nothing_moves_after_an_emergency_stop": with_truth(moved_at_rest=[(5.0, "stirrer")]),
    "what_is_held_off_does_not_run": vessel(
        truth=Truth(ran_against=[(60.0, "heater", "it may be on only while stirrer is on")])
    ),
    "nothing_written_is_lost": vessel(written=[(*LEDGER, entry(Kind.NOTE, 24.0))]),
    "a_tick_is_durable_in_time": vessel(signs=[Sign(RUN, 0.0, 0.0), Sign(RUN, 60.0, 60.0)]),
    "an_override_ends_with_its_owner": replace(
        with_more(
            entry(Kind.OVERRIDDEN, 30.0, setting="stirring.target", value=510.5, until_s=None),
            entry(Kind.RELEASED, 40.0, setting="stirring.target"),
        ),
        readings=[row("stirring.target", 35.0, 510.5), row("stirring.target", 50.0, 510.5)],
    ),
    "only_revisions_in_force_are_taken": with_more(
        entry(Kind.REVISED, 24.0, revision=2, plan_hash="refused")
    ),
    "what_happens_starts_a_rule_once": with_more(
        *(entry(Kind.ITEM_BEGAN, 24.0, f"1.1:a:*:rinse@{n}", event="x", start="s") for n in (1, 2))
    ),
    "store_and_ledger_agree": vessel(stored=[]),
    "the_ledger_is_the_only_memory": vessel(forgotten=["the volume is 15, and would be 14"]),
    "time_never_runs_back": with_more(entry(Kind.NOTE, 3.0)),
}


def test_there_is_a_violation_here_for_each_invariant() -> None:
    assert set(BROKEN) == {each.__name__ for each in invariants.VESSEL}


@pytest.mark.parametrize("name", BROKEN)
def test_an_invariant_notices_its_violation(name: str) -> None:
    told = list(getattr(invariants, name)(BROKEN[name]))
    assert told
    assert list(getattr(invariants, name)(vessel())) == []


WRONG = replace(LEDGER[3], data={**LEDGER[3].data, "volume_ml": 1.5})


def test_a_day_that_has_slid_on_has_room_again() -> None:
    fed = [(9000.0, 0.0), (9600.0, 2.6), (95500.0, 2.6), (98000.0, 5.1)]
    assert list(invariants.no_day_brings_too_much_liquid(with_truth(fed=fed))) == []


def test_what_an_entry_says_is_compared_and_not_only_that_it_is_there() -> None:
    """A dose that ended at the same moment under the same key with another volume."""
    lines = [*LEDGER[:3], WRONG, LEDGER[4]]
    stored = [line(number, each) for number, each in enumerate(lines, start=1)]
    [told] = invariants.store_and_ledger_agree(vessel(stored=stored))
    assert '"volume_ml":2.0' in told
    assert '"volume_ml":1.5' in told
    told, *_ = invariants.nothing_written_is_lost(vessel(written=[lines]))
    assert told == "dose_ended at 22.000 s was written and is gone"


def test_of_a_process_that_died_the_newest_may_be_missing_and_nothing_older() -> None:
    *most, newest = LEDGER
    again = entry(Kind.RECOVERED, 30.0)
    after = vessel(ledger=[*most, again], written=[LEDGER, [again]])
    assert list(invariants.nothing_written_is_lost(after)) == []
    rest = LEDGER[1:]
    [told] = invariants.nothing_written_is_lost(
        vessel(ledger=[*rest, again], written=[LEDGER, [again]])
    )
    assert told == "run_began at 0.000 s was written and is gone"
    [told] = invariants.nothing_written_is_lost(vessel(ledger=LEDGER, written=[most]))
    assert told == f"{newest.kind} at 23.000 s stands there, and nobody wrote it"


def test_two_processes_that_began_with_the_same_words_are_told_apart_by_what_came_after() -> None:
    """Found by seed 20261128112: two of them stood one after the other on a full disk, without a
    clock to trust, and only the second's words were kept."""
    back = entry(Kind.RECOVERED, 30.0)
    of_first, of_second = entry(Kind.JOB, 31.0), entry(Kind.JOB, 32.0)
    written = [LEDGER, [back, of_first], [back, of_second]]
    told = invariants.nothing_written_is_lost
    assert list(told(vessel(ledger=[*LEDGER, back, of_second], written=written))) == []
    assert list(told(vessel(ledger=[*LEDGER, back, back, of_second], written=written))) == []
    assert list(told(vessel(ledger=[*LEDGER, back], written=written)))
    assert list(told(vessel(ledger=[*LEDGER, back, of_first], written=written)))
    assert list(told(vessel(ledger=[*LEDGER[1:], back, of_second], written=written)))


KEPT = [kind for kind in Kind if kind is not Kind.TICK]


@pytest.mark.parametrize("kind", KEPT)
def test_a_missing_entry_of_any_kind_is_noticed(kind: Kind) -> None:
    """Of ticks only the newest is kept."""
    written = [entry(each, float(number)) for number, each in enumerate(KEPT)]
    ledger = [each for each in written if each.kind is not kind]
    [told] = invariants.nothing_written_is_lost(vessel(ledger=ledger, written=[written]))
    assert told.startswith(f"{kind.value} at ")


@pytest.mark.parametrize(
    "excused",
    [
        {"hung_s": [(20.0, 50.0)]},
        {"signs": [Sign(RUN, 0.0, 0.0), Sign(RUN, 7200.0, 30.0)]},
        {"signs": [Sign(RUN, 0.0, 0.0), Sign(RUN, 30.0, 600.0)]},
        {"ledger": [*LEDGER, entry(Kind.RECOVERED, 60.0)]},
        {"ledger": [*LEDGER, entry(Kind.RUN_ENDED, 30.0, state="completed")]},
    ],
    ids=["it hung", "the clock jumped", "the disk was full", "it was down", "it was over"],
)
def test_no_tick_is_owed_by_who_cannot_write_one(excused: dict[str, Any]) -> None:
    late = {"signs": [Sign(RUN, 0.0, 0.0), Sign(RUN, 60.0, 60.0)]} | excused
    assert list(invariants.a_tick_is_durable_in_time(vessel(**late))) == []


def test_a_hand_that_took_the_setting_anew_may_be_seen() -> None:
    held = {"setting": "stirring.target", "value": 510.5, "until_s": 40.0}
    seen = replace(
        with_more(entry(Kind.OVERRIDDEN, 30.0, **held)),
        readings=[row("stirring.target", 40.5, 510.5)],
    )
    assert list(invariants.an_override_ends_with_its_owner(seen)) == []


def together(**other: VesselEvidence) -> Evidence:
    came = entry(Kind.ARRIVED, 30.0, phase="p", arrival=1, awaits=["b"], passed={})
    entered = entry(Kind.PHASE_ENTERED, 31.0, phase="p", visit=1)
    peers = [replace(each, slice=replace(SLICE, vessel=name)) for name, each in other.items()]
    return replace(ROOM, vessels=[with_more(came, entered), *peers])


def test_a_barrier_is_left_by_all_or_in_spite_of_somebody() -> None:
    arrived = with_more(entry(Kind.ARRIVED, 40.0, phase="p", arrival=1, awaits=["a"], passed={}))
    ended = with_more(entry(Kind.RUN_ENDED, 40.0, state="failed", reason=""))
    law = invariants.who_enters_together_waited_for_all
    assert list(law(together(b=arrived))) == list(law(together(b=ended))) == []
    assert list(law(together(b=vessel()))) == ["a entered p, and b never came to it"]


def test_what_was_measured_a_moment_before_a_crash_may_be_lost() -> None:
    lost = vessel(readings=[], durable=[], losses_s=[(4.5, 5.5)])
    assert list(invariants.what_the_bench_measured_is_recorded(lost)) == []


def test_the_glass_and_the_ledger_must_agree_on_what_was_pumped() -> None:
    moved = {"feed_pump": 2.5, "waste_pump": 0.0}
    [told] = invariants.no_dose_is_repeated(vessel(moved_ml=moved))
    assert "moved 2.5000 mL, the ledger says 2.0000 to 2.0000 mL" in told


def test_of_an_unknown_dose_any_part_may_have_been_pumped() -> None:
    ended = replace(LEDGER[3], data={**MOVE, "outcome": "unknown"})
    ledger = [*LEDGER[:3], ended, LEDGER[4]]
    for moved_ml in (0.0, 1.3, 2.0):
        moved = {"feed_pump": moved_ml, "waste_pump": 0.0}
        assert list(invariants.no_dose_is_repeated(vessel(ledger=ledger, moved_ml=moved))) == []
    moved = {"feed_pump": 2.1, "waste_pump": 0.0}
    assert list(invariants.no_dose_is_repeated(vessel(ledger=ledger, moved_ml=moved)))


@pytest.mark.parametrize(
    "other",
    [
        {"breakdowns": ["w1 ended by itself"]},
        {"unsettled": ["left: temperature is lost"]},
        {"miscounted": ["a knows of 3 mL in the feed bottle, by the ledgers there are 2 mL"]},
        {"drained": False},
        {"outboxes": [(6, ROOM.outboxes[0][1])]},
        {"outboxes": [(1, None)]},
    ],
)
def test_the_room_is_looked_at_too(other: dict[str, Any]) -> None:
    assert len(invariants.check(replace(ROOM, **other))) == 1


def test_many_violations_of_one_kind_are_counted_and_not_listed() -> None:
    rows = [row("od600", float(number), 0.1) for number in range(100)]
    told = invariants.check(replace(ROOM, vessels=[vessel(readings=[*vessel().readings, *rows])]))
    assert len(told) == invariants.SHOWN_MAX + 1
    assert told[-1].endswith("and 95 more")
