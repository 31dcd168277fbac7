"""What the waste tube tells that the books cannot: SEMANTICS rules 3 and 13 with worn pumps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.job import Account
from orchestrator.jobs.levelling import (
    CREEP_SHARE_MAX,
    PUMP_ERROR,
    Level,
    drained_ml,
    levelling_ml,
)

NOMINAL_ML, TUBE_ML = 15.0, 13.5
factors = some.floats(1.0 - PUMP_ERROR, 1.0 + PUMP_ERROR)


def account(level: Level, unknown: int = 0, nominal_ml: float = NOMINAL_ML) -> Account:
    return Account(
        volume_ml=level.volume_ml,
        nominal_ml=nominal_ml,
        tube_ml=level.tube_ml,
        highest_ml=level.highest_ml,
        unknown_doses=unknown,
    )


def after(level: Level, add_ml: float, unknown: int = 0) -> Level:
    """An exchange by the books."""
    wanted = exchange(account(level, unknown), add_ml, medium="feed")
    return level.drained(wanted.remove_ml).filled(wanted.add_ml)


def test_below_its_end_the_tube_draws_air() -> None:
    assert drained_ml(15.0, 1.0, TUBE_ML) == 14.0
    assert drained_ml(15.0, 4.0, TUBE_ML) == TUBE_ML
    assert drained_ml(12.0, 4.0, TUBE_ML) == 12.0
    assert drained_ml(3.0, 4.0, 0.0) == 0.0


def test_most_exchanges_follow_the_books_and_now_and_then_one_levels() -> None:
    level, removed = Level(NOMINAL_ML, NOMINAL_ML, TUBE_ML), list[float]()
    for _ in range(30):
        removed.append(exchange(account(level), 1.0, medium="feed").remove_ml)
        level = after(level, 1.0)
    long = [each for each in removed if each > 2.0]
    assert 3 <= len(long) <= 6
    assert removed.count(1.0) > 15


def test_a_levelling_ends_at_the_tube_and_is_told_in_the_cause() -> None:
    level = Level(NOMINAL_ML, 18.0, TUBE_ML)
    wanted = exchange(account(level), 1.0, medium="feed", cause="1 mL are due")
    assert wanted.cause == "1 mL are due; levelled by the waste tube"
    assert level.drained(wanted.remove_ml) == pytest.approx(Level(TUBE_ML, TUBE_ML, TUBE_ML))


@pytest.mark.parametrize(
    "level",
    [
        Level(NOMINAL_ML, 40.0, 0.0),
        Level(NOMINAL_ML, 40.0, 5.0),
        Level(TUBE_ML - 1.0, 40.0, TUBE_ML),
    ],
    ids=["unknown tube", "tube near the floor", "liquid below the tube"],
)
def test_where_the_tube_says_nothing_the_books_are_followed(level: Level) -> None:
    assert levelling_ml(account(level)) == 0.0
    wanted = exchange(account(level), 1.0, medium="feed")
    assert wanted.remove_ml == max(0.0, level.volume_ml + 1.0 - NOMINAL_ML)


def test_rule_3_after_an_unknown_dose_the_next_exchange_levels() -> None:
    level = Level(NOMINAL_ML, NOMINAL_ML, TUBE_ML).filled(1.0)
    wanted = exchange(account(level, unknown=1), 1.0, medium="feed")
    assert wanted.remove_ml > 2.0
    assert level.drained(wanted.remove_ml).volume_ml == TUBE_ML


def test_a_tube_above_the_working_volume_is_where_the_books_begin() -> None:
    level = Level(NOMINAL_ML, NOMINAL_ML, 16.0)
    for _ in range(50):
        level = after(level, 1.0)
    assert level.volume_ml == 17.0


@given(
    factors,
    factors,
    some.lists(some.tuples(some.floats(0.05, 2.0), some.booleans()), min_size=1, max_size=200),
)
def test_rule_13_the_liquid_never_stands_above_the_worst_case_which_stays_bounded(
    feed_factor: float, waste_factor: float, exchanges: list[tuple[float, bool]]
) -> None:
    level, true_ml = Level(NOMINAL_ML, NOMINAL_ML, TUBE_ML), NOMINAL_ML
    for add_ml, unknown in exchanges:
        wanted = exchange(account(level, unknown), add_ml, medium="feed")
        level = level.drained(wanted.remove_ml).filled(wanted.add_ml)
        true_ml = drained_ml(true_ml, wanted.remove_ml * waste_factor, TUBE_ML)
        true_ml += wanted.add_ml * feed_factor
        assert true_ml <= level.highest_ml + 1e-9
        bound_ml = NOMINAL_ML * (1.0 + CREEP_SHARE_MAX) + 2.0 * PUMP_ERROR * 2.0
        assert level.highest_ml <= max(bound_ml, TUBE_ML + 2.0 * (1.0 + PUMP_ERROR)) + 1e-9
        assert level.volume_ml <= max(NOMINAL_ML, TUBE_ML + add_ml) + 1e-9
