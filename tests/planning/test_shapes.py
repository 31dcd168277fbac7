"""What a formula reaches is judged over the length of its phase."""

from __future__ import annotations

import pytest

from orchestrator.model.plan import ShapePlan
from orchestrator.planning.refusal import PlanningRefused
from tests.support.plan_files import plan_of

CLIMBS = """
axenic: profile/1
name: Climb
inputs:
  hourly: {type: number, default: 1}
  length: {type: duration, default: 1 h}
vessels:
  a: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: climb
    ENDS
    schedule:
      - move: stirring.target
        shape: "{{ 300 + inputs.hourly * phase_time / hours(1) }}"
"""
TIMED = CLIMBS.replace("ENDS", 'duration: "{{ inputs.length }}"')
OPEN = CLIMBS.replace("ENDS", 'until: "{{ elapsed > inputs.length }}"')
HOUR_S = 3600.0


def test_a_formula_that_leaves_its_range_after_the_phase_is_planned() -> None:
    [vessel] = plan_of(TIMED, inputs={"hourly": 100.0, "length": 17 * HOUR_S}).vessels
    [item] = vessel.phases[0].items
    assert isinstance(item, ShapePlan)
    assert item.form == "formula"


@pytest.mark.parametrize("text", [TIMED, OPEN], ids=["within its phase", "within thirty days"])
def test_a_formula_that_leaves_its_range_is_refused(text: str) -> None:
    with pytest.raises(PlanningRefused, match="above the 2000 rpm that is allowed"):
        plan_of(text, inputs={"hourly": 100.0, "length": 18 * HOUR_S})
