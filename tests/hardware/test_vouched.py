"""SEMANTICS rule 6: a clock that nothing synchronises, beside that of a leader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.hardware import clock as clock_module
from orchestrator.hardware.clock import SystemClock
from orchestrator.hardware.vouched import LASTS_S, WITHIN_S, Vouched

SENT_S, WALL_S = 1000.0, 1.8e9


@given(some.floats(-5.0, 5.0), some.floats(0.0, 3.0), some.floats(0.0, 1.0))
def test_what_is_trusted_is_never_further_off_than_a_second(
    error_s: float, took_s: float, share: float
) -> None:
    """Whenever between the two moments the leader looked at its clock."""
    vouched, now_s = Vouched(), SENT_S + took_s
    stamped = WALL_S + share * took_s
    vouched.hear(stamped, SENT_S, now_s, WALL_S + took_s + error_s)
    if vouched.holds(now_s, WALL_S + took_s + error_s):
        assert abs(error_s) <= WITHIN_S + 1e-6
    elif abs(error_s) + took_s < WITHIN_S - 1e-6:
        pytest.fail("it is right for certain")


def test_trust_ends_an_hour_after_the_last_word_and_when_somebody_sets_the_clock() -> None:
    vouched = Vouched()
    assert not vouched.holds(SENT_S, WALL_S)
    vouched.hear(WALL_S + 0.3, SENT_S, SENT_S + 0.1, WALL_S)
    assert vouched.holds(SENT_S + LASTS_S, WALL_S + LASTS_S - 0.1)
    assert not vouched.holds(SENT_S + LASTS_S + 1.0, WALL_S + LASTS_S)
    assert not vouched.holds(SENT_S + 60.0, WALL_S + 120.0)


def test_a_word_that_contradicts_ends_it_and_one_that_was_long_under_way_does_not() -> None:
    vouched = Vouched()
    vouched.hear(WALL_S, SENT_S, SENT_S, WALL_S)
    vouched.hear(WALL_S + 7.0, SENT_S, SENT_S + 30.0, WALL_S + 30.0)
    assert vouched.holds(SENT_S + 30.0, WALL_S + 30.0)
    vouched.hear(WALL_S + 40.0, SENT_S + 31.0, SENT_S + 31.2, WALL_S + 31.2)
    assert not vouched.holds(SENT_S + 31.2, WALL_S + 31.2)


def test_the_machines_clock_takes_the_leaders_word_unless_a_person_doubts_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock_module, "is_synchronised", lambda: False)
    clock, doubted = SystemClock(), SystemClock(trust_wall=False)
    assert not clock.now().trusted
    for each in (clock, doubted):
        each.hear(time.time(), time.monotonic() - 0.2)
    assert clock.now().trusted
    assert not doubted.now().trusted
