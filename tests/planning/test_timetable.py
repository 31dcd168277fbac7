"""What a plan does when, as far as that can be known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.model.expression import Variable
from orchestrator.model.key import utc_text
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import (
    AtStart,
    CronStart,
    EventStart,
    EveryStart,
    PhasePlan,
    Plan,
    RulePlan,
)
from orchestrator.planning.timetable import Row, timetable
from tests.support.plan_files import plan_file
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    START_WALL_S,
    Run,
    above,
    at,
    blank,
    choice,
    const,
    cron,
    dilute,
    every,
    phase,
    put,
    ramp,
    repeat,
    rule,
    sample,
    say,
    slice_of,
    step,
    wait,
    wait_until,
    when,
)


def plan_of(*phases: PhasePlan) -> Plan:
    return Plan(
        name="test",
        description="",
        tags=(),
        profile_hash="",
        timezone="UTC",
        inputs={},
        vessels=(slice_of(*phases, units={"stirring.target": "rpm"}),),
        charts=(),
    )


def of_rules(*rules: RulePlan, phases: Sequence[PhasePlan], **more: float) -> list[Row]:
    for_s = more.pop("for_s", DAY_S)
    slice_ = slice_of(*phases, rules=rules)
    plan = replace(plan_of(), vessels=(slice_,))
    return timetable(plan, START_WALL_S, for_s, {}, attempt="x1.1", **more)


def table(*phases: PhasePlan, for_s: float = DAY_S, **assume: float) -> list[Row]:
    return timetable(plan_of(*phases), START_WALL_S, for_s, assume, attempt="x1.1")


def brief(rows: Sequence[Row]) -> list[tuple[float | None, str]]:
    return [(row.time_s, row.action) for row in rows]


def test_rows_say_what_happens_when_where_and_why() -> None:
    rows = table(
        phase("hold", every("aerate", HOUR_S, put(stirring__target=800), count=1), duration_s=DAY_S)
    )
    row = rows[0]
    assert (row.time_s, row.wall, row.phase, row.phase_time_s, row.vessel) == (
        HOUR_S,
        "2025-01-06T09:00:00Z",
        "hold",
        HOUR_S,
        "control",
    )
    assert (row.action_id, row.action, row.detail) == (
        "x1.1:control:hold#1:aerate@3600:0",
        "set",
        "stirring.target 800 rpm",
    )
    assert (row.source.file, row.source.line, row.estimated) == ("profile.yaml", 1, False)


def test_the_timetable_is_what_execution_does() -> None:
    phases = (
        phase(
            "first",
            do=(put(a__b=1), wait(60.0), say("log", "on"), repeat(2, put(a__b=2), wait(5.0))),
        ),
        phase(
            "hold",
            ramp("stirring.target", 600, HOUR_S, 500),
            at("once", 90.0, put(a__b=3)),
            every(
                "aerate",
                4 * HOUR_S,
                put(stirring__target=800),
                wait(120.0),
                put(stirring__target=500),
            ),
            cron("daily", "30 9 * * *", say("log", "morning")),
            duration_s=DAY_S,
        ),
        phase("last", do=(say("note", "over"),)),
    )
    run = Run(*phases)
    run.to(3 * DAY_S)
    rows = table(*phases, for_s=3 * DAY_S)
    began = {e.key: e for e in run.of(Kind.ACTION_BEGAN)}
    lived = {e.key: began.get(e.key, e).process_s for e in run.of(Kind.ACTION_ENDED)}
    assert {row.action_id: row.time_s for row in rows} == lived
    assert all(row.wall == utc_text(START_WALL_S + (row.time_s or 0.0)) for row in rows)


def test_the_timetable_of_calls_and_of_for_each_is_what_execution_does() -> None:
    target = Variable("vars.target")
    wash = step(
        "call",
        sequence="wash",
        variables={"speed": const(700.0)},
        steps=(put(a__b=Variable("vars.speed")), wait(30.0), repeat(2, say("log", "x"), wait(5.0))),
    )
    phases = (
        phase(
            "first",
            do=(
                wash,
                step(
                    "repeat",
                    loop="for_each",
                    values=(const(10.0), const(20.0)),
                    variable="target",
                    steps=(put(a__b=target), step("wait", duration_s=target), wash),
                ),
                say("note", "over"),
            ),
        ),
        phase("last", do=(say("note", "all over"),)),
    )
    run = Run(*phases)
    run.to(HOUR_S)
    began = {e.key: e for e in run.of(Kind.ACTION_BEGAN)}
    lived = {e.key: began.get(e.key, e).process_s for e in run.of(Kind.ACTION_ENDED)}
    assert {row.action_id: row.time_s for row in table(*phases)} == lived
    assert {e.data["outcome"] for e in run.of(Kind.ACTION_ENDED)} == {"done"}


def test_after_an_open_ended_phase_no_time_is_known() -> None:
    rows = table(
        phase("batch", until=when(above("od600", 1.0))),
        phase("hold", at("once", 60.0, put(a__b=1)), duration_s=DAY_S),
    )
    assert [(r.time_s, r.wall, r.phase_time_s, r.estimated) for r in rows] == [
        (None, None, 60.0, False)
    ]


def test_an_assumed_length_fills_them_in_as_estimated() -> None:
    rows = table(
        phase("batch", until=when(above("od600", 1.0))),
        phase("hold", at("once", 60.0, put(a__b=1)), duration_s=DAY_S),
        batch=9 * HOUR_S,
    )
    assert [(r.time_s, r.estimated) for r in rows] == [(9 * HOUR_S + 60.0, True)]


def test_a_bounded_phase_is_not_assumed_longer_than_it_is() -> None:
    rows = table(
        phase("batch", until=when(above("od600", 1.0)), duration_s=HOUR_S),
        phase("hold", at("once", 60.0, put(a__b=1)), duration_s=DAY_S),
        batch=9 * HOUR_S,
    )
    assert rows[0].time_s == HOUR_S + 60.0


def test_after_a_question_nothing_is_known_unless_lengths_are_assumed() -> None:
    phases = (
        phase("first", do=(blank(), say("ask", "Ready?"), put(a__b=1))),
        phase("second", until=when(above("od600", 1.0))),
        phase("third", do=(put(a__b=1),)),
    )
    assert brief(table(*phases)) == [(0.0, "blank"), (0.0, "ask"), (None, "set"), (None, "set")]
    assert brief(table(*phases, second=60.0)) == [
        (0.0, "blank"),
        (0.0, "ask"),
        (600.0, "set"),
        (660.0, "set"),
    ]


def test_a_phase_that_ends_with_its_work_passes_its_length_on() -> None:
    rows = table(
        phase("first", at("late", 300.0, wait(60.0), put(a__b=1)), do=(wait(10.0),)),
        phase("second", do=(say("log", "now"),)),
    )
    assert brief(rows)[-1] == (360.0, "log")


def test_a_phase_with_an_endless_schedule_is_open_ended() -> None:
    rows = table(
        phase("first", every("again", 12 * HOUR_S, put(a__b=1))), phase("second", do=(blank(),))
    )
    assert brief(rows) == [(12 * HOUR_S, "set"), (None, "blank")]


def test_a_cron_entry_whose_phase_begins_nobody_knows_when_shows_its_next_times() -> None:
    rows = table(
        phase("batch", until=when(above("od600", 1.0))),
        phase("hold", cron("daily", "0 9 * * *", sample()), duration_s=DAY_S),
    )
    assert brief(rows) == [(None, "sample")]
    assert rows[0].detail == (
        "1 mL, Tube number, next 2025-01-06T09:00:00Z, 2025-01-07T09:00:00Z, 2025-01-08T09:00:00Z"
    )


def test_only_what_falls_into_the_time_asked_for_is_listed() -> None:
    rows = table(
        phase("hold", every("again", HOUR_S, put(a__b=1)), duration_s=DAY_S), for_s=3 * HOUR_S
    )
    assert brief(rows) == [(HOUR_S, "set"), (2 * HOUR_S, "set")]
    assert table(phase("a", duration_s=DAY_S), phase("b", do=(blank(),)), for_s=HOUR_S) == []


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (dilute(1.5), "1.5 mL with feed"),
        (wait(7200.0), "2 h"),
        (wait_until(above("od600", 1.0)), "od600 > 1"),
        (choice("if", (above("od600", 1.0), [blank()])), "if od600 > 1"),
        (step("go_to", phase="hold"), "hold"),
        (say("finish", "enough"), "enough"),
        (step("stop", job="dosing"), "dosing"),
        (put(stirring__target=above("od600", 1.0)), "stirring.target od600 > 1"),
    ],
)
def test_actions_are_told_in_words(steps: object, words: str) -> None:
    rows = table(phase("hold", do=(steps,), duration_s=60.0))  # type: ignore[arg-type]
    assert rows[0].detail == words


def test_parallel_branches_and_repeats_are_unrolled() -> None:
    rows = table(
        phase(
            "first",
            do=(
                choice("parallel", (None, [wait(10.0)]), (None, [wait(20.0), put(a__b=1)])),
                repeat(2, blank()),
            ),
        )
    )
    assert [(row.time_s, row.action_id.rpartition(":")[2]) for row in rows] == [
        (0.0, "0"),
        (0.0, "0.0.0"),
        (0.0, "0.1.0"),
        (20.0, "0.1.1"),
        (20.0, "1"),
        (20.0, "1[1].0"),
        (20.0, "1[2].0"),
    ]


def test_the_canonical_profile_samples_daily_over_the_dst_night(canonical_profile: Path) -> None:
    start = datetime(2025, 3, 25, 8, tzinfo=UTC).timestamp()
    rows = timetable(plan_file(canonical_profile), start, 14 * DAY_S, {"batch": 9 * HOUR_S})
    walls = [row.wall for row in rows if row.action == "sample" and row.vessel == "control"]
    assert walls[:7] == [
        "2025-03-26T08:00:00Z",
        "2025-03-27T08:00:00Z",
        "2025-03-28T08:00:00Z",
        "2025-03-29T08:00:00Z",
        "2025-03-30T07:00:00Z",
        "2025-03-31T07:00:00Z",
        "2025-04-01T07:00:00Z",
    ]
    assert len(walls) == 10
    assert len([row for row in rows if row.action == "ramp"]) == 1


SAY = say("log", "x")


def test_what_rules_start_by_the_clock_is_in_the_table_and_belongs_to_no_phase() -> None:
    phases = [phase("first", duration_s=HOUR_S), phase("second", duration_s=2 * HOUR_S)]
    rows = of_rules(
        rule("often", EveryStart(every_s=HOUR_S), SAY, wait(60.0), if_=above("od600", 1.0)),
        rule("pressed", EventStart(event="button", name="go"), SAY),
        rule("daily", CronStart(cron="30 9 * * *", timezone="UTC"), SAY),
        phases=phases,
    )
    assert [(row.time_s, row.phase, row.action_id) for row in rows if row.action == "log"] == [
        (HOUR_S, "", "x1.1:control:*:often@+3600:0"),
        (1.5 * HOUR_S, "", "x1.1:control:*:daily@2025-01-06T09:30:00Z:0"),
        (2 * HOUR_S, "", "x1.1:control:*:often@+7200:0"),
        (3 * HOUR_S, "", "x1.1:control:*:often@+10800:0"),
    ]
    assert rows[0].detail == "x, if od600 > 1"
    assert rows[1].time_s == HOUR_S


def test_rules_go_on_where_nobody_knows_how_long_a_phase_lasts() -> None:
    phases = [phase("open", until=when(above("od600", 1.0)))]
    rows = of_rules(rule("often", EveryStart(every_s=HOUR_S, count=2), SAY), phases=phases)
    assert brief(rows) == [(HOUR_S, "log"), (2 * HOUR_S, "log")]


def test_a_table_that_begins_later_counts_from_there() -> None:
    phases = [phase("hold", duration_s=DAY_S)]
    rules = [
        rule("often", EveryStart(every_s=HOUR_S, count=4), SAY),
        rule("gone", AtStart(at_s=60.0), SAY),
    ]
    rows = of_rules(*rules, phases=phases, since_s=2.5 * HOUR_S, for_s=DAY_S)
    assert brief(rows) == [(0.5 * HOUR_S, "log"), (1.5 * HOUR_S, "log")]
    assert rows[0].action_id == "x1.1:control:*:often@+10800:0"


def test_a_run_does_what_the_table_of_its_rules_says() -> None:
    phases = [phase("hold", duration_s=3 * HOUR_S)]
    rules = [
        rule("often", EveryStart(every_s=HOUR_S, from_s=0.0), SAY, also=[AtStart(at_s=100.0)]),
        rule("cron", CronStart(cron="*/45 * * * *", timezone="UTC"), SAY),
    ]
    run = Run(*phases, rules=rules)
    run.to(4 * HOUR_S)
    done = sorted(entry.key or "" for entry in run.of(Kind.NOTE))
    assert done == sorted(row.action_id for row in of_rules(*rules, phases=phases))
