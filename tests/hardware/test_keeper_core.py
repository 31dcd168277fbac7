"""SEMANTICS rule 4, as far as it is a matter of deciding."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.hardware.keeper.core import (
    ENDED_MAX,
    PATIENCE_S,
    RESTART_GRACE_S,
    Core,
    Effect,
    Refused,
    RunEnd,
    Switch,
)


def core() -> Core:
    keeper = Core(["stirrer", "heater"], ["feed", "waste"])
    keeper.beat(0.0)
    return keeper


def ends(effects: list[Effect]) -> list[RunEnd]:
    return [each for each in effects if isinstance(each, RunEnd)]


def off(effects: list[Effect]) -> set[str]:
    return {each.output for each in effects if isinstance(each, Switch) and each.duty == 0.0}


def test_a_pump_is_turned_off_at_its_moment() -> None:
    keeper = core()
    assert keeper.begin_run("a", "feed", 0.5, 0.2) == [Switch("feed", 1.0, 0.5)]
    assert keeper.next_due_s == pytest.approx(0.7)
    assert keeper.due(0.69) == []
    effects = keeper.due(0.7)
    assert off(effects) == {"feed"}
    assert ends(effects) == [RunEnd(run="a", pump="feed", on_s=0.5, for_s=0.5)]
    assert keeper.due(0.71) == []


def test_one_second_after_the_last_heartbeat_everything_goes_off() -> None:
    keeper = core()
    keeper.drive("stirrer", 0.5, 0.0)
    keeper.begin_run("a", "feed", 60.0, 0.0)
    keeper.beat(0.25)
    assert keeper.due(0.25 + PATIENCE_S - 0.01) == []
    assert keeper.next_due_s == 0.25 + PATIENCE_S
    effects = keeper.due(0.25 + PATIENCE_S)
    assert off(effects) == {"stirrer", "heater", "feed", "waste"}
    (ended,) = ends(effects)
    assert not ended.complete
    assert ended.on_s == pytest.approx(1.25)
    assert keeper.next_due_s == inf


def test_a_planned_restart_stops_the_pumps_and_keeps_stirring_and_heat_for_a_while() -> None:
    keeper = core()
    keeper.drive("stirrer", 0.5, 0.0)
    keeper.begin_run("a", "feed", 60.0, 0.0)
    effects = keeper.prepare_restart(0.1)
    assert off(effects) == {"feed"}
    assert keeper.due(0.1 + RESTART_GRACE_S - 0.1) == []
    assert keeper.duties["stirrer"] == 0.5
    assert "stirrer" in off(keeper.due(0.1 + RESTART_GRACE_S))


def test_a_worker_that_is_back_in_time_finds_everything_on() -> None:
    keeper = core()
    keeper.drive("heater", 0.3, 0.0)
    keeper.prepare_restart(0.1)
    keeper.beat(8.0)
    assert keeper.due(8.5) == []
    assert keeper.duties["heater"] == 0.3


@pytest.mark.parametrize("ended_first", [True, False])
def test_the_same_run_is_never_begun_twice(ended_first: bool) -> None:
    keeper = core()
    keeper.begin_run("a", "feed", 0.5, 0.0)
    if ended_first:
        keeper.due(0.5)
    with pytest.raises(Refused, match="begun before"):
        keeper.begin_run("a", "waste", 0.5, 0.6)


def test_an_ended_run_is_remembered_with_the_time_that_it_turned() -> None:
    keeper = core()
    keeper.begin_run("a", "feed", 2.0, 0.0)
    assert keeper.is_turning("a")
    keeper.stop_pumps(0.5, "somebody said so")
    ended = keeper.ended_run("a")
    assert ended is not None
    assert (ended.on_s, ended.reason) == (0.5, "somebody said so")


def test_what_is_remembered_is_bounded() -> None:
    keeper = core()
    for number in range(ENDED_MAX + 10):
        keeper.begin_run(str(number), "feed", 0.1, float(number))
        keeper.due(number + 0.1)
    assert keeper.ended_run("0") is None
    assert keeper.ended_run(str(ENDED_MAX + 9)) is not None


@pytest.mark.parametrize(
    ("output", "duty"), [("feed", 0.5), ("laser", 0.5), ("heater", 1.1), ("heater", float("nan"))]
)
def test_what_makes_no_sense_is_refused(output: str, duty: float) -> None:
    with pytest.raises(Refused):
        core().drive(output, duty, 0.0)


@pytest.mark.parametrize("for_s", [0.0, -1.0, inf, float("nan")])
def test_a_pump_without_an_end_is_refused(for_s: float) -> None:
    with pytest.raises(Refused):
        core().begin_run("a", "feed", for_s, 0.0)


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["beat", "begin", "drive", "stop", "restart", "safe"]),
            some.floats(0.001, 2.0),
            some.floats(0.01, 5.0),
        )
    )
)
def test_no_pump_turns_longer_than_it_was_asked_to(
    story: list[tuple[str, float, float]],
) -> None:
    keeper, now_s, on_since, longest = core(), 0.0, dict[str, float](), dict[str, float]()

    def apply(effects: list[Effect], at_s: float) -> None:
        for each in effects:
            if isinstance(each, Switch) and each.output == "feed":
                if each.duty > 0.0:
                    on_since["feed"], longest["feed"] = at_s, each.for_s or 0.0
                elif "feed" in on_since:
                    assert at_s - on_since.pop("feed") <= longest["feed"] + 1e-9

    for number, (what, gap_s, amount) in enumerate(story):
        until_s = now_s + gap_s
        while keeper.next_due_s <= until_s:
            now_s = max(now_s, keeper.next_due_s)
            apply(keeper.due(now_s), now_s)
        now_s = until_s
        match what:
            case "beat":
                keeper.beat(now_s)
            case "begin":
                try:
                    apply(keeper.begin_run(str(number), "feed", amount, now_s), now_s)
                except Refused:
                    assert "feed" in on_since
            case "drive":
                keeper.drive("heater", min(amount, 1.0), now_s)
            case "stop":
                apply(keeper.stop_pumps(now_s, "stopped"), now_s)
            case "restart":
                apply(keeper.prepare_restart(now_s), now_s)
            case "safe":
                apply(keeper.all_off(now_s, "safe"), now_s)
    while (next_s := keeper.next_due_s) < inf:
        apply(keeper.due(next_s), next_s)
    assert not on_since


def test_rule_19_what_is_held_off_stays_off_until_it_is_let_go() -> None:
    core = Core(["heater", "stirrer"], ["feed_pump"])
    core.drive("heater", 0.5, 0.0)
    core.begin_run("dose", "feed_pump", 10.0, 0.0)
    effects = core.hold(1.0, "emergency stop by ada")
    assert {each.duty for each in effects if isinstance(each, Switch)} == {0.0}
    [ended] = [each for each in effects if isinstance(each, RunEnd)]
    assert (ended.on_s, ended.reason) == (1.0, "emergency stop by ada")
    assert core.drive("heater", 0.5, 2.0) == [Switch("heater", 0.0)]
    with pytest.raises(Refused, match="emergency stop by ada"):
        core.begin_run("next", "feed_pump", 10.0, 2.0)
    core.let_go(frozenset({"heater", "feed_pump"}))
    assert core.duties["heater"] == 0.0
    assert core.drive("heater", 0.5, 2.0) == [Switch("heater", 0.5)]
    assert core.drive("stirrer", 0.5, 2.0) == [Switch("stirrer", 0.0)]
    core.begin_run("next", "feed_pump", 10.0, 2.0)


def switched(effects: list[Effect]) -> list[tuple[str, float]]:
    return [(each.output, each.duty) for each in effects if isinstance(each, Switch)]


def test_rule_4_a_relay_is_closed_only_while_what_it_feeds_is_wanted() -> None:
    """Before the heater goes on, and again open once it is off: what sticks has no current."""
    keeper = Core(["heater", "heater_relay", "stirrer", "pump_relay"], ["feed_pump", "waste_pump"])
    assert switched(keeper.drive("stirrer", 0.5, 0.0)) == [("stirrer", 0.5)]
    assert switched(keeper.drive("heater", 0.3, 0.0)) == [("heater_relay", 1.0), ("heater", 0.3)]
    assert switched(keeper.drive("heater", 0.4, 0.0)) == [("heater", 0.4)]
    assert switched(keeper.drive("heater", 0.0, 0.0)) == [("heater", 0.0), ("heater_relay", 0.0)]
    begun = keeper.begin_run("a", "feed_pump", 5.0, now_s=0.0)
    assert switched(begun) == [("pump_relay", 1.0), ("feed_pump", 1.0)]
    assert switched(keeper.due(5.0)) == [("feed_pump", 0.0), ("pump_relay", 0.0)]


def test_rule_4_a_relay_follows_what_it_feeds_and_nobody_else() -> None:
    outputs, pumps = (
        ["r/heater", "r/heater_relay", "r/pump_relay"],
        ["r/feed_pump", "other/feed_pump"],
    )
    keeper = Core(outputs, pumps)
    with pytest.raises(Refused, match="follows what it feeds"):
        keeper.drive("r/heater_relay", 1.0, 0.0)
    assert keeper.begin_run("a", "other/feed_pump", 5.0, now_s=0.0) == [
        Switch("other/feed_pump", 1.0, 5.0)
    ]
    keeper.drive("r/heater", 1.0, 0.0)
    assert ("r/heater_relay", 0.0) in switched(keeper.all_off(1.0, "stop"))
    assert switched(keeper.drive("r/heater", 1.0, 0.0)) == [
        ("r/heater_relay", 1.0),
        ("r/heater", 1.0),
    ]
