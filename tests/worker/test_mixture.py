"""Where the liquid in a vessel came from, by its ledger."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Bottle
from orchestrator.worker.account import Fluids, open_fluids

BOTTLES = tuple(Bottle(medium=each, volume_ml=1000.0) for each in ("feed", "drug", "waste"))
MEDIA = ("feed", "drug", "acid")
"""There is no bottle of acid."""


def ended(medium: str, volume_ml: float, number: int = 0, outcome: str = "done") -> Entry:
    direction = "out" if medium == "waste" else "in"
    data = {"pump": f"{medium}_pump", "medium": medium, "direction": direction}
    return _entry(Kind.DOSE_ENDED, number, {**data, "volume_ml": volume_ml, "outcome": outcome})


def resolved(volume_ml: float, number: int = 0) -> Entry:
    return _entry(Kind.DOSE_RESOLVED, number, {"volume_ml": volume_ml, "by": "ada"})


def _entry(kind: Kind, number: int, data: dict[str, Any]) -> Entry:
    return Entry(kind=kind, process_s=float(number), wall_s=None, key=str(number), data=data)


def account(*entries: Entry) -> Fluids:
    return open_fluids(15.0, BOTTLES, entries)


def test_the_share_of_a_medium_is_what_is_left_of_it() -> None:
    assert account().view().fractions == {"feed": 0.0, "drug": 0.0}
    fluids = account(ended("drug", 5.0), ended("waste", 10.0), ended("feed", 10.0))
    assert fluids.view().fractions == pytest.approx({"feed": 0.5, "drug": 0.125})


def test_what_was_shown_stays_as_it_was_shown() -> None:
    fluids = account(ended("drug", 5.0))
    shown = fluids.view().fractions
    fluids.apply(ended("drug", 5.0, 1))
    assert (shown["drug"], fluids.view().fractions["drug"]) == (0.25, pytest.approx(0.4))


@given(
    some.lists(
        some.tuples(
            some.sampled_from((*MEDIA, "waste", "sample")),
            some.floats(0.01, 5.0),
            some.sampled_from(["done", "failed", "unknown"]),
        )
    ),
    some.sampled_from([None, 13.5]),
)
def test_rule_3_all_shares_and_what_was_there_at_first_are_the_whole(
    moves: list[tuple[str, float, str]], tube_ml: float | None
) -> None:
    """Against amounts, mixed by hand: an unknown dose went in in full, an unknown removal took
    nothing. A restart comes to the same."""
    entries, held = list[Entry](), {"": 15.0} | dict.fromkeys(MEDIA, 0.0)
    fluids = open_fluids(15.0, BOTTLES, waste_tube_ml=tube_ml)
    for number, (medium, volume_ml, outcome) in enumerate(moves):
        if medium == "sample":
            entry = _entry(Kind.ACCOUNT, number, {"volume_ml": volume_ml})
        else:
            entry = ended(medium, volume_ml, number, outcome)
        entries.append(entry)
        fluids.apply(entry)
        if medium in held:
            held[medium] += volume_ml
        elif (before_ml := sum(held.values())) > 0.0:
            kept = fluids.volume_ml / before_ml
            held = {name: part_ml * kept for name, part_ml in held.items()}
        if fluids.volume_ml <= 1e-6:
            return  # nothing is no mixture
    shares = fluids.view().fractions
    total_ml = sum(held.values())
    for medium in MEDIA:
        assert shares.get(medium, 0.0) == pytest.approx(held[medium] / total_ml, abs=1e-9)
    assert all(0.0 <= share <= 1.0 + 1e-12 for share in shares.values())
    assert sum(shares.values()) + held[""] / total_ml == pytest.approx(1.0)
    again = open_fluids(15.0, BOTTLES, entries, waste_tube_ml=tube_ml)
    assert again.view() == fluids.view()


@given(
    some.floats(0.1, 5.0),
    some.floats(0.0, 2.0),
    some.lists(some.tuples(some.sampled_from(["feed", "drug"]), some.floats(0.1, 5.0)), max_size=6),
)
def test_rule_3_a_resolved_dose_counts_as_if_it_had_been_known(
    volume_ml: float, times: float, later: list[tuple[str, float]]
) -> None:
    """Whatever went in since, and as long as nothing went out, to the last drop."""
    after = [ended(medium, each_ml, number) for number, (medium, each_ml) in enumerate(later, 2)]
    first, moved_ml = ended("drug", 2.0), volume_ml * times
    lost = ended("drug", volume_ml, 1, "unknown")
    told = account(first, lost, *after, resolved(moved_ml, 1)).view().fractions
    known = account(first, ended("drug", moved_ml, 1), *after).view().fractions
    assert told == pytest.approx(known, abs=1e-9)


def test_rule_3_of_a_dose_that_was_none_nothing_is_left_after_an_exchange_either() -> None:
    lost = ended("drug", 3.0, 1, "unknown")
    since = [ended("waste", 6.0, 2), ended("feed", 3.0, 3)]
    before = account(lost, *since).view().fractions
    after = account(lost, *since, resolved(0.0, 1)).view().fractions
    assert before["drug"] == pytest.approx(3 / 18 * 12 / 15)
    assert after["drug"] == 0.0
    assert after["feed"] > before["feed"]
