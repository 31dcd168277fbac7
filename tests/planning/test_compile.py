"""From a checked profile to a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.model.canonical import canonical_json, plain, rebuild
from orchestrator.model.expression import Const
from orchestrator.model.plan import (
    AtPlan,
    Bottle,
    CronPlan,
    EveryPlan,
    PhasePlan,
    Plan,
    RampPlan,
    Slice,
)
from orchestrator.planning.refusal import PlanningRefused
from tests.support.plan_files import plan_file, plan_of, small

HOLD = """
phases:
  - name: hold
    duration: 1 d
"""


def schedule(*items: str) -> str:
    listed = "".join(f"      - {item}\n" for item in items)
    return small(f"phases:\n  - name: hold\n    duration: 1 d\n    schedule:\n{listed}")


def hold_of(plan: Plan, vessel: int = 0) -> PhasePlan:
    return plan.vessels[vessel].phases[0]


def problems(text: str, **more: Any) -> list[tuple[int, str, str]]:
    with pytest.raises(PlanningRefused) as refused:
        plan_of(text, **more)
    return [(each.line, each.code, each.message) for each in refused.value.diagnostics]


@pytest.fixture(scope="module")
def everything() -> Plan:
    return plan_file(Path(__file__).parents[1] / "documents" / "everything.yaml")


def test_the_same_profile_gives_the_same_bytes(canonical_profile: Path) -> None:
    one, other = plan_file(canonical_profile), plan_file(canonical_profile)
    assert canonical_json(plain(one)) == canonical_json(plain(other))


def test_a_plan_survives_the_wire(canonical_profile: Path, everything: Plan) -> None:
    for plan in (plan_file(canonical_profile), everything):
        assert rebuild(Plan, json.loads(canonical_json(plain(plan)))) == plan
        for slice_ in plan.vessels:
            assert rebuild(Slice, json.loads(canonical_json(plain(slice_)))) == slice_


def test_every_plan_keeps_to_its_schema(
    canonical_profile: Path, everything: Plan, checkout: Path
) -> None:
    schema = json.loads((checkout / "schemas" / "plan.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for plan in (plan_file(canonical_profile), everything):
        data = json.loads(canonical_json(plain(plan)))
        assert [error.message for error in validator.iter_errors(data)] == []
        data["vessels"][0]["phases"][0]["surprise"] = 1
        assert list(validator.iter_errors(data))


def test_the_schema_knows_each_field_of_a_plan_and_no_other(checkout: Path) -> None:
    from dataclasses import fields, is_dataclass

    from orchestrator.model import plan as module

    schema = json.loads((checkout / "schemas" / "plan.schema.json").read_text())
    described = {name: set(each.get("properties", ())) for name, each in schema["$defs"].items()}
    described["Plan"] = set(schema["properties"])
    for name, cls in vars(module).items():
        if is_dataclass(cls) and cls.__module__ == module.__name__:  # type: ignore[union-attr]
            assert described[name] == {each.name for each in fields(cls)}, name


def test_inputs_are_put_in_and_shown_as_chosen() -> None:
    plan = plan_of(small(HOLD), inputs={"speed": "12 Hz"})
    assert plan.inputs == {"speed": 720.0}
    assert plan.vessels[0].jobs["stirring"].settings["target"] == Const(720.0)
    assert plan_of(small(HOLD)).inputs == {"speed": 500.0}


def test_a_vessels_own_input_comes_first() -> None:
    plan = plan_of(small(HOLD, two=", inputs: {speed: 800 rpm}"), inputs={"speed": "600 rpm"})
    targets = [each.jobs["stirring"].settings["target"] for each in plan.vessels]
    assert targets == [Const(600.0), Const(800.0)]


def test_wrong_inputs_are_refused_all_at_once_at_their_place() -> None:
    found = problems(small(HOLD), inputs={"speed": "40 °C", "sped": "1"})
    assert len(found) == 2
    assert any("sped" in message for _, _, message in found)
    assert any(line == 4 and "°C" in message for line, _, message in found)
    assert problems(small(HOLD), inputs={"speed": "2000 rpm"})[0][0] == 4


def test_a_condition_that_the_chosen_inputs_leave_without_a_value_is_refused() -> None:
    phase = "phases:\n  - name: hold\n    duration: 1 d\n"
    text = small(phase + '    until: "{{ od600 > 2 / (inputs.speed - 600) }}"\n')
    assert plan_of(text).vessels[0].phases[0].until is not None
    (_, code, message), *_ = problems(text, inputs={"speed": "600 rpm"})
    assert (code, "2 / 0 has no value (division by zero)" in message) == ("no-value", True)


def test_jobs_have_every_setting_filled_in() -> None:
    plan = plan_of(
        small(
            """
