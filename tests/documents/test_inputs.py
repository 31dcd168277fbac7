"""What a user chooses for a profile's inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis.strategies import floats, integers

from orchestrator.documents.check import check_text
from orchestrator.documents.inputs import choose_inputs
from orchestrator.model.profile import Profile

TEXT = """\
axenic: profile/1
name: Inputs
inputs:
  density: {type: od, default: 0.8, minimum: 0.1, maximum: 2}
  warm: {type: temperature}
  tubes: {type: integer, default: 3}
  fast: {type: boolean, default: false}
  sugar: {type: choice, default: glucose, choices: [glucose, lactose]}
vessels:
  a: {volume: 15 mL}
phases:
  - name: hold
    do:
      - log: "{{ inputs.density }} {{ inputs.warm }} {{ inputs.tubes }}"
      - log: "{{ inputs.fast }} {{ inputs.sugar }}"
"""


def _profile() -> Profile:
    found = check_text(TEXT, "inputs.yaml").profile
    assert found is not None
    return found


PROFILE = _profile()
INPUT = PROFILE.inputs["density"]


@pytest.fixture(scope="module")
def profile() -> Profile:
    return PROFILE


def test_choices_are_read_as_people_write_them(profile: Profile) -> None:
    given = {"density": "1.2", "warm": "86 °F", "tubes": "5", "fast": "yes", "sugar": "lactose"}
    chosen, problems = choose_inputs(profile, given)
    assert problems == []
    assert chosen == {
        "density": 1.2,
        "warm": pytest.approx(30.0),
        "tubes": 5.0,
        "fast": True,
        "sugar": "lactose",
    }


def test_plain_numbers_are_in_canonical_units(profile: Profile) -> None:
    chosen, problems = choose_inputs(profile, {"warm": 37.0, "tubes": 4})
    assert problems == []
    assert (chosen["warm"], chosen["tubes"], chosen["density"]) == (37.0, 4.0, 0.8)


@pytest.mark.parametrize(
    ("given", "line", "message", "suggestion"),
    [
        ({}, 5, "warm: this input has no default and must be given", None),
        ({"warm": "37"}, 5, "warm: a temperature needs a unit", "37 °C"),
        ({"warm": "37 mL"}, 5, "warm: 'mL' is the unit of a volume", "37 °C"),
        ({"warm": "37 °C", "density": "5"}, 4, "density: 5 is above the maximum of 2", None),
        ({"warm": "37 °C", "sugar": "lactos"}, 8, "is none of glucose, lactose", "lactose"),
        ({"warm": "37 °C", "tubes": "many"}, 6, "tubes: a whole number is needed", None),
        ({"warm": "37 °C", "fast": "maybe"}, 7, "fast: true or false is needed", None),
        ({"warm": "37 °C", "densty": 1.0}, 1, "no input 'densty'", "density"),
    ],
)
def test_a_choice_that_does_not_fit_is_told_where_the_input_is_declared(
    profile: Profile, given: dict[str, Any], line: int, message: str, suggestion: str | None
) -> None:
    _, (problem,) = choose_inputs(profile, given)
    assert problem.line == line
    assert message in problem.message
    assert problem.suggestion == suggestion


STEPPED = TEXT.replace("default: 0.8, minimum: 0.1", "default: 0.83, minimum: 0.1, step: 0.2")
STEPPED = STEPPED.replace("warm: {type: temperature}", "warm: {type: temperature, step: 0.5 K}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"density": "0.9"}, ""),
        ({"density": "0.83"}, ""),
        ({"density": 0.1}, ""),
        ({"density": "0.8"}, "0.8 lies between the steps that this input takes"),
        ({"density": "0.8"}, "the nearest are 0.7 and 0.9"),
        ({"density": "1.95"}, "the nearest is 1.9"),
        ({"warm": "86.9 °F"}, ""),
        ({"warm": "37.2 °C"}, "the nearest are 37 °C and 37.5 °C"),
    ],
)
def test_a_choice_lies_on_the_steps_of_its_input(given: dict[str, Any], said: str) -> None:
    profile = check_text(STEPPED, "inputs.yaml").profile
    assert profile is not None
    _, problems = choose_inputs(profile, {"warm": 37.0, **given})
    assert [said in each.message for each in problems] == ([True] if said else [])


@any_of(step=floats(1e-3, 50.0), first=floats(-100.0, 100.0), count=integers(0, 100_000))
def test_whatever_lies_on_a_step_is_taken_and_its_middle_is_not(
    step: float, first: float, count: int
) -> None:
    declared = replace(INPUT, minimum=first, step=step, maximum=None, default=first)
    profile = replace(PROFILE, inputs={"density": declared})
    _, problems = choose_inputs(profile, {"density": first + step * count})
    assert problems == []
    _, problems = choose_inputs(profile, {"density": first + step * (count + 0.5)})
    assert len(problems) == 1


def test_a_profile_is_judged_with_what_was_chosen() -> None:
    text = TEXT + "jobs: {temperature: {target: '{{ inputs.warm }}'}}\n"
    text += "limits: {temperature: {maximum: 45 °C}}\n"
    assert check_text(text, "inputs.yaml", given={"warm": "44 °C"}).is_good
    found = check_text(text, "inputs.yaml", given={"warm": "46 °C", "density": "9"})
    assert [(each.line, each.code) for each in found.diagnostics] == [
        (4, "input"),
        (16, "limit-exceeded"),
    ]
    assert found.profile is None
    broken = check_text("axenic: profile/1\nvessels: 3\n", "x.yaml", given={"warm": "1 °C"})
    assert not broken.is_good
