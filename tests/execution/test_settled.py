"""What spares work changes nothing: not looking once more where nothing can follow, and keeping
what is wanted of jobs about which nothing was written."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from orchestrator.execution import decide, steer, wanted
from orchestrator.execution.decision import JobWanted
from orchestrator.model.expression import Binary, Const
from orchestrator.model.expression import Signal as Leaf
from tests.support.plans import Run, above, at, every, job, phase, put, ramp, rule, step, wait, when

SENSED = rule("dense", when(above("od600", 1.0)), put(dosing__rate=2.0))
OF_SETTING = rule("fast", when(above("stirring.target", 700.0)), put(dosing__rate=3.0))
FOLLOWING = Binary("+", Leaf("stirring.target"), Const(1.0))
MIXED: dict[str, dict[str, Any]] = {
    "nothing else": {},
    "a rule about a signal": {"rules": (SENSED,)},
    "a rule about a setting": {"rules": (OF_SETTING,)},
    "a setting that follows another": {"jobs": {"dosing": job(rate=FOLLOWING)}},
}


class Noted(Run):
    """Keeps what each look answered."""

    answers: list[tuple[float, float, dict[str, JobWanted]]]

    def look(self) -> None:
        super().look()
        self.answers = [
            *getattr(self, "answers", ()),
            (self.now_s, self.look_again_s, self.wanted),
        ]


def played(**fields: Any) -> tuple[list[Any], Noted]:
    """Ten minutes of everything that writes a setting."""
    run = Noted(
        phase(
            "first",
            at("one", 60.0, put(stirring__target=800)),
            at("same", 60.0, put(stirring__target=810)),
            at("run", 90.0, step("start", job="dosing")),
            every("again", 50.0, put(temperature__target=31.0), count=9),
            ramp("stirring.target", 900.0, 60.0, at_s=120.0),
            at("slow", 200.0, put(stirring__target=300), wait(20.0), put(stirring__target=750)),
            at("last", 290.0, put(stirring__target=400)),
            duration_s=300.0,
        ),
        phase("second", every("more", 30.0, put(stirring__target=650)), duration_s=200.0),
        **fields,
    )
    run.keep_seeing(70.0, od600=0.5)
    run.keep_seeing(130.0, od600=1.5)
    run.take(steer.override(run.view, "stirring.target", 500.0, "ada", 180.0, run.moment))
    run.keep_seeing(600.0, each_s=7.0, od600=0.5)
    return [run.ledger, run.answers], run


@pytest.mark.parametrize("how", MIXED)
def test_what_spares_work_changes_neither_ledger_nor_wanted_nor_alarm(how: str) -> None:
    spared, run = played(**MIXED[how])
    with (
        patch.object(decide, "is_settled", lambda _turn: False),
        patch.object(wanted, "_standing", lambda _view: {}),
    ):
        assert spared == played(**MIXED[how])[0]
    assert run.view.ended


def test_an_entry_that_only_sets_is_looked_at_once() -> None:
    run = Run(phase("hold", at("one", 60.0, put(stirring__target=800)), duration_s=300.0))
    with patch.object(decide, "_pass", wraps=decide._pass) as passes:
        run.to(60.0)
    assert run.wanted["stirring"].settings["target"] == 800
    assert passes.call_count == 1


def test_what_asks_a_setting_is_asked_again_at_once() -> None:
    run = Run(
        phase("hold", at("one", 60.0, put(stirring__target=800)), duration_s=300.0),
        rules=(OF_SETTING,),
        jobs={"stirring": job(target=500.0), "dosing": job(rate=1.0)},
    )
    run.to(60.0)
    assert run.wanted["dosing"].settings["rate"] == 3.0


def test_jobs_about_which_nothing_was_written_stay_the_same_objects() -> None:
    jobs = {"stirring": job(target=500.0), "dosing": job(rate=1.0)}
    run = Run(
        phase("hold", at("one", 60.0, put(stirring__target=800)), duration_s=300.0), jobs=jobs
    )
    before = run.wanted["dosing"]
    with patch.object(wanted, "_job", wraps=wanted._job) as worked_out:
        run.to(60.0)
    assert run.wanted["dosing"] is before
    assert [each.args[1] for each in worked_out.call_args_list] == ["stirring"]