phases:
  - name: hold
    duration: 1 d
    jobs:
      dosing: {automation: turbidostat, target_od600: 0.8}
"""
        )
    )
    assert plan.vessels[0].jobs["od_reading"].settings == {
        "interval": Const(5.0),
        "uncalibrated": Const(False),
    }
    dosing = hold_of(plan).jobs["dosing"]
    assert dosing.automation == "turbidostat"
    assert dosing.settings == {"exchange": Const(1.0), "target_od600": Const(0.8)}
    assert plan.vessels[0].jobs["temperature"].automation == "thermostat"


def test_a_vessel_overrides_the_profiles_jobs_setting_by_setting() -> None:
    plan = plan_of(small(HOLD, two=", jobs: {od_reading: {interval: 2 s}}"))
    assert plan.vessels[1].jobs["od_reading"].settings["interval"] == Const(2.0)
    assert plan.vessels[1].jobs["temperature"].settings["target"] == Const(30.0)


def test_a_phase_changes_a_job_and_keeps_the_rest_of_it() -> None:
    plan = plan_of(
        small(
            """
phases:
  - name: hold
    duration: 1 d
    jobs:
      od_reading: {uncalibrated: true}
"""
        )
    )
    assert hold_of(plan).jobs["od_reading"].settings == {
        "interval": Const(5.0),
        "uncalibrated": Const(True),
    }
    assert set(hold_of(plan).jobs) == {"od_reading"}


def test_items_and_steps_for_other_vessels_are_left_out() -> None:
    plan = plan_of(
        schedule(
            '{name: first, vessels: [one], at: 1 h, do: [{log: "x"}]}',
            '{name: mixed, at: 2 h, do: [{log: "a", vessels: [two]}, {log: "b"}]}',
            '{name: never, at: 3 h, do: [{log: "a", vessels: [two]}]}',
        )
    )
    one, two = hold_of(plan).items, hold_of(plan, 1).items
    assert [item.item for item in one] == ["first", "mixed"]
    assert [item.item for item in two] == ["mixed", "never"]
    assert [len(item.steps) for item in two if isinstance(item, AtPlan)] == [2, 1]


def test_state_entries_are_told_from_procedures() -> None:
    plan = plan_of(
        schedule(
            "{name: a, at: 1 h, do: [{set: {stirring.target: 600 rpm}}, {stop: dosing}]}",
            "{name: b, at: 1 h, do: [{set: {stirring.target: 600 rpm}}, {wait: 1 s}]}",
            '{name: c, at: 1 h, do: [{set: {stirring.target: "{{ 500 + od600 }}"}}]}',
            '{name: d, at: 1 h, do: [{set: {stirring.target: "{{ inputs.speed }}"}}]}',
            '{name: e, at: 1 h, do: [{set: {stirring.target: 600 rpm}, if: "{{ od600 > 1 }}"}]}',
        )
    )
    items = hold_of(plan).items
    assert [item.state for item in items if isinstance(item, AtPlan)] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_an_item_without_a_name_is_known_by_what_it_does() -> None:
    once = '{at: 1 h, do: [{log: "x"}]}'
    other = '{at: 2 h, do: [{log: "x"}]}'
    plan = plan_of(schedule(once, other, once))
    names = [item.item for item in hold_of(plan).items]
    assert names[2] == f"{names[0]}.1"
    assert names[0] != names[1]
    assert names[0].startswith("at-")
    moved = plan_of("# a line more\n" + schedule(other, once))
    assert [item.item for item in hold_of(moved).items] == [names[1], names[0]]


def test_items_may_not_be_called_like_the_phases_own_parts() -> None:
    text = schedule('{name: do, at: 1 h, do: [{log: "x"}]}')
    found = check_text(text, "profile.yaml", load_offer())
    assert {each.code for each in found.diagnostics} == {"reserved-name"}


def test_every_kind_of_schedule_item_is_planned() -> None:
    plan = plan_of(
        schedule(
            '{name: a, at: 90 min, late: {within: 1 h}, do: [{log: "x"}]}',
            '{name: e, every: 4 h, from: 0 h, until: 12 h, count: 2, do: [{log: "x"}]}',
            '{name: c, cron: "0 9 * * *", do: [{log: "x"}]}',
            "{name: r, ramp: temperature.target, to: 40 °C, over: 10 h}",
        ),
        timezone="Europe/Berlin",
    )
    at, every, cron, ramp = hold_of(plan).items
    assert isinstance(at, AtPlan) and (at.at_s, at.late and at.late.then) == (5400.0, "skip")
    assert isinstance(every, EveryPlan)
    assert (every.every_s, every.from_s, every.until_s, every.count) == (14400.0, 0.0, 43200.0, 2)
    assert isinstance(cron, CronPlan) and cron.timezone == "Europe/Berlin"
    assert isinstance(ramp, RampPlan) and (ramp.from_, ramp.to) == (None, Const(40.0))


def test_the_timezone_is_the_items_else_the_profiles_else_the_clusters() -> None:
    item = 'phases:\n  - name: hold\n    schedule:\n      - {cron: "0 9 * * *", %sdo: [{log: x}]}\n'
    own = plan_of(small(item % "timezone: Asia/Tokyo, "), timezone="Europe/Berlin")
    assert [i.timezone for i in hold_of(own).items if isinstance(i, CronPlan)] == ["Asia/Tokyo"]
    profiles = plan_of(small("timezone: America/Lima\n" + item % ""), timezone="Europe/Berlin")
    assert profiles.timezone == "America/Lima"
    assert [i.timezone for i in hold_of(profiles).items if isinstance(i, CronPlan)] == [
        "America/Lima"
    ]


def test_units_travel_with_the_settings_that_a_plan_names(everything: Plan) -> None:
    units = everything.vessels[0].units
    assert units["temperature.target"] == "°C"
    assert units["stirring.target"] == "rpm"
    assert "dosing.target_od600" not in units


def test_a_vessel_has_bottles_of_its_own_instead_of_the_profiles(everything: Plan) -> None:
    assert [slice_.media[0].volume_ml for slice_ in everything.vessels] == [2000.0, 5000.0]
    text = """
