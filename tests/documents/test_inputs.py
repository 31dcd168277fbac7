"""What a user chooses for a profile's inputs."""

from __future__ import annotations

from typing import Any

import pytest

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


@pytest.fixture(scope="module")
def profile() -> Profile:
    found = check_text(TEXT, "inputs.yaml").profile
    assert found is not None
    return found


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
