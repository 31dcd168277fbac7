"""Limits below everything (SEMANTICS rule 13)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, lists, sampled_from, tuples

from orchestrator.documents.catalogue import load_offer
from orchestrator.execution.allowed import SETPOINT_LIMITS
from orchestrator.execution.decision import JobWanted, Moment, Wanted
from orchestrator.jobs.job import Exchange
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Bottle
from orchestrator.worker.account import Fluids, open_fluids
from orchestrator.worker.guard import Guard
from orchestrator.worker.inflow import Inflow
from orchestrator.worker.setpoints import Allowed, Setpoints
from orchestrator.worker.throttle import Throttle

LIMITS = {
    "temperature.maximum": 45.0,
    "dosing.per_hour": 3.0,
    "dosing.vessel_maximum": 18.0,
}
NOW = Moment(0.0, None)
BOTTLES = (Bottle(medium="feed", volume_ml=10.0), Bottle(medium="waste", volume_ml=8.0))


def guard() -> Guard:
    return Guard(LIMITS, capacity_ml=20.0)


def fluids(*moves: tuple[str, float, float], tube_ml: float | None = None) -> Fluids:
    made = open_fluids(15.0, BOTTLES, waste_tube_ml=tube_ml)
    for direction, volume_ml, at_s in moves:
        medium = "feed" if direction == "in" else "waste"
        data = {"direction": direction, "medium": medium, "volume_ml": volume_ml, "outcome": "done"}
        made.apply(Entry(kind=Kind.DOSE_ENDED, process_s=at_s, wall_s=None, key="k", data=data))
    return made


def reason(exchange: Exchange, account: Fluids, now_s: float = 0.0) -> str:
    refusal = guard().refuse_exchange(exchange, account, Moment(now_s, None))
    return refusal.limit if refusal else ""


def test_rule_13_more_than_an_hour_allows_is_refused_until_the_hour_has_slid_on() -> None:
    account = fluids(("in", 2.5, 100.0))
    wanted = Exchange(remove_ml=1.0, add_ml=1.0)
    assert reason(wanted, account, 200.0) == "dosing.per_hour"
    assert reason(wanted, account, 3701.0) == ""
    assert reason(Exchange(remove_ml=0.5, add_ml=0.5), account, 200.0) == ""


def test_rule_13_a_day_allows_less_than_its_hours_until_it_has_slid_on() -> None:
    of_day = Guard({"dosing.per_hour": 3.0, "dosing.per_day": 5.0}, capacity_ml=40.0)
    account = fluids(("in", 2.5, 100.0), ("in", 2.5, 7000.0))
    wanted = Exchange(remove_ml=0.5, add_ml=0.5)

    def refused(at_s: float) -> str:
        refusal = of_day.refuse_exchange(wanted, account, Moment(at_s, None))
        return refusal.reason if refusal else ""

    assert "on top of the 5 mL of the last day would pass the 5 mL" in refused(20_000.0)
    assert "of the last day" in refused(86_400.0 + 99.0)
    assert refused(86_400.0 + 100.0) == ""


@settings(max_examples=60)
@given(
    doses=lists(tuples(floats(0.0, 400_000.0), floats(0.01, 9.0)), max_size=40),
    length_s=sampled_from((3600.0, 86_400.0)),
)
def test_rule_13_a_sliding_while_holds_what_came_in_within_it(
    doses: list[tuple[float, float]], length_s: float
) -> None:
    inflow, given_ml = Inflow(length_s=length_s), sorted(doses)
    for number, (at_s, volume_ml) in enumerate(given_ml):
        inflow.add(at_s, volume_ml)
        within = [ml for s, ml in given_ml[: number + 1] if s > at_s - length_s]
        assert inflow.until(at_s) == pytest.approx(sum(within), abs=1e-9)


def test_rule_13_the_guard_keeps_each_bound_of_a_setting_that_a_job_declares() -> None:
    declared = {
        (f"{job}.{limit.bounds}", limit.side, f"{job}.{limit.name}")
        for job, offer in load_offer().catalogue.jobs.items()
        for limit in offer.limits.values()
        if limit.bounds is not None
    }
    kept = {
        (setting, side, limit)
        for setting, bounds in SETPOINT_LIMITS.items()
        for side, limit in zip(("minimum", "maximum"), bounds, strict=True)
    }
    assert kept == declared


def test_rule_13_a_setpoint_below_the_minimum_is_refused() -> None:
    one = Guard({"temperature.minimum": 20.0, "stirring.maximum": 900.0}, capacity_ml=20.0)
    cold = one.refuse_setting("temperature.target", 19.5)
    fast = one.refuse_setting("stirring.target", 901.0)
    assert cold is not None
    assert cold.limit == "temperature.minimum"
    assert "19.5 is below the 20" in cold.reason
    assert fast is not None
    assert fast.limit == "stirring.maximum"
    assert one.refuse_setting("temperature.target", 60.0) is None
    assert one.refuse_setting("stirring.target", 0.0) is None
    allowed = Allowed(one)
    assert allowed.filter(wanted(21.0))["temperature"].settings == {"target": 21.0}
    assert allowed.filter(wanted(19.0))["temperature"].settings == {"target": 21.0}


def test_rule_13_the_peak_within_an_exchange_is_bounded() -> None:
    assert reason(Exchange(remove_ml=0.0, add_ml=3.0), fluids()) == ""
    assert reason(Exchange(remove_ml=0.0, add_ml=3.1), fluids()) != ""
    full = fluids(("in", 3.0, -5000.0))
    assert reason(Exchange(remove_ml=0.5, add_ml=1.0), full) == "dosing.vessel_maximum"
    assert reason(Exchange(remove_ml=1.0, add_ml=1.0), full) == ""


def test_rule_13_a_known_waste_tube_bounds_the_peak_from_below() -> None:
    large = Exchange(remove_ml=4.0, add_ml=4.0)
    assert reason(large, fluids()) == "dosing.per_hour"
    no_hour = Guard({"dosing.vessel_maximum": 18.0}, capacity_ml=20.0)
    assert no_hour.refuse_exchange(large, fluids(), NOW) is not None, "all 15 mL may be left"
    assert no_hour.refuse_exchange(large, fluids(tube_ml=13.5), NOW) is None
    high_tube = no_hour.refuse_exchange(large, fluids(tube_ml=14.5), NOW)
    assert high_tube is not None
    assert "18.5 mL" in high_tube.reason


def test_a_levelling_does_not_fill_the_waste_bottle_with_air() -> None:
    nearly_full = fluids(("in", 6.0, -9000.0), ("out", 6.5, -9000.0), tube_ml=13.5)
    assert nearly_full.bottles_ml["waste"] == 1.5
    assert reason(Exchange(remove_ml=5.0, add_ml=1.0), nearly_full) == ""
    assert reason(Exchange(remove_ml=2.0, add_ml=1.0), fluids(("out", 6.5, -9000.0))) != ""


def test_without_a_limit_the_brim_is_one() -> None:
    refusal = Guard({}, capacity_ml=20.0).refuse_exchange(
        Exchange(remove_ml=0.0, add_ml=5.5), fluids(), NOW
    )
    assert refusal is not None
    assert "20.5 mL" in refusal.reason


def test_an_empty_bottle_and_a_full_waste_refuse() -> None:
    used = fluids(("in", 9.5, -9000.0), ("out", 7.8, -9000.0))
    assert reason(Exchange(remove_ml=0.0, add_ml=0.6), used) != ""
    assert reason(Exchange(remove_ml=0.5, add_ml=0.0), used) == "bottle.waste"
    used = fluids(("in", 9.5, -9000.0), ("out", 7.0, -9000.0))
    assert reason(Exchange(remove_ml=0.6, add_ml=0.6), used) == "bottle.feed"


def test_rule_13_a_measurement_above_the_maximum_turns_the_heater_off_once_an_excursion() -> None:
    one = guard()
    assert one.measured_c(45.0) is None
    assert one.allowed_duty("heater", 0.4) == 0.4
    assert one.measured_c(45.1) is not None
    assert one.measured_c(46.0) is None
    assert one.allowed_duty("heater", 0.4) == 0.0
    assert one.allowed_duty("stirrer", 0.4) == 0.4
    one.measured_c(44.9)
    assert one.too_hot
    one.measured_c(44.7)
    assert one.allowed_duty("heater", 0.4) == 0.4
    assert one.measured_c(45.1) is not None


def wanted(target: float) -> Wanted:
    return {
        "temperature": JobWanted(automation="thermostat", settings={"target": target}),
        "stirring": JobWanted(automation=None, settings={"target": 500.0}),
    }


def test_rule_13_a_setpoint_above_is_refused_and_the_last_allowed_one_stays() -> None:
    allowed = Allowed(guard())
    good = wanted(44.0)
    assert allowed.filter(good) is good
    kept = allowed.filter(wanted(48.0))
    assert kept["temperature"].settings == {"target": 44.0}
    assert kept["stirring"].settings == {"target": 500.0}
    assert "48 is above the 45" in allowed.refusals["temperature.target"].reason
    assert allowed.filter(good) is good
    assert not allowed.refusals


def test_rule_13_a_first_setpoint_above_is_left_out() -> None:
    assert Allowed(guard()).filter(wanted(48.0))["temperature"].settings == {}


def test_settings_are_shown_when_they_change_and_now_and_then() -> None:
    shown = Setpoints()
    first = wanted(30.0)
    assert shown.news(first, 0.0) == {"temperature.target": 30.0, "stirring.target": 500.0}
    assert shown.news(first, 5.0) == {}
    assert shown.news(first, 600.0) == {"temperature.target": 30.0, "stirring.target": 500.0}


def test_a_ramp_is_shown_once_a_minute_and_where_it_ends() -> None:
    shown = Setpoints()
    shown.news(wanted(30.0), 0.0)
    told = {}
    for step in range(1, 40):
        now_s = 5.0 * step
        news = shown.news(wanted(30.0 + min(step, 30) / 10.0), now_s)
        if "temperature.target" in news:
            told[now_s] = news["temperature.target"]
    assert told == {60.0: 31.2, 120.0: 32.4, 155.0: 33.0}


def test_a_trouble_is_told_once_a_while() -> None:
    throttle = Throttle(600.0)
    assert [throttle.passes("a", now_s) for now_s in (0.0, 5.0, 599.0, 600.0)] == [
        True,
        False,
        False,
        True,
    ]
    assert throttle.passes("b", 5.0)
