"""The account of the liquid in a vessel, as a fold of its ledger."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.execution.decision import Moment
from orchestrator.jobs.levelling import drained_ml
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Bottle
from orchestrator.worker.account import Fluids, open_fluids

BOTTLES = (Bottle(medium="feed", volume_ml=100.0), Bottle(medium="waste", volume_ml=50.0))


def entry(
    kind: Kind, key: str, direction: str, volume_ml: float, at_s: float, **more: Any
) -> Entry:
    medium = "feed" if direction == "in" else "waste"
    data: dict[str, Any] = {"pump": f"{medium}_pump", "medium": medium, "direction": direction}
    data |= {"volume_ml": volume_ml, **more}
    return Entry(kind=kind, process_s=at_s, wall_s=None, key=key, data=data)


def dose(direction: str, volume_ml: float, at_s: float = 0.0, outcome: str = "done") -> list[Entry]:
    key = f"{direction}{at_s}"
    began = entry(Kind.DOSE_BEGAN, key, direction, volume_ml, at_s)
    ended = entry(Kind.DOSE_ENDED, key, direction, volume_ml, at_s, outcome=outcome, reason="")
    return [began, ended]


def account(*entries: Entry) -> Fluids:
    return open_fluids(15.0, BOTTLES, entries)


def test_an_exchange_moves_liquid_from_the_feed_to_the_waste() -> None:
    fluids = account(*dose("out", 1.0), *dose("in", 1.0))
    assert (fluids.volume_ml, fluids.fed_ml, fluids.removed_ml) == (15.0, 1.0, 1.0)
    assert fluids.bottles_ml == {"feed": 99.0, "waste": 49.0}


def test_below_the_working_volume_there_may_be_more_than_the_pumps_say() -> None:
    fluids = account(*dose("out", 1.0))
    assert (fluids.volume_ml, fluids.volume_ml_max) == (14.0, 15.0)
    assert account(*dose("in", 2.0), *dose("out", 1.5)).volume_ml_max == 15.5


def test_a_known_waste_tube_keeps_the_books_from_falling_below_it() -> None:
    doses = [*dose("out", 5.0), *dose("in", 1.0)]
    fluids = open_fluids(15.0, BOTTLES, doses, waste_tube_ml=13.5)
    assert (fluids.volume_ml, fluids.volume_ml_max) == (14.5, 14.5)
    assert fluids.removed_ml == 1.5, "the rest was air"
    assert fluids.bottles_ml == {"feed": 99.0, "waste": 48.5}
    assert fluids.view().tube_ml == 13.5
    assert fluids.view().highest_ml == 14.7, "a dose may have been larger than it was asked to be"


def test_below_a_known_waste_tube_nothing_is_pumped_out() -> None:
    sample = Entry(kind=Kind.ACCOUNT, process_s=1.0, wall_s=None, data={"volume_ml": 3.0})
    fluids = open_fluids(15.0, BOTTLES, [sample, *dose("out", 1.0)], waste_tube_ml=13.5)
    assert (fluids.volume_ml, fluids.volume_ml_max, fluids.removed_ml) == (12.0, 12.0, 0.0)


def test_rule_3_unknown_counts_in_full_against_volumes() -> None:
    fed = account(*dose("in", 2.0, outcome="unknown"))
    assert (fed.volume_ml, fed.volume_ml_max, fed.of_hour_ml(Moment(0.0, None))) == (
        17.0,
        17.0,
        2.0,
    )
    assert fed.bottles_ml["feed"] == 98.0
    emptied = account(*dose("in", 2.0), *dose("out", 2.0, outcome="unknown"))
    assert (emptied.volume_ml, emptied.volume_ml_max) == (17.0, 17.0)
    assert emptied.bottles_ml["waste"] == 48.0


def test_rule_3_unknown_doses_are_counted_until_one_is_known_again() -> None:
    unknown = dose("in", 1.0, 1.0, "unknown") + dose("in", 1.0, 2.0, "unknown")
    assert account(*unknown).unknown_doses == 2
    assert account(*unknown, *dose("out", 1.0, 3.0)).unknown_doses == 0


def test_rule_13_the_hour_slides() -> None:
    fluids = account(*dose("in", 1.0, 0.0), *dose("in", 2.0, 1800.0))
    assert fluids.of_hour_ml(Moment(3599.0, None)) == 3.0
    assert fluids.of_hour_ml(Moment(3600.0, None)) == 2.0
    assert fluids.of_hour_ml(Moment(5400.0, None)) == 0.0


def test_what_a_person_takes_out_is_gone_for_good() -> None:
    sample = Entry(kind=Kind.ACCOUNT, process_s=1.0, wall_s=None, data={"volume_ml": 1.5})
    fluids = account(sample)
    assert (fluids.volume_ml, fluids.volume_ml_max) == (13.5, 13.5)


def test_a_dose_without_an_end_is_under_way() -> None:
    began, ended = dose("in", 1.0)
    fluids = account(began)
    assert list(fluids.under_way) == [began.key]
    fluids.apply(ended)
    assert not fluids.under_way


@given(some.lists(some.tuples(some.sampled_from(["in", "out"]), some.floats(0.01, 5.0))))
def test_there_is_never_more_than_the_most_there_can_be(moves: list[tuple[str, float]]) -> None:
    """Wherever the waste tube ends, at the working volume or below."""
    for tube_ml in (15.0, 10.0, 0.0):
        fluids, true_ml = account(), 15.0
        for number, (direction, volume_ml) in enumerate(moves):
            for each in dose(direction, volume_ml, float(number)):
                fluids.apply(each)
            if direction == "in":
                true_ml += volume_ml
            else:
                true_ml = max(true_ml - volume_ml, min(true_ml, tube_ml))
        assert true_ml <= fluids.volume_ml_max + 1e-9


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["in", "out"]),
            some.floats(0.01, 5.0),
            some.sampled_from(["done", "unknown"]),
        )
    )
)
def test_rule_3_with_a_known_tube_too_there_is_never_more_than_the_books_say(
    moves: list[tuple[str, float, str]],
) -> None:
    """An unknown dose went in in full, an unknown removal took nothing: the worst of both."""
    fluids = open_fluids(15.0, BOTTLES, waste_tube_ml=13.5)
    true_ml, least_ml = 15.0, 15.0
    for number, (direction, volume_ml, outcome) in enumerate(moves):
        for each in dose(direction, volume_ml, float(number), outcome):
            fluids.apply(each)
        if direction == "in":
            true_ml += volume_ml
        elif outcome == "done":
            true_ml = max(true_ml - volume_ml, min(true_ml, 13.5))
        least_ml = min(least_ml, fluids.volume_ml)
    assert true_ml <= fluids.volume_ml + 1e-9
    assert fluids.volume_ml <= fluids.volume_ml_max <= fluids.view().highest_ml + 1e-9
    assert least_ml >= 13.5


def resolved(direction: str, volume_ml: float, at_s: float = 0.0) -> Entry:
    key = f"{direction}{at_s}"
    return entry(Kind.DOSE_RESOLVED, key, direction, volume_ml, at_s + 10.0, by="ada")


def test_rule_3_a_dose_that_did_not_happen_after_all_counts_no_more() -> None:
    doses = [*dose("in", 2.0), *dose("in", 3.0, 5.0, outcome="unknown")]
    before, after = account(*doses), account(*doses, resolved("in", 0.0, 5.0))
    now = Moment(20.0, None)
    assert (before.fed_ml, before.of_hour_ml(now), before.volume_ml_max) == (5.0, 5.0, 20.0)
    assert (after.fed_ml, after.of_hour_ml(now), after.volume_ml_max) == (2.0, 2.0, 17.0)
    assert after.of_day_ml(now) == 2.0
    assert after.bottles_ml["feed"] == 98.0
    assert (before.unknown_doses, after.unknown_doses) == (1, 0)
    assert (list(before.unresolved), list(after.unresolved)) == (["in5.0"], [])


def test_rule_3_more_than_was_thought_counts_in_full_whatever_moved_since() -> None:
    doses = [*dose("in", 1.0, outcome="unknown"), *dose("out", 1.0, 5.0)]
    fluids = account(*doses, resolved("in", 2.0))
    assert (fluids.fed_ml, fluids.volume_ml_max) == (2.0, 16.0)


def test_rule_3_an_unknown_removal_that_happened_lowers_the_level() -> None:
    doses = [*dose("in", 3.0), *dose("out", 2.0, 5.0, outcome="unknown")]
    assert account(*doses).volume_ml == 18.0
    fluids = account(*doses, resolved("out", 1.5, 5.0))
    assert (fluids.volume_ml, fluids.volume_ml_max) == (16.5, 16.5)
    assert (fluids.removed_ml, fluids.bottles_ml["waste"]) == (1.5, 48.5)


def test_rule_3_what_is_resolved_twice_or_was_never_unknown_changes_nothing() -> None:
    doses = [*dose("in", 1.0), *dose("in", 1.0, 5.0, outcome="unknown")]
    once, twice = resolved("in", 0.5, 5.0), resolved("in", 0.0, 5.0)
    assert account(*doses, once, twice).view() == account(*doses, once).view()
    assert account(*doses, resolved("in", 0.0)).view() == account(*doses).view()


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["in", "out"]),
            some.floats(0.1, 3.0),
            some.sampled_from([None, 0.0, 0.3, 1.0]),
        ),
        max_size=12,
    ),
    some.randoms(use_true_random=False),
)
def test_rule_3_no_resolution_makes_the_guard_believe_in_less_than_there_is(
    steps: list[tuple[str, float, float | None]], chance: Any
) -> None:
    """A vessel whose tube ends at the working volume; a share says what really moved in a dose that
    nobody saw the end of. People tell the truth, at once, later or never."""
    fluids, truth_ml, told = open_fluids(15.0, BOTTLES), 15.0, list[Entry]()
    for number, (direction, asked_ml, share) in enumerate(steps):
        moved_ml = asked_ml if share is None else asked_ml * share
        if direction == "in":
            truth_ml += moved_ml
        else:
            truth_ml = drained_ml(truth_ml, moved_ml, 15.0)
        outcome = "done" if share is None else "unknown"
        for each in dose(direction, asked_ml, 10.0 * number, outcome):
            fluids.apply(each)
        if share is not None:
            told.append(resolved(direction, moved_ml, 10.0 * number))
        while told and chance.random() < 0.5:
            fluids.apply(told.pop(chance.randrange(len(told))))
        assert fluids.volume_ml_max >= truth_ml - 1e-9


def ticking(evaporation_ml_h: float, *hours: float, tube_ml: float | None = 13.5) -> Fluids:
    ticks = [Entry(kind=Kind.TICK, process_s=3600.0 * h, wall_s=None) for h in hours]
    return open_fluids(
        15.0, BOTTLES, ticks, waste_tube_ml=tube_ml, evaporation_ml_h=evaporation_ml_h
    )


def test_water_that_evaporates_lowers_what_jobs_see_and_not_what_the_guard_sees() -> None:
    fluids = ticking(0.1, 1.0, 2.5, 10.0)
    assert fluids.volume_ml == pytest.approx(14.0)
    assert fluids.view().evaporated_ml == pytest.approx(1.0)
    assert (fluids.volume_ml_max, fluids.view().highest_ml) == (15.0, 15.0)
    assert (fluids.fed_ml, fluids.removed_ml) == (0.0, 0.0)
    assert ticking(0.1, 1000.0).volume_ml == 0.0


def test_evaporation_is_told_by_hundredths_of_a_millilitre() -> None:
    fluids = ticking(0.1)
    told = [
        fluids.apply(Entry(kind=Kind.TICK, process_s=30.0 * number, wall_s=None))
        for number in range(1, 121)
    ]
    assert told.count(True) == 10
    assert fluids.volume_ml == pytest.approx(14.9)
    assert not ticking(0.0).apply(Entry(kind=Kind.TICK, process_s=1e6, wall_s=None))


def test_an_outage_is_no_time_in_which_water_is_known_to_leave() -> None:
    fluids = ticking(0.1, 1.0)
    fluids.apply(Entry(kind=Kind.RECOVERED, process_s=100 * 3600.0, wall_s=None))
    fluids.apply(Entry(kind=Kind.TICK, process_s=101 * 3600.0, wall_s=None))
    assert fluids.view().evaporated_ml == pytest.approx(0.2)


def test_without_the_tubes_height_no_evaporation_is_believed() -> None:
    assert ticking(0.1, 100.0, tube_ml=None).volume_ml == 15.0


def test_the_share_of_a_medium_is_of_what_is_left_of_the_water() -> None:
    fluids = ticking(0.5, 10.0)
    for each in dose("in", 5.0, 36000.0):
        fluids.apply(each)
    assert fluids.view().fractions == {"feed": pytest.approx(5.0 / 15.0)}


def test_after_evaporation_the_books_count_less_waste_than_its_bottle_may_hold() -> None:
    fluids = ticking(0.1, 10.0)
    for each in dose("out", 3.0, 36000.0):
        fluids.apply(each)
    assert (fluids.volume_ml, fluids.volume_ml_max) == (13.5, 13.5)
    assert fluids.removed_ml == pytest.approx(0.5)
    assert fluids.bottles_ml["waste"] == pytest.approx(50.0 - 1.5)
