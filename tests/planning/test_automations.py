"""Automations wholly in YAML expand where they are followed, and only there (SEMANTICS rule 14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.documents.behaviours import Behaviours
from orchestrator.documents.catalogue import automation_in, load_catalogue
from orchestrator.documents.check import check_text
from orchestrator.documents.load import load
from orchestrator.documents.places import Document
from orchestrator.execution.program import Program
from orchestrator.model.canonical import canonical_json, plain
from orchestrator.model.catalogue import Catalogue
from orchestrator.model.plan import Plan
from orchestrator.planning.compile import compile_profile
from orchestrator.planning.refusal import PlanningRefused
from tests.support.plans import Run

COUNTING = """\
axenic: automation/1
name: counting
job: stirring
description: Stirs faster each minute, and remembers how often it did.
inputs:
  step: {description: Speed to add, type: stirring, default: 10 rpm}
  interval: {description: Time between, type: time, default: 60 s, editable: false}
  above: {description: Density that stops it, type: od, default: 1}
variables:
  times: {description: Times so far, type: number, default: 0}
schedule:
  - name: faster
    every: "{{ inputs.interval }}"
    do:
      - set: {variables.times: "{{ variables.times + 1 }}"}
      - set: {stirring.target: "{{ 300 + variables.times * inputs.step }}"}
rules:
  - name: dense
    when: "{{ od600 > inputs.above }}"
    do:
      - log: "dense after {{ variables.times }} times"
"""
HEAD = """\
axenic: profile/1
name: x
vessels: {a: {volume: 15 mL}, b: {volume: 15 mL}}
inputs: {step: {type: stirring, default: 25 rpm}, interval: {type: time, default: 5 min}}
jobs: {od_reading: {}}
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """What is shipped, and one automation more."""
    known, document = load_catalogue(), document_of(COUNTING)
    own = automation_in(document)
    automations = {**known.automations, ("stirring", "counting"): own}
    added = replace(known, automations=automations)
    return replace(added, behaviours=Behaviours([document], added))


def document_of(text: str) -> Document:
    document, problems = load(text, "contrib/automations/counting.yaml")
    assert document is not None
    assert problems == []
    return document


def planned(catalogue: Catalogue, text: str) -> Plan:
    from orchestrator.documents.catalogue import Offer

    checked = check_text(HEAD + text, "x.yaml", Offer(catalogue, {}))
    assert checked.profile is not None, checked.diagnostics
    return compile_profile(checked.profile, catalogue=catalogue, profile_hash="h")


def items_of(plan: Plan, vessel: int = 0) -> dict[str, list[str]]:
    """Items by phase."""
    phases = plan.vessels[vessel].phases
    return {phase.name: [item.item for item in phase.items] for phase in phases}


FOLLOWED = """\
phases:
  - {name: before, duration: 1 h, jobs: {stirring: {target: 300 rpm}}}
  - name: during
    duration: 1 h
    jobs: {stirring: {automation: counting, target: 300 rpm, step: "{{ inputs.step }}",
                      interval: "{{ inputs.interval }}"}}
    schedule: [{name: mine, at: 10 min, do: [{log: hello}]}]
  - {name: after, duration: 1 h}
"""


def test_its_schedule_and_rules_live_where_the_job_follows_it(catalogue: Catalogue) -> None:
    plan = planned(catalogue, FOLLOWED)
    assert items_of(plan) == {
        "before": [],
        "during": ["mine", "stirring.counting.faster"],
        "after": [],
    }
    assert [rule.item for rule in plan.vessels[0].rules] == ["stirring.counting.dense"]
    item = plan.vessels[0].phases[1].items[1]
    assert (item.source.file, item.source.line) == ("counting.yaml", 12)
    assert plan.vessels[0].phases[1].jobs["stirring"].settings.keys() == {
        "target",
        "step",
        "interval",
        "above",
        "times",
    }


