"""Inputs of type `schedule`: by the wall clock or at an interval, as the user chooses."""

from __future__ import annotations

import pytest

from orchestrator.documents.check import check_text
from orchestrator.model.canonical import canonical_json, plain
from orchestrator.model.plan import (
    CronPlan,
    CronStart,
    EveryPlan,
    EveryStart,
    ItemPlan,
    Plan,
    Start,
)
from orchestrator.planning.refusal import PlanningRefused
from tests.support.plan_files import plan_of

PROFILE = """\
axenic: profile/1
name: Sample
vessels:
  a: {volume: 15 mL}
inputs:
  sampling: {type: schedule, default: SAMPLING}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: hold
    duration: 7 d
    schedule:
      - {name: sample, cron: ITEM, ZONE do: [{log: Sample}]}
rules:
  - {name: look, cron: ITEM, ZONE do: [{log: Look}]}
"""
CHOSEN = '"{{ inputs.sampling }}"'


def profile(
    default: str, item: str = CHOSEN, zone: str = "timezone: Europe/Berlin,", key: str = "cron"
) -> str:
    text = PROFILE.replace("SAMPLING", default).replace("ITEM", item).replace("ZONE", zone)
    return text.replace("cron:", f"{key}:")


def both(plan: Plan) -> tuple[ItemPlan, Start]:
    slice_ = plan.vessels[0]
    return slice_.phases[0].items[0], slice_.rules[0].starts[0]


def codes(text: str) -> list[str]:
    return [each.code for each in check_text(text.encode(), "sample.yaml").diagnostics]


def test_a_cron_entry_by_default_goes_by_the_wall_clock() -> None:
    item, start = both(plan_of(profile("0 9 * * mon-fri")))
    assert isinstance(item, CronPlan)
    assert (item.cron, item.timezone) == ("0 9 * * mon-fri", "Europe/Berlin")
    assert start == CronStart(cron="0 9 * * mon-fri", timezone="Europe/Berlin")


def test_a_chosen_interval_becomes_an_every_of_the_same_name() -> None:
    plan = plan_of(profile("0 9 * * *"), inputs={"sampling": "1 h 30 min"})
    item, start = both(plan)
    assert isinstance(item, EveryPlan)
    assert (item.item, item.every_s) == ("sample", 5400.0)
    assert start == EveryStart(every_s=5400.0)
    assert plan.inputs == {"sampling": "1 h 30 min"}


def test_a_vessel_may_have_a_schedule_of_its_own() -> None:
    text = profile("0 9 * * *").replace("15 mL", "15 mL, inputs: {sampling: 2 h}")
    assert isinstance(both(plan_of(text))[0], EveryPlan)


@pytest.mark.parametrize(
    ("chosen", "key", "written"), [("0 9 * * *", "cron", '"0 9 * * *"'), ("6 h", "every", "6 h")]
)
def test_a_choice_gives_the_schedule_that_writing_it_out_gives(
    chosen: str, key: str, written: str
) -> None:
    zone = "timezone: Europe/Berlin," if key == "cron" else ""
    plain_text = profile("1 h", written, zone, key)
    one, other = plan_of(profile("1 h"), inputs={"sampling": chosen}), plan_of(plain_text)
    shown = [
        canonical_json([plain(each) for each in (plan.vessels[0].phases, plan.vessels[0].rules)])
        for plan in (one, other)
    ]
    assert shown[0] == shown[1]


def test_the_same_choice_gives_the_same_bytes_however_it_is_spaced() -> None:
    one = plan_of(profile("1 h"), inputs={"sampling": "0 9 * * *"})
    other = plan_of(profile("1 h"), inputs={"sampling": " 0  9 * * * "})
    assert canonical_json(plain(one)) == canonical_json(plain(other))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("0 26 * * *", "26 is no hour"),
        ("@daily", "shorthands are not read here"),
        ("every morning", "'every morning' is not a duration"),
        ("0 9 * *", "a cron entry has five fields"),
        ("0.2 s", "at least 1 s"),
        ("6 mL", "is a cron entry such as"),
    ],
)
def test_what_is_no_schedule_cannot_be_chosen(chosen: str, said: str) -> None:
    with pytest.raises(PlanningRefused) as refused:
        plan_of(profile("6 h"), inputs={"sampling": chosen})
    assert [said in each.message for each in refused.value.diagnostics] == [True]


def test_choices_bound_a_schedule() -> None:
    text = profile('6 h, choices: [6 h, "0 9 * * *"]')
    assert isinstance(both(plan_of(text, inputs={"sampling": "0 9 * * *"}))[0], CronPlan)
    with pytest.raises(PlanningRefused, match="none of"):
        plan_of(text, inputs={"sampling": "7 h"})


def test_rule_7_a_clock_without_a_timezone_is_warned_of_where_it_is_followed() -> None:
    assert codes(profile("0 9 * * *", zone="")) == ["missing-timezone"] * 2
    assert codes(profile("6 h", zone="")) == []
    assert codes(profile("0 9 * * *")) == []


def test_an_odd_entry_is_warned_of_once_where_it_is_the_default() -> None:
    checked = check_text(profile("'*/7 * * * *'").encode(), "sample.yaml")
    assert [(each.line, each.code) for each in checked.diagnostics] == [(6, "cron-lint")]


def judged(text: str, **inputs: str) -> list[tuple[int, str, str]]:
    checked = check_text(text.encode(), "sample.yaml", given=inputs)
    return [(each.line, each.code, each.message) for each in checked.diagnostics]


def test_an_odd_entry_that_is_chosen_is_warned_of_at_the_input() -> None:
    text = profile("0 9 * * *")
    said = [
        (
            6,
            "cron-lint",
            "sampling: a step of 7 does not divide the 60 minutes, so the last gap is shorter",
        )
    ]
    assert judged(text, sampling="*/7 * * * *") == said
    assert judged(text, sampling="0 9 * * *") == []


def test_rule_7_it_is_the_choice_that_needs_a_timezone_or_does_not() -> None:
    assert [each[1] for each in judged(profile("6 h", zone=""), sampling="0 9 * * *")] == [
        "missing-timezone"
    ] * 2
    assert judged(profile("0 9 * * *", zone=""), sampling="6 h") == []


FED = """\
axenic: profile/1
name: Sample
timezone: Europe/Berlin
vessels:
  a: {volume: 15 mL}
media: {feed: {bottle: 1 L}}
inputs:
  feeding: {type: schedule, default: 0 9 * * *}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: hold
    duration: 8 h
    schedule:
      - {cron: "{{ inputs.feeding }}", do: [{set: {stirring.target: 300 rpm}}, {dose: 1 mL}]}
      - {name: slow, at: 4 h, do: [{set: {stirring.target: 400 rpm}}]}
rules:
  - {name: fed too, cron: "{{ inputs.feeding }}", do: [{dose: 1 mL}]}
limits: {dosing: {per_hour: 3 mL}}
"""


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ("0 9 * * *", []),
        ("15 min", [(15, "dosing-too-fast"), (16, "double-set"), (18, "dosing-too-fast")]),
        ("3 h", []),
        ("2 h", [(16, "double-set")]),
        ("8 h", [(15, "after-phase")]),
    ],
)
def test_an_interval_is_judged_as_an_every_wherever_it_comes_from(
    chosen: str, codes: list[tuple[int, str]]
) -> None:
    by_default = FED.replace("default: 0 9 * * *", f"default: {chosen}")
    for said in (judged(FED, feeding=chosen), judged(by_default)):
        assert [each[:2] for each in said] == codes
