"""One entry that stands for several vessels, and inputs that differ between them."""

from __future__ import annotations

import json

import pytest

from orchestrator.model.canonical import canonical_json, plain
from orchestrator.model.expression import Const
from orchestrator.model.plan import Plan
from orchestrator.planning.refusal import PlanningRefused
from tests.support.plan_files import plan_of

FRAME = """
axenic: profile/1
name: Series
inputs:
  speed: {{type: stirring, {default}minimum: 100 rpm, maximum: 900 rpm}}
  soak: {{type: duration, default: 1 h 30 min, step: 30 min, section: Timing}}
  first: {{type: vessel, default: c}}
vessels:
  c: {{volume: 15 mL{c}}}
  dose: {{volume: 12 mL, {dose}}}
jobs:
  stirring: {{target: "{{{{ inputs.speed }}}}"}}
phases:
  - name: hold
    duration: "{{{{ inputs.soak }}}}"
    do:
      - note: "{{{{ vessel == inputs.first }}}}"
        vessels: [dose]
"""


def planned(dose: str, c: str = "", default: str = "default: 300 rpm, ", **inputs: str) -> Plan:
    text = FRAME.format(dose=dose, c=c, default=default)
    return plan_of(text, inputs={name.replace("__", "."): each for name, each in inputs.items()})


def speeds(plan: Plan) -> dict[str, object]:
    return {each.vessel: each.jobs["stirring"].settings["target"] for each in plan.vessels}


def test_replicates_are_vessels_alike_and_their_name_means_all_of_them() -> None:
    plan = planned("replicates: 3")
    assert [each.vessel for each in plan.vessels] == ["c", "dose_1", "dose_2", "dose_3"]
    assert [each.volume_ml for each in plan.vessels] == [15.0, 12.0, 12.0, 12.0]
    assert [len(each.phases[0].do) for each in plan.vessels] == [0, 1, 1, 1]
    assert plan.vessels[0].phases[0].duration_s == 5400.0


def test_a_series_gives_each_vessel_its_own_value() -> None:
    plan = planned("series: {speed: [200 rpm, 5 Hz, 400 rpm]}")
    assert speeds(plan) == {
        "c": Const(300.0),
        "dose_1": Const(200.0),
        "dose_2": Const(300.0),
        "dose_3": Const(400.0),
    }
    assert [dict(each.inputs) for each in plan.vessels[:2]] == [{}, {"speed": 200.0}]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("{from: 100 rpm, to: 900 rpm, count: 5}", [100.0, 300.0, 500.0, 700.0, 900.0]),
        ("{from: 100 rpm, to: 900 rpm, count: 3, scale: log}", [100.0, 300.0, 900.0]),
        ("{from: 900 rpm, to: 100 rpm, count: 2}", [900.0, 100.0]),
    ],
)
def test_a_series_from_one_value_to_another(values: str, expected: list[float]) -> None:
    plan = planned(f"series: {{speed: {values}}}")
    assert [each.inputs["speed"] for each in plan.vessels[1:]] == expected


def test_each_value_of_a_series_has_its_replicates() -> None:
    plan = planned("replicates: 2, series: {speed: [200 rpm, 400 rpm]}")
    own = [each.inputs["speed"] for each in plan.vessels[1:]]
    assert own == [200.0, 200.0, 400.0, 400.0]


def test_a_choice_for_one_vessel_comes_before_what_the_profile_says_of_it() -> None:
    plan = planned("series: {speed: [200 rpm, 400 rpm]}", speed="250 rpm", dose_2__speed="500 rpm")
    assert speeds(plan) == {"c": Const(250.0), "dose_1": Const(200.0), "dose_2": Const(500.0)}
    family = planned("replicates: 2", dose__speed="500 rpm")
    assert speeds(family) == {"c": Const(300.0), "dose_1": Const(500.0), "dose_2": Const(500.0)}


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"dose_9__speed": "500 rpm"}, "no input 'dose_9.speed'"),
        ({"dose_1__speed": "5 rpm"}, "dose_1.speed: 5 rpm is below the minimum"),
        ({"first": "dose"}, "first: there is no vessel 'dose'"),
    ],
)
def test_a_choice_that_fits_no_vessel_is_refused(inputs: dict[str, str], message: str) -> None:
    with pytest.raises(PlanningRefused) as caught:
        planned("replicates: 2", **inputs)
    assert [message in each.message for each in caught.value.diagnostics] == [True]


def test_an_input_that_every_vessel_has_its_own_value_of_need_not_be_given() -> None:
    plan = planned("series: {speed: [200 rpm]}", ", inputs: {speed: 100 rpm}", default="")
    assert speeds(plan) == {"c": Const(100.0), "dose_1": Const(200.0)}
    with pytest.raises(PlanningRefused, match="must be given"):
        planned("series: {speed: [200 rpm]}", default="")


def test_a_plan_of_a_series_has_the_same_bytes_each_time() -> None:
    one, other = (
        canonical_json(plain(planned("series: {speed: {from: 100 rpm, to: 900 rpm, count: 8}}")))
        for _ in range(2)
    )
    assert one == other
    assert "inputs" not in json.loads(one)["vessels"][0]