def test_what_is_fixed_is_put_in_and_what_may_change_is_read_as_it_is(catalogue: Catalogue) -> None:
    (_, during, _) = planned(catalogue, FOLLOWED).vessels[0].phases
    item: Any = during.items[1]
    assert item.every_s == 300.0
    told = canonical_json(plain(item.steps)).decode()
    assert '"dosing' not in told
    assert '["signal","stirring.step"]' in told
    assert '["signal","stirring.times"]' in told


def test_for_the_whole_experiment_it_lives_in_every_phase_of_that_vessel(
    catalogue: Catalogue,
) -> None:
    text = HEAD.replace(
        "a: {volume: 15 mL}",
        "a: {volume: 15 mL, jobs: {stirring: {automation: counting, target: 300 rpm}}}",
    )
    from orchestrator.documents.catalogue import Offer

    phases = "phases: [{name: p, duration: 1 h}, {name: q, duration: 1 h}]\n"
    checked = check_text(text + phases, "x.yaml", Offer(catalogue, {}))
    assert checked.profile is not None, checked.diagnostics
    plan = compile_profile(checked.profile, catalogue=catalogue, profile_hash="h")
    both = ["stirring.counting.faster"]
    assert items_of(plan, 0) == {"p": both, "q": both}
    assert items_of(plan, 1) == {"p": [], "q": []}
    assert [len(each.rules) for each in plan.vessels] == [1, 0]


def test_planning_it_twice_gives_the_same_bytes(catalogue: Catalogue) -> None:
    first, again = planned(catalogue, FOLLOWED), planned(catalogue, FOLLOWED)
    assert canonical_json(plain(first)) == canonical_json(plain(again))


def test_what_cannot_be_planned_is_told_there_with_the_place_that_wants_it(
    catalogue: Catalogue,
) -> None:
    wrong = FOLLOWED.replace('"{{ inputs.interval }}"', '"{{ 0 * inputs.interval }}"')
    with pytest.raises(PlanningRefused) as refusal:
        planned(catalogue, wrong)
    problem = refusal.value.diagnostics[0]
    assert (problem.file, problem.line) == ("contrib/automations/counting.yaml", 12)
    (site,) = problem.included_from
    assert (site.file, site.line, site.how) == ("x.yaml", 10, "expanded")


def run_of(catalogue: Catalogue, text: str = FOLLOWED) -> Run:
    slice_ = planned(catalogue, text).vessels[0]
    return Run(program=Program(slice_, attempt="e.1", experiment="e"))


def test_a_variable_counts_on_over_a_restart(catalogue: Catalogue) -> None:
    run = run_of(catalogue)
    run.to(3600.0 + 650.0)
    assert run.target("stirring.times") == 2.0
    assert run.target() == 350.0
    run.crash(3600.0 + 700.0)
    assert run.target("stirring.times") == 2.0
    run.to(3600.0 + 950.0)
    assert run.target("stirring.times") == 3.0
    assert run.target() == 375.0


def test_an_input_changes_while_it_runs(catalogue: Catalogue) -> None:
    run = run_of(catalogue)
    run.to(3600.0 + 310.0)
    assert run.target() == 325.0
    assert run.override("stirring.step", 100.0)
    run.to(3600.0 + 610.0)
    assert run.target() == 500.0


def test_nothing_of_it_happens_once_the_job_follows_it_no_more(catalogue: Catalogue) -> None:
    stopped = FOLLOWED.replace("{log: hello}", "{stop: stirring}")
    run = run_of(catalogue, stopped)
    run.see(max_age_s=1e9, od600=0.5)
    run.to(7100.0)
    done = [outcome for _, outcome, _ in run.outcomes("set")]
    assert done.count("done") == 2
    run.see(max_age_s=1e9, od600=2.0)
    assert run.outcomes("log") == []


def test_its_rules_react_only_while_it_is_followed(catalogue: Catalogue) -> None:
    run = run_of(catalogue)
    run.see(max_age_s=1e9, od600=2.0)
    run.to(3590.0)
    assert run.outcomes("log") == []
    run.to(3650.0)
    assert [outcome for _, outcome, _ in run.outcomes("log")] == ["done"]
