from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.jobs.gas import Gas, valve
from orchestrator.jobs.job import Account, Alert, Drive, View
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

HOUR_S = 3600.0


def gassed(**settings: float) -> Rig:
    return Rig(Physics(seed=1), {"gas": Wanted(None, dict(settings))})


@pytest.mark.parametrize("period_s", [60.0, 70.0])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_a_valve_is_open_for_its_share_of_the_time(share: float, period_s: float) -> None:
    rig = gassed(air=share, period=period_s)
    rig.run(7 * HOUR_S)
    assert rig.physics.counters().on_s["air_valve"] == pytest.approx(7 * HOUR_S * share)
    assert rig.physics.counters().on_s["co2_valve"] == 0.0


def test_each_gas_has_its_own_share() -> None:
    rig = gassed(air=0.5, nitrogen=0.1, co2=1.0, period=60.0)
    rig.run(HOUR_S)
    on_s = rig.physics.counters().on_s
    shares = [on_s[f"{gas}_valve"] / HOUR_S for gas in ("air", "co2", "nitrogen")]
    assert shares == pytest.approx([0.5, 1.0, 0.1])


def test_it_is_only_looked_at_when_a_valve_moves() -> None:
    rig = gassed(air=0.5, period=60.0)
    rig.run(HOUR_S)
    assert rig.steps <= 2 * 60 + 1


@given(
    share=st.floats(0.0, 1.0),
    period_s=st.floats(10.0, 3600.0),
    now_s=st.floats(0.0, 1e7),
)
def test_the_next_look_lies_ahead_and_within_a_period(
    share: float, period_s: float, now_s: float
) -> None:
    _, until_s = valve(share, period_s, now_s)
    assert until_s == inf or now_s < until_s <= now_s + period_s * (1.0 + 1e-6)


def test_valves_close_at_the_end() -> None:
    job = Gas()
    step = job.step(job.begin({}, 0.0), _view(("air_valve",), {"air": 1.0}), 0.0)
    assert step.commands == (Drive("air_valve", 1.0),)
    assert job.end(step.state) == (Drive("air_valve", 0.0),)


def test_a_valve_that_the_reactor_lacks_is_named() -> None:
    job = Gas()
    step = job.step(job.begin({}, 0.0), _view((), {"co2": 1.0}), 0.0)
    (alert,) = step.commands
    assert isinstance(alert, Alert)
    assert "co2_valve" in alert.text


def _view(outputs: tuple[str, ...], settings: dict[str, float]) -> View:
    account = Account(volume_ml=15.0, nominal_ml=15.0)
    return View(
        settings=settings,
        automation=None,
        paused=False,
        signals={},
        account=account,
        outputs=outputs,
    )
