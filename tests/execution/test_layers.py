"""SEMANTICS rule 11: who writes a setting."""

from __future__ import annotations

import pytest

from orchestrator.execution import steer
from orchestrator.model.expression import Binary, Const
from orchestrator.model.expression import Signal as Leaf
from orchestrator.model.ledger import Kind
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    at,
    const,
    job,
    phase,
    put,
    ramp,
    rule,
    step,
    wait,
    when,
)


def test_a_job_then_its_phase_then_items_that_started() -> None:
    run = Run(
        phase("first", duration_s=100.0),
        phase(
            "second",
            at("one", 50.0, put(stirring__target=800)),
            jobs={"stirring": job(target=600)},
            duration_s=100.0,
        ),
        phase("third", duration_s=100.0),
    )
    assert run.target() == 500.0
    run.to(100.0)
    assert run.target() == 600.0
    run.to(150.0)
    assert run.target() == 800.0
    run.to(200.0)
    assert run.target() == 500.0


def test_jobs_of_a_phase_are_withdrawn_on_leaving_it() -> None:
    run = Run(
        phase("first", jobs={"dosing": job("turbidostat", exchange=1.0)}, duration_s=100.0),
        phase("second", duration_s=100.0),
    )
    assert set(run.wanted) == {"stirring", "dosing"}
    assert run.wanted["dosing"].automation == "turbidostat"
    run.to(100.0)
    assert set(run.wanted) == {"stirring"}


def test_the_latest_start_wins() -> None:
    run = Run(
        phase(
            "hold",
            ramp("stirring.target", 600, 100.0, 500, at_s=10.0),
            at("one", 50.0, put(stirring__target=900)),
            duration_s=DAY_S,
        )
    )
    run.to(40.0)
    assert run.target() == 530.0
    run.to(200.0)
    assert run.target() == 900.0
    assert [outcome for _, outcome, _ in run.outcomes("ramp")] == ["done"]


def test_a_ramp_without_at_starts_with_its_phase_and_holds_to_until_the_phase_ends() -> None:
    run = Run(
        phase("hold", ramp("stirring.target", 600, 1000.0, 500), duration_s=2000.0),
        phase("after", duration_s=100.0),
    )
    assert run.target() == 500.0
    run.to(500.0)
    assert run.target() == 550.0
    run.to(1000.0)
    assert run.target() == 600.0
    assert run.outcomes("ramp") == [(1000.0, "done", "")]
    run.to(1999.0)
    assert run.target() == 600.0
    run.to(2000.0)
    assert run.target() == 500.0


def test_a_ramp_starts_anew_on_a_new_visit() -> None:
    run = Run(
        phase(
            "hold",
            ramp("stirring.target", 600, 100.0, 500),
            at("again", 150.0, step("go_to", phase="hold")),
            duration_s=DAY_S,
        )
    )
    run.to(149.0)
    assert run.target() == 600.0
    run.to(160.0)
    assert run.target() == 510.0
    assert [e.key for e in run.of(Kind.ACTION_BEGAN) if e.data["action"] == "ramp"] == [
        "x1.1:control:hold#1:ramp@0",
        "x1.1:control:hold#2:ramp@0",
    ]


def test_a_ramp_without_from_starts_at_what_is_wanted() -> None:
    run = Run(phase("hold", ramp("stirring.target", 600, 100.0), duration_s=DAY_S))
    run.to(50.0)
    assert run.target() == 550.0


def test_a_ramp_goes_on_by_the_clock_through_an_outage() -> None:
    run = Run(phase("hold", ramp("stirring.target", 600, 1000.0, 500), duration_s=DAY_S))
    run.to(100.0)
    run.crash(700.0)
    assert run.target() == 570.0


def test_a_ramp_is_ended_with_its_phase() -> None:
    run = Run(
        phase("hold", ramp("stirring.target", 600, 1000.0, 500), duration_s=300.0),
        phase("b", duration_s=1.0),
    )
    run.to(301.0)
    assert run.outcomes("ramp") == [(300.0, "done", "phase hold ended")]


