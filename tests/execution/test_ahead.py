"""What is foreseen of the next moment is what comes of it, if nothing else happens there."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.execution.ahead import jobs_ahead
from orchestrator.execution.decision import Wanted
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    at,
    cron,
    every,
    job,
    phase,
    put,
    ramp,
    step,
    wait,
)

JOBS = {"stirring": job(target=500), "leds": job(a=0.1, b=0.2)}


class Foreseeing(Run):
    """Asks before each moment what will be set there, and holds what comes against it."""

    seen: int

    def __init__(self, *phases: Any, **fields: Any) -> None:
        self.seen = 0
        super().__init__(*phases, jobs=JOBS, **fields)

    def to(self, until_s: float) -> None:
        while self.look_again_s < until_s:
            before, ahead = dict(self.wanted), self.ahead(self.look_again_s)
            super().to(self.look_again_s)
            for name, foreseen in ahead.items():
                for setting, value in foreseen.settings.items():
                    if value != before[name].settings.get(setting):
                        self.seen += 1
                        assert self.wanted[name].settings[setting] == value, (self.now_s, name)
        super().to(until_s)

    def ahead(self, at_s: float) -> Wanted:
        return jobs_ahead(self.view, at_s)


def run_of(*items: Any, **fields: Any) -> Foreseeing:
    return Foreseeing(phase("hold", *items, duration_s=DAY_S), **fields)


def test_what_an_entry_sets_is_known_before_its_moment_and_not_for_an_earlier_one() -> None:
    run = run_of(at("one", 60.0, put(stirring__target=800)))
    assert not run.ahead(59.9)
    assert run.ahead(60.0)["stirring"].settings == {"target": 800.0}
    run.to(70.0)
    assert run.seen == 1
    assert not run.ahead(80.0)


def test_what_follows_a_wait_is_known_too() -> None:
    run = run_of(
        at("stir up", 10.0, put(stirring__target=800), wait(30.0), put(stirring__target=500))
    )
    run.to(60.0)
    assert run.seen == 2


def test_what_the_wall_clock_brings_is_known_where_it_is_trusted() -> None:
    run = run_of(cron("daily", "0 9 * * *", put(leds__a=0.9)))
    run.to(2 * HOUR_S)
    assert run.seen == 1
    doubted = run_of(cron("daily", "0 9 * * *", put(leds__a=0.9)), trusted=False)
    assert not doubted.ahead(2 * HOUR_S)


def test_nothing_is_foreseen_of_what_hangs_on_more_than_the_clock() -> None:
    conditional = put(leds__a=0.5)
    run = run_of(
        at("asks", 10.0, conditional, if_=above("od600", 1.0)),
        at("follows", 10.0, put(leds__a=above("od600", 1.0))),
        at("says first", 10.0, step("log"), conditional),
        at("is refused", 10.0, put(stirring__target=9000)),
        at("is the same", 10.0, put(stirring__target=500)),
        limits={"stirring.maximum": 2000.0},
    )
    assert not run.ahead(10.0)


def test_a_paused_vessel_foresees_nothing() -> None:
    run = run_of(at("one", 60.0, put(stirring__target=800)))
    run.control("paused")
    assert not run.ahead(60.0)
    run.to(30.0)
    run.control("running")
    assert not run.ahead(60.0)
    assert run.ahead(90.0)


STEPS = st.one_of(
    st.integers(1, 9).map(lambda value: put(stirring__target=100 * value)),
    st.integers(1, 9).map(lambda value: put(leds__a=value / 10)),
    st.integers(1, 9).map(lambda value: put(leds__b=value / 10, stirring__target=50 * value)),
    st.sampled_from([5.0, 10.0, 17.0]).map(wait),
)
MOMENTS = st.sampled_from([5.0, 10.0, 15.0, 30.0, 40.0])
DO = st.lists(STEPS, min_size=1, max_size=4)
ITEMS = st.lists(
    st.one_of(
        st.tuples(st.just(at), MOMENTS, DO),
        st.tuples(st.just(every), MOMENTS, DO),
        st.tuples(st.just(cron), st.sampled_from(["* * * * *", "*/2 * * * *"]), DO),
    ),
    max_size=5,
)


@settings(max_examples=50)
@given(items=ITEMS, hand_s=MOMENTS, pause_s=st.none() | MOMENTS, ramped=st.booleans())
def test_what_was_foreseen_comes_true(
    items: list[Any], hand_s: float, pause_s: float | None, ramped: bool
) -> None:
    """Whatever the schedule, its procedures, hands, ramps and pauses have made of it before."""
    made = [make(f"item {number}", when, *do) for number, (make, when, do) in enumerate(items)]
    more = [ramp("leds.b", 0.9, 20.0, item="slow", at_s=12.0)] if ramped else []
    run = run_of(*made, *more)
    run.to(hand_s)
    run.override("stirring.target", 444.0, hand_s + 20.0)
    if pause_s is not None:
        run.to(hand_s + pause_s)
        run.control("paused")
        run.to(hand_s + pause_s + 7.0)
        run.control("running")
    run.to(130.0)