axenic: profile/1
name: Sample
vessels:
  a: {volume: 15 mL}
  b: {volume: 15 mL, replicates: 2, media: {drug: {bottle: 50 mL}}}
media: {feed: {bottle: 1 L}, drug: {bottle: 1 L, shared: true}}
phases: [{name: hold, duration: 1 h}]
"""
    assert [each.media[1] for each in plan_of(text).vessels] == [
        Bottle(medium="drug", volume_ml=1000.0, shared=True),
        Bottle(medium="drug", volume_ml=50.0, shared=False),
        Bottle(medium="drug", volume_ml=50.0, shared=False),
    ]


def test_limits_are_a_vessels_own_over_the_profiles(everything: Plan) -> None:
    assert everything.vessels[0].limits["temperature.maximum"] == 45.0
    assert everything.vessels[1].limits["temperature.maximum"] == 40.0


def test_a_value_beyond_a_limit_with_these_inputs_is_refused() -> None:
    text = small(
        """
phases:
  - name: hold
    duration: 1 d
    schedule:
      - {ramp: temperature.target, to: "{{ inputs.hot }}", over: 1 d}
limits:
  temperature: {maximum: 42 °C}
"""
    ).replace("inputs:\n", "inputs:\n  hot: {type: temperature, default: 40 °C}\n")
    assert plan_of(text)
    found = problems(text, inputs={"hot": "50 °C"})
    assert any("50 °C is above the 42 °C" in message for _, _, message in found)


def test_at_end_and_workers_are_kept(everything: Plan) -> None:
    assert everything.vessels[0].at_end == {"stirring": "keep"}
    assert everything.vessels[0].worker == "axenic-1/r1"


def test_a_started_automation_is_complete_in_its_step(everything: Plan) -> None:
    starts = [step for step in everything.vessels[0].phases[0].do if step.op == "start"]
    assert starts[0].automation == "chemostat"
    assert starts[0].settings == {"dilution_rate": Const(0.4), "exchange": Const(0.5)}


def test_charts_are_written_down_with_units(canonical_profile: Path) -> None:
    charts = plan_file(canonical_profile).charts
    assert [chart.name for chart in charts] == ["growth", "chart-2"]
    assert [(s.signal, s.unit) for s in charts[1].series] == [
        ("temperature.measured", "°C"),
        ("temperature.target", "°C"),
    ]


def test_no_input_is_left_in_a_plan(everything: Plan) -> None:
    assert b"inputs." not in canonical_json(plain(everything.vessels))
    assert b'"input"' not in canonical_json(plain(everything.vessels))
