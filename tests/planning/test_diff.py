"""What another profile would change, for vessels that are somewhere in the first one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.planning.diff import diff
from orchestrator.planning.difference import Difference, Part
from orchestrator.planning.rest import Position
from tests.support.plan_files import plan_of, small
from tests.support.plans import DAY_S, HOUR_S, START_WALL_S

PHASES = """\
phases:
  - name: grow
    duration: 2 d
    schedule:
      - {name: early, at: 1 h, do: [{log: early}]}
      - {name: warm, ramp: temperature.target, from: 30 °C, to: 40 °C, over: 10 h}
      - {name: aerate, every: 4 h, do: [{set: {stirring.target: 800 rpm}}]}
  - name: rest
    duration: 1 d
"""


def position(phase: str = "grow", phase_s: float = 5 * HOUR_S, vessel: str = "one") -> Position:
    before_s = 0.0 if phase == "grow" else 2 * DAY_S
    return Position(
        vessel=vessel, phase=phase, visit=1, phase_s=phase_s, elapsed_s=before_s + phase_s
    )


def difference(
    *changes: tuple[str, str], at: Position | None = None, rest: str = PHASES
) -> Difference:
    """What some replacements in the text change, for vessel `one` alone."""
    text = small(rest)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    at = at or position()
    return diff(plan_of(small(rest)), plan_of(text), [at], START_WALL_S + at.elapsed_s)


def changed(found: Difference) -> list[tuple[str, str, str, str, bool]]:
    return [
        (part.phase, part.kind, part.name, part.change, part.past)
        for part in found.changed()
        if part.vessel == "one"
    ]


def part(found: Difference, name: str) -> Part:
    return next(each for each in found.parts if each.vessel == "one" and each.name == name)


def jumps(found: Difference) -> dict[str, tuple[object, object]]:
    return {each.name: (each.before, each.after) for each in found.jumps}


def test_nothing_changes_between_a_profile_and_its_formatting() -> None:
    """Comments and places in the file are not what a profile does."""
    found = difference(("phases:", "# two phases\n\nphases:"))
    assert changed(found) == []
    assert found.jumps == ()
    assert {each.change for each in found.parts} == {"unchanged"}
    assert {each.name for each in found.parts if each.kind == "item"} == {"early", "warm", "aerate"}


def test_a_named_item_that_does_something_else_is_changed_and_says_what() -> None:
    found = difference(("every: 4 h", "every: 3 h"))
    assert changed(found) == [("grow", "item", "aerate", "changed", False)]
    aerate = part(found, "aerate")
    assert aerate.before == "every 4 h: set stirring.target 800 rpm"
    assert aerate.after == "every 3 h: set stirring.target 800 rpm"


def test_an_unnamed_item_that_is_edited_is_another() -> None:
    """SEMANTICS rule 2: without a name an item is what it does."""
    found = difference(
        ("name: aerate, every: 4 h", "every: 3 h"),
        rest=PHASES,
    )
    kinds = [(kind, change) for _, kind, _, change, _ in changed(found)]
    assert kinds == [("item", "removed"), ("item", "new")]


def test_what_has_no_moment_left_is_past() -> None:
    """An entry of a phase's second hour does not come again in its sixth."""
    found = difference(("{log: early}", "{log: late}"))
    assert changed(found) == [("grow", "item", "early", "changed", True)]


def test_what_still_has_its_moment_is_not_past() -> None:
    found = difference(("{log: early}", "{log: late}"), at=position(phase_s=60.0))
    assert changed(found) == [("grow", "item", "early", "changed", False)]


def test_all_of_a_phase_that_was_left_is_past() -> None:
    found = difference(
        ("every: 4 h", "every: 3 h"), ("2 d", "3 d"), at=position("rest", phase_s=HOUR_S)
    )
    assert changed(found) == [
        ("grow", "setting", "duration", "changed", True),
        ("grow", "item", "aerate", "changed", True),
    ]
    assert found.jumps == ()


def test_a_phase_that_a_loop_leads_back_to_is_not_past() -> None:
    inner = PHASES.removeprefix("phases:\n").replace("\n", "\n    ").rstrip(" ")
    looped = f"phases:\n  - repeat:\n      count: 3\n      phases:\n    {inner}"
    found = difference(
        ("every: 4 h", "every: 3 h"), at=position("rest", phase_s=HOUR_S), rest=looped
    )
    assert changed(found) == [("grow", "item", "aerate", "changed", False)]


