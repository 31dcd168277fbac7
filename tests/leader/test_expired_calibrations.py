"""Calibrations that have become too old are told of, and once they are renewed no more."""

from __future__ import annotations

from typing import NoReturn

import msgspec
import pytest

from orchestrator.leader.ended import Ended
from orchestrator.leader.expiry import Expiry
from orchestrator.leader.needs import Needs
from orchestrator.leader.preflight import Facts, preflight
from orchestrator.leader.presence import Presences
from orchestrator.leader.situation import Place
from orchestrator.leader.survey import expiries_of
from orchestrator.leader.unheard import alert_of
from orchestrator.messages.reports import Capabilities, PumpReport, ReactorReport
from orchestrator.ports.records import Binding
from orchestrator.ports.store import StoreBusy
from orchestrator.store.memory import MemoryStore
from tests.support.leader_room import StillClock
from tests.support.stores import submitted

REPORT = ReactorReport(
    sensors=[], outputs=[], pumps={}, calibrations={"feed_pump": "weighed"}, capacity_ml=20.0
)


async def busy(_: str) -> NoReturn:
    raise StoreBusy("the database is not there now")


async def test_an_expired_calibration_raises_one_alert_until_it_is_renewed() -> None:
    store, clock, presences = MemoryStore(), StillClock(), Presences()
    now_s = clock.now().wall_s
    expiry = Expiry(store, clock, presences)

    def offer(expires_wall_s: float) -> None:
        report = msgspec.structs.replace(REPORT, expires={"feed_pump": expires_wall_s})
        presences.hear("unit1").capabilities = Capabilities(
            worker="unit1", version="1", reactors={"unit1": report}, jobs=[]
        )

    offer(now_s + 1.0)
    await expiry.look()
    assert (await store.alerts()).items == []
    offer(now_s - 1.0)
    await expiry.look()
    await expiry.look()
    [raised] = (await store.alerts()).items
    assert raised.text.startswith("the calibration weighed of unit1's feed_pump expired on ")
    assert "axenic calibrate start feed_pump --on unit1" in raised.text
    assert (raised.severity, raised.worker, raised.resolved_wall_s) == ("warning", "unit1", None)
    offer(now_s + 9.0)
    await expiry.look()
    [resolved] = (await store.alerts()).items
    assert resolved.resolved_wall_s == now_s


async def test_what_a_dead_leader_raised_is_resolved_once_the_worker_is_heard() -> None:
    store, clock, presences = MemoryStore(), StillClock(), Presences()
    now_s = clock.now().wall_s

    def offer(expires_wall_s: float) -> None:
        report = msgspec.structs.replace(REPORT, expires={"feed_pump": expires_wall_s})
        presences.hear("unit1").capabilities = Capabilities(
            worker="unit1", version="1", reactors={"unit1": report}, jobs=[]
        )

    offer(now_s - 1.0)
    await Expiry(store, clock, presences).look()
    presences = Presences()
    restarted = Expiry(store, clock, presences)
    await restarted.look()
    [standing] = (await store.alerts()).items
    assert standing.resolved_wall_s is None
    offer(now_s + 9.0)
    await restarted.look()
    [resolved] = (await store.alerts()).items
    assert (resolved.resolved_wall_s, resolved.resolved_by) == (now_s, "")


async def test_an_alert_about_an_experiment_that_has_ended_is_called_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, clock = MemoryStore(), StillClock()
    now_s = clock.now().wall_s
    await store.create_experiment(submitted("20270115-a"))
    unheard = alert_of("lab/door", "the rule never starts", "20270115-a", now_s)
    await store.raise_alert(unheard)
    ended = Ended(store, clock)
    await ended.look()
    assert (await store.alerts(open_only=True)).items
    await store.change_state("20270115-a", "cancel", at_wall_s=now_s)
    ended.hear(await store.events_after(0))
    with monkeypatch.context() as away:
        away.setattr(store, "standing_alerts", busy)
        with pytest.raises(StoreBusy):
            await ended.look()
    await ended.look()
    assert not (await store.alerts(open_only=True)).items


def test_a_preflight_warns_of_what_its_reactor_has_expired() -> None:
    """Of the devices that the vessel uses, and no others."""
    binding = Binding.parse("unit1")
    report = msgspec.structs.replace(
        REPORT,
        pumps={"feed_pump": PumpReport(medium="feed", direction="in", flow_ml_min=1.0)},
        expires={"feed_pump": 999.0, "ph_probe": 999.0},
    )
    offer = Capabilities(worker="unit1", version="1", reactors={"unit1": report}, jobs=[])
    place = Place(binding=binding, capabilities=offer)
    needs = Needs(vessel="v1", jobs=frozenset(), media=frozenset({"feed"}), worker=None)
    facts = Facts(
        needs=[needs],
        places={binding: place},
        bindings={"v1": binding},
        expires_wall_s=expiries_of([place]),
        now_wall_s=1000.0,
    )
    [check] = [one for one in preflight(facts) if one.name == "calibrations"]
    assert (check.result, check.vessel) == ("warning", "v1")
    assert check.text == "the calibration of feed_pump on unit1 is too old"
