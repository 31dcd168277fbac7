from __future__ import annotations

from itertools import pairwise

import pytest

from orchestrator.jobs.dosing import RETRY_S
from orchestrator.jobs.job import Exchange, Withdrawn
from orchestrator.model.outcome import Outcome
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted


def world(automation: str = "silent", **settings: float) -> Rig:
    return Rig(Physics(seed=1), {"dosing": Wanted(automation, dict(settings))})


def begun(rig: Rig) -> list[Exchange]:
    return [each for _, each in rig.exchanges]


@pytest.mark.parametrize(("action", "removed_ml"), [("dose", 0.0), ("dilute", 1.5)])
def test_a_dose_adds_and_a_dilution_exchanges_under_the_key_of_who_asked(
    action: str, removed_ml: float
) -> None:
    rig = world()
    key = rig.request("dosing", action, volume_ml=1.5, medium="feed")
    rig.run(60.0)
    (only,) = begun(rig)
    assert (only.key, only.remove_ml, only.add_ml) == (key, removed_ml, 1.5)
    assert not rig.told, "the exchange answers for the action"


def test_requests_are_carried_out_one_after_the_other() -> None:
    rig = world()
    keys = [rig.request("dosing", "dilute", volume_ml=1.0) for _ in range(3)]
    rig.run(5.0)
    assert [each.key for each in begun(rig)] == keys[:1]
    rig.run(120.0)
    assert [each.key for each in begun(rig)] == keys


@pytest.mark.parametrize("args", [{}, {"volume_ml": 0.0}, {"volume_ml": -1.0}])
def test_a_request_without_a_volume_is_refused(args: dict[str, float]) -> None:
    rig = world()
    key = rig.request("dosing", "dose", **args)
    rig.run(1.0)
    assert rig.finished(key).ending.outcome is Outcome.REFUSED


def test_circulating_exchanges_until_its_time_is_over() -> None:
    rig = world(exchange=0.5)
    key = rig.request("dosing", "circulate", duration_s=120.0)
    rig.run(300.0)
    finished = rig.finished(key)
    assert finished.ending.outcome is Outcome.DONE
    assert len(begun(rig)) == 12
    assert finished.result["exchanged_ml"] == pytest.approx(6.0)


def test_circulating_that_is_withdrawn_ends_after_the_exchange_under_way() -> None:
    rig = world(exchange=0.5)
    key = rig.request("dosing", "circulate", duration_s=120.0)
    rig.run(12.0)
    rig.tell("dosing", Withdrawn(key=key))
    rig.run(300.0)
    assert rig.finished(key).ending.outcome is Outcome.SKIPPED
    assert len(begun(rig)) == 2


def test_rule_8_while_paused_circulating_stands_and_afterwards_its_time_goes_on() -> None:
    rig = world(exchange=0.5)
    key = rig.request("dosing", "circulate", duration_s=120.0)
    rig.run(55.0)
    before = len(begun(rig))
    rig.pause(True)
    rig.run(3600.0)
    assert len(begun(rig)) == before, "the exchange under way is the last"
    rig.pause(False)
    rig.run(30.0)
    assert len(begun(rig)) > before
    rig.run(300.0)
    finished = rig.finished(key)
    assert finished.ending.outcome is Outcome.DONE
    assert finished.result["exchanged_ml"] == pytest.approx(6.0, abs=0.5)


def test_a_waiting_request_can_be_withdrawn() -> None:
    rig = world()
    first = rig.request("dosing", "dilute", volume_ml=1.0)
    second = rig.request("dosing", "dilute", volume_ml=1.0)
    rig.run(1.0)
    rig.tell("dosing", Withdrawn(key=second))
    rig.run(60.0)
    assert [each.key for each in begun(rig)] == [first]
    assert rig.finished(second).ending.outcome is Outcome.SKIPPED


def test_rule_8_while_paused_nothing_is_dosed_and_nothing_is_owed() -> None:
    rig = world("chemostat", dilution_rate=0.4, exchange=1.0)
    rig.run(700.0)
    assert len(begun(rig)) == 1
    rig.pause(True)
    rig.run(7200.0)
    rig.pause(False)
    rig.run(300.0)
    assert len(begun(rig)) == 1
    rig.run(600.0)
    assert len(begun(rig)) == 2


def test_a_request_made_while_paused_waits() -> None:
    rig = world()
    rig.pause(True)
    rig.request("dosing", "dilute", volume_ml=1.0)
    rig.run(100.0)
    assert not begun(rig)


def test_after_a_refusal_the_automation_waits_before_it_tries_again() -> None:
    rig = world("chemostat", dilution_rate=5.0, exchange=1.0)
    rig.refuse = "30 mL were fed within the last hour"
    rig.run(600.0)
    moments = [at_s for at_s, _ in rig.exchanges]
    assert len(moments) >= 5
    gaps = [later - at_s for at_s, later in pairwise(moments)]
    assert min(gaps) >= RETRY_S - 1e-6


def test_rule_3_after_an_unknown_dose_waste_is_removed_first() -> None:
    rig = world("chemostat", dilution_rate=2.0, exchange=1.0)
    rig.sample(3.0)
    rig.unknown = 1
    rig.run(160.0)
    (_, first), *_ = rig.exchanges
    assert first.remove_ml == first.add_ml == 1.0


def test_volumes_are_told_when_they_change_and_the_rate_now_and_then() -> None:
    rig = world()
    rig.run(3600.0)
    assert rig.values("volume") == [15.0]
    assert rig.values("dosing.dilution_rate") == [0.0]
    rig.request("dosing", "dilute", volume_ml=1.0)
    rig.run(600.0)
    assert rig.values("dosing.fed") == [0.0, 1.0]
    assert rig.values("dosing.removed") == [0.0, 1.0]
    assert len(rig.values("dosing.dilution_rate")) > 2


def test_the_share_of_a_medium_is_told_when_it_changes() -> None:
    rig = world()
    rig.fractions = {"feed": 0.0, "drug": 0.25}
    rig.run(3600.0)
    rig.fractions = {"feed": 0.1, "drug": 0.25 + 1e-9}
    rig.request("dosing", "dilute", volume_ml=1.0)
    rig.run(600.0)
    assert rig.values("dosing.fraction_feed") == [0.0, 0.1]
    assert rig.values("dosing.fraction_drug") == [0.25]
