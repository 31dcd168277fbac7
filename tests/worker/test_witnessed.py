"""SEMANTICS rule 13: the sliding hour counts time that the worker saw pass."""

from __future__ import annotations

from orchestrator.execution.decision import Moment
from orchestrator.model.ledger import Entry, Kind
from orchestrator.worker.account import Fluids, open_fluids

WALL_S = 1_736_150_400.0


def entry(kind: Kind, at_s: float, wall_s: float | None, **data: object) -> Entry:
    return Entry(kind=kind, process_s=at_s, wall_s=wall_s, key="k", data=data)


def dosed(at_s: float, *, dated: bool = True) -> Entry:
    said = {"direction": "in", "medium": "feed", "volume_ml": 2.0, "outcome": "done"}
    return entry(Kind.DOSE_ENDED, at_s, WALL_S + at_s if dated else None, **said)


def account(*entries: Entry) -> Fluids:
    return open_fluids(15.0, (), entries)


def within_the_hour_ml(fluids: Fluids, at_s: float, *, dated: bool = True) -> float:
    return fluids.of_hour_ml(Moment(at_s, WALL_S + at_s if dated else None))


def test_rule_13_an_hour_that_passed_lets_a_dose_go() -> None:
    assert within_the_hour_ml(account(dosed(100.0)), 3699.0) == 2.0
    assert within_the_hour_ml(account(dosed(100.0)), 3700.0) == 0.0


def test_rule_13_doses_without_a_trusted_clock_are_not_older_after_it_jumped() -> None:
    """They were given after an outage whose length nobody knew; now the wall clock says two hours,
    and the run's time jumps by them, but the liquid came just now."""
    fluids = account(dosed(100.0, dated=False))
    assert within_the_hour_ml(fluids, 7300.0) == 2.0
    fluids.apply(entry(Kind.TICK, 7300.0, WALL_S + 7300.0))
    assert within_the_hour_ml(fluids, 7300.0 + 3599.0) == 2.0
    assert within_the_hour_ml(fluids, 7300.0 + 3600.0) == 0.0


def test_rule_13_a_wall_clock_set_forward_during_an_outage_lifts_no_limit() -> None:
    fluids = account(dosed(100.0), entry(Kind.RECOVERED, 7300.0, WALL_S + 7300.0))
    assert within_the_hour_ml(fluids, 7300.0 + 3599.0) == 2.0
    assert within_the_hour_ml(fluids, 7300.0 + 3600.0) == 0.0


def test_rule_13_without_a_trusted_clock_an_hour_passes_all_the_same() -> None:
    assert within_the_hour_ml(account(dosed(100.0, dated=False)), 3700.0, dated=False) == 0.0