def test_a_ramp_moves_in_small_steps_on_a_grid_of_its_own() -> None:
    run = Run(phase("hold", ramp("stirring.target", 600, 10_000.0, 500), duration_s=DAY_S))
    run.to(10_000.0)
    assert run.looks < 1100
    early, late = (
        Run(phase("hold", ramp("stirring.target", 600, 10_000.0, 500), duration_s=DAY_S)),
        run,
    )
    early.now_s = 5003.0
    early.look()
    late = Run(phase("hold", ramp("stirring.target", 600, 10_000.0, 500), duration_s=DAY_S))
    late.to(5003.0)
    assert early.target() == late.target()


def test_a_cancelled_procedures_sets_are_withdrawn() -> None:
    run = Run(
        phase("hold", duration_s=DAY_S),
        rules=[
            rule(
                "dense",
                when(above("od600", 1.0)),
                put(stirring__target=900),
                wait(HOUR_S),
                mode="restart",
            ),
        ],
    )
    run.see(od600=2.0, max_age_s=1e9)
    assert run.target() == 900.0
    procedure = next(iter(run.view.procedures.values()))
    from orchestrator.execution.cancel import cancel
    from orchestrator.execution.turn import Turn

    turn = Turn(run.program, run.view, run.signals, run.moment)
    cancel(turn, procedure, "its item went")
    run.ledger += turn.entries
    run.look()
    assert run.target() == 500.0


def test_what_a_rule_set_stays_when_the_phase_is_left() -> None:
    run = Run(
        phase("first", duration_s=100.0),
        phase("second", duration_s=100.0),
        rules=[rule("dense", when(above("od600", 1.0)), put(stirring__target=900))],
    )
    run.see(od600=2.0)
    run.to(150.0)
    assert run.target() == 900.0


def test_an_override_lasts_until_its_expiry() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    run.override("stirring.target", 700.0, until_s=100.0)
    assert run.target() == 700.0
    run.to(100.0)
    assert run.target() == 500.0
    assert run.of(Kind.RELEASED)[0].data["reason"] == "its time is over"


def test_an_override_lasts_until_its_release() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    run.override("stirring.target", 700.0)
    run.to(HOUR_S)
    assert run.target() == 700.0
    assert run.take(steer.release(run.view, "stirring.target", "ada", run.moment))
    assert run.target() == 500.0
    assert not run.take(steer.release(run.view, "stirring.target", "ada", run.moment))


def test_an_override_lasts_until_the_next_item_that_starts_on_it() -> None:
    run = Run(phase("hold", at("one", 50.0, put(stirring__target=800)), duration_s=DAY_S))
    run.override("stirring.target", 700.0)
    run.to(60.0)
    assert run.target() == 800.0
    assert run.of(Kind.RELEASED)[0].data["by"] == "one"


def test_a_ramp_computes_on_underneath_an_override() -> None:
    run = Run(phase("hold", ramp("stirring.target", 600, 1000.0, 500), duration_s=DAY_S))
    run.to(100.0)
    run.override("stirring.target", 900.0, until_s=500.0)
    run.to(499.0)
    assert run.target() == 900.0
    run.to(500.0)
    assert run.target() == 550.0


def test_overrides_and_items_survive_a_restart() -> None:
    run = Run(phase("hold", at("one", 50.0, put(stirring__target=800)), duration_s=DAY_S))
    run.to(60.0)
    run.override("temperature.target", 37.0)
    run.crash(HOUR_S)
    assert run.target() == 800.0
    assert "temperature.target" in run.view.layers.overrides


@pytest.mark.parametrize(
    ("wish", "runs", "paused"), [("stop", False, None), ("run", True, False), ("hold", True, True)]
)
def test_a_job_as_a_whole_can_be_overridden(wish: str, runs: bool, paused: bool | None) -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    assert run.override("stirring", wish)
    assert ("stirring" in run.wanted) is runs
    if runs:
        assert run.wanted["stirring"].paused is paused
    assert not run.override("stirring", "dance")