def test_a_changed_ramp_jumps_to_where_it_would_be_from_its_original_start() -> None:
    """SEMANTICS rule 18: half way through 10 h it is at 35 °C; of 5 h it would be through."""
    found = difference(("over: 10 h", "over: 5 h"))
    now, then = jumps(found)["temperature.target"]
    assert now == pytest.approx(35.0, abs=0.1)
    assert then == pytest.approx(40.0, abs=0.1)
    assert list(jumps(found)) == ["temperature.target"]
    assert found.jumps[0].unit == "°C"


def test_a_job_that_begins_or_ends_at_once_jumps() -> None:
    reading = "  od_reading: {interval: 5 s}\n"
    assert jumps(difference((reading, ""))) == {"od_reading": ("on", "off")}
    assert jumps(difference((reading, f"{reading}  growth_rate: {{}}\n"))) == {
        "growth_rate": ("off", "on")
    }


def test_what_an_item_wrote_hides_what_the_job_says() -> None:
    """After four hours `aerate` has set the stirrer, so another speed of the job does not show."""
    change = ("default: 500 rpm", "default: 600 rpm")
    assert jumps(difference(change)) == {}
    assert jumps(difference(change, at=position(phase_s=HOUR_S))) == {
        "stirring.target": (500.0, 600.0)
    }


def test_a_phase_that_is_over_sooner_is_followed_by_what_comes_next() -> None:
    """Five hours in, a phase of three hours is over, and the ramp with it."""
    found = difference(("duration: 2 d", "duration: 3 h"))
    now, then = jumps(found)["temperature.target"]
    assert (now, then) == (pytest.approx(35.0, abs=0.1), 30.0)
    assert jumps(found)["stirring.target"] == (800.0, 500.0)


def test_a_vessel_whose_phase_is_gone_is_told_of() -> None:
    found = difference(("name: grow", "name: expand"))
    assert [(each.vessel, each.phase, each.removed) for each in found.stands] == [
        ("one", "grow", True)
    ]
    phases = [(name, change) for _, kind, name, change, _ in changed(found) if kind == "phase"]
    assert phases == [("grow", "removed"), ("expand", "new")]
    assert found.jumps == ()


def test_rules_jobs_limits_and_inputs_are_compared() -> None:
    rest = PHASES + (
        "rules:\n  - {name: dense, when: '{{ od600 > 1 }}', do: [{log: dense}]}\n"
        "limits:\n  temperature: {maximum: 45 °C}\n"
    )
    found = difference(
        ("od600 > 1", "od600 > 2"),
        ("maximum: 45 °C", "maximum: 44 °C"),
        ("interval: 5 s", "interval: 10 s"),
        rest=rest,
    )
    assert [(kind, name) for _, kind, name, _, _ in changed(found)] == [
        ("limit", "temperature.maximum"),
        ("job", "od_reading"),
        ("rule", "dense"),
    ]
    reading = part(found, "od_reading")
    assert (reading.before, reading.after) == ("interval 5 s", "interval 10 s")
    assert jumps(found) == {"od_reading.interval": (5.0, 10.0)}


def test_what_comes_next_is_by_the_new_plan_and_on_the_experiments_clock() -> None:
    found = difference(("every: 4 h", "every: 3 h"))
    assert found.coming[0].time_s == 6 * HOUR_S
    assert found.coming[0].action_id == "plan:one:grow#1:aerate@21600:0"


def test_the_hash_stays_while_somebody_reads_and_goes_when_the_plan_moved_on() -> None:
    """Clocks and ramps go on; a phase entered or a moment passed is another difference."""
    change = ("over: 10 h", "over: 5 h")
    first = difference(change).hash
    assert difference(change, at=position(phase_s=5 * HOUR_S + 60.0)).hash == first
    assert difference(change, at=position("rest", phase_s=0.0)).hash != first
    assert difference(("over: 10 h", "over: 6 h")).hash != first
    early = ("{log: early}", "{log: late}")
    assert (
        difference(early, at=position(phase_s=60.0)).hash
        != difference(early, at=position(phase_s=2 * HOUR_S)).hash
    )


@given(phase_s=st.floats(0.0, 2 * DAY_S - 1.0), hours=st.integers(1, 30))
def test_a_plan_does_not_differ_from_itself_wherever_a_vessel_is(
    phase_s: float, hours: int
) -> None:
    text = small(PHASES.replace("every: 4 h", f"every: {hours} h"))
    found = diff(plan_of(text), plan_of(text), [position(phase_s=phase_s)], START_WALL_S + phase_s)
    assert [*found.changed()] == []
    assert found.jumps == ()