def test_a_stopped_job_can_be_started_with_other_settings() -> None:
    run = Run(
        phase(
            "hold",
            at("off", 10.0, step("stop", job="stirring")),
            at("on", 20.0, step("start", job="stirring", settings={"target": const(700)})),
            duration_s=DAY_S,
        )
    )
    run.to(15.0)
    assert run.wanted == {}
    run.to(25.0)
    assert run.target() == 700.0


def test_a_started_automation_brings_all_its_settings() -> None:
    settings = {"dilution_rate": const(0.4), "exchange": const(0.5)}
    run = Run(
        phase(
            "hold",
            at("on", 10.0, step("start", job="dosing", automation="chemostat", settings=settings)),
            jobs={"dosing": job("turbidostat", target_od600=0.8)},
            duration_s=100.0,
        ),
        phase("after", duration_s=100.0),
    )
    run.to(20.0)
    assert run.wanted["dosing"].automation == "chemostat"
    assert run.wanted["dosing"].settings == {"dilution_rate": 0.4, "exchange": 0.5}
    run.override("dosing.exchange", 0.7)
    assert run.wanted["dosing"].settings == {"dilution_rate": 0.4, "exchange": 0.7}
    run.to(110.0)
    assert "dosing" not in run.wanted


def test_a_started_automation_leaves_behind_what_was_set_for_another() -> None:
    start = step("start", job="dosing", automation="silent")
    run = Run(
        phase(
            "hold",
            at("set", 10.0, put(dosing__target_od600=1.2)),
            at("on", 20.0, start),
            at("again", 30.0, put(dosing__exchange=0.3)),
            jobs={"dosing": job("turbidostat", target_od600=0.8)},
            duration_s=100.0,
        )
    )
    run.to(15.0)
    assert run.target("dosing.target_od600") == 1.2
    run.to(25.0)
    assert run.wanted["dosing"].settings == {}
    run.to(35.0)
    assert run.wanted["dosing"].settings == {"exchange": 0.3}


def test_a_setting_that_follows_a_signal_keeps_its_last_value_when_unknown() -> None:
    doubled = Binary("*", Leaf("growth_rate"), Const(2.0))
    run = Run(
        phase("hold", duration_s=DAY_S), jobs={"dosing": job("chemostat", dilution_rate=doubled)}
    )
    assert run.wanted["dosing"].settings == {}
    run.see(growth_rate=0.3, max_age_s=60.0)
    assert run.wanted["dosing"].settings == {"dilution_rate": 0.6}
    run.see(growth_rate=0.4, max_age_s=60.0)
    assert run.wanted["dosing"].settings == {"dilution_rate": 0.8}
    run.to(500.0)
    assert run.wanted["dosing"].settings == {"dilution_rate": 0.8}


def test_what_did_not_change_stays_the_same_object() -> None:
    from orchestrator.execution.decide import decide

    run = Run(
        phase("hold", at("one", 50.0, put(stirring__target=800)), duration_s=DAY_S),
        jobs={"stirring": job(target=500), "temperature": job("thermostat", target=30)},
    )
    first = decide(run.program, run.view, run.signals, run.moment).wanted
    run.now_s = 20.0
    assert decide(run.program, run.view, run.signals, run.moment).wanted is first
    run.to(60.0)
    second = decide(run.program, run.view, run.signals, run.moment).wanted
    assert second is not first
    assert second["temperature"] is first["temperature"]
    assert second["stirring"] is not first["stirring"]


def test_writes_of_an_item_that_repeats_do_not_pile_up() -> None:
    from tests.support.plans import every

    run = Run(
        phase(
            "hold",
            every(
                "aerate", 100.0, put(stirring__target=800), wait(10.0), put(stirring__target=500)
            ),
            duration_s=1e6,
        )
    )
    run.to(10_000.0)
    assert len(run.view.layers._stacks["stirring.target"]) <= 2
