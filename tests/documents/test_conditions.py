"""What is said to be never true is never true, and what may be is let through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.check import check_text
from orchestrator.documents.satisfy import Domain, Domains, impossible
from orchestrator.model.expression import (
    And,
    Binary,
    Compare,
    Conditional,
    Const,
    Expression,
    Member,
    Or,
    Signal,
    Unary,
    evaluate,
)

DOMAINS: Domains = {
    "phase": Domain(texts=frozenset({"batch", "hold"})),
    "stirring.target": Domain(least=0.0, most=2.0),
    "elapsed": Domain(least=0.0),
}
numbers = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
signals = st.sampled_from([Signal("od600"), Signal("stirring.target"), Signal("elapsed")])
amounts: st.SearchStrategy[Any] = st.one_of(
    signals, numbers.map(Const), st.builds(Binary, st.just("+"), signals, numbers.map(Const))
)
phases = st.sampled_from(["batch", "hold", "nowhere"])
leaves: st.SearchStrategy[Any] = st.one_of(
    st.builds(
        Compare,
        amounts,
        st.lists(
            st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), amounts),
            min_size=1,
            max_size=2,
        ).map(tuple),
    ),
    st.builds(
        lambda sign, name: Compare(Signal("phase"), ((sign, Const(name)),)),
        st.sampled_from(["==", "!="]),
        phases,
    ),
    st.builds(lambda names: Member(Signal("phase"), tuple(names)), st.lists(phases, max_size=2)),
    st.sampled_from([Const(True), Const(False)]),
)
conditions: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: And(tuple(each))),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: Or(tuple(each))),
        inner.map(lambda each: Unary("not", each)),
        st.builds(Conditional, inner, inner, inner),
    ),
    max_leaves=8,
)
VALUES = [
    {"od600": od600, "stirring.target": target, "elapsed": elapsed, "phase": phase}
    for od600 in (-2.0, -1.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
    for target in (0.0, 0.5, 0.75, 1.0, 2.0)
    for elapsed in (0.0, 0.5, 1.0, 2.5)
    for phase in ("batch", "hold")
]


@settings(max_examples=1500, deadline=None)
@given(conditions)
def test_what_is_said_to_be_impossible_is_true_of_no_values(condition: Expression) -> None:
    if impossible(condition, DOMAINS) is not None:
        assert all(evaluate(condition, values.get) is not True for values in VALUES)


def between(least: float, most: float) -> Expression:
    od600 = Signal("od600")
    return And((Compare(Const(least), (("<", od600),)), Compare(od600, (("<", Const(most)),))))


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (between(1.0, 2.0), None),
        (between(2.0, 1.0), "no value of od600 fits"),
        (between(1.0, 1.0), "no value of od600 fits"),
        (Compare(Const(1.0), ((">=", Signal("od600")), (">=", Const(1.0)))), None),
        (Or((between(2.0, 1.0), between(1.0, 2.0))), None),
        (Or((between(2.0, 1.0), between(4.0, 3.0))), "no value of od600 fits"),
        (
            Unary("not", Or((between(0.0, 1.0), Unary("not", between(0.0, 1.0))))),
            "no value of od600 fits",
        ),
        (Unary("not", between(0.0, 1.0)), None),
        (Compare(Signal("stirring.target"), ((">", Const(2.0)),)), "no value of stirring.target"),
        (Compare(Signal("stirring.target"), ((">=", Const(2.0)),)), None),
        (Compare(Signal("phase"), (("==", Const("nowhere")),)), "no value of phase fits"),
        (Unary("not", Member(Signal("phase"), ("batch", "hold"))), "no value of phase fits"),
        (Const(False), "it is false whatever is measured"),
        (Const(None), None),
    ],
)
def test_only_a_sure_no_is_one(condition: Expression, why: str | None) -> None:
    found = impossible(condition, DOMAINS)
    assert found is None if why is None else (found or "").startswith(why)


def test_a_condition_with_very_many_ways_is_let_through() -> None:
    way = Or((between(2.0, 1.0), between(4.0, 3.0), between(6.0, 5.0)))
    ways: Expression = And(
        tuple(
            Or(tuple(Compare(Signal(f"x{n}.{m}"), ((">", Const(1.0)),)) for m in range(3)))
            for n in range(6)
        )
    )
    assert impossible(way, {}) is not None
    assert impossible(And((ways, way)), {}) is None


HEAD = """\
axenic: profile/1
name: x
inputs:
  long: {type: time, default: 5 d}
  dense: {type: od, default: 0.8}
vessels:
  a: {volume: 15 mL}
  b: {volume: 15 mL}
media: {feed: {bottle: 1 L}, waste: {bottle: 1 L}}
jobs:
  od_reading: {}
  stirring: {target: 500 rpm}
  temperature: {target: 30 °C}
limits: {dosing: {per_hour: 30 mL, vessel_maximum: 18 mL}}
rules:
  - when: "{{ od600 > inputs.dense and elapsed > inputs.long }}"
    do: [{log: Used}]
"""
FINE = {
    "a phase that a rule goes to": """
phases: [{name: one, do: [{finish: }]}, {name: two, do: [{log: b}]}]
rules:
  - when: "{{ od600 > inputs.dense or elapsed > inputs.long }}"
    do: [{go_to: two}, {log: A rule goes on after it}]
""",
    "a phase that is skipped on one vessel only": """
phases:
  - {name: one, do: [{go_to: three, vessels: [a]}]}
  - {name: two, duration: 1 h}
  - {name: three, duration: 1 h}
""",
    "a phase that is skipped sometimes": """
phases:
  - {name: one, do: [{wait: 1 h}, {go_to: three, if: "{{ od600 > 1 }}"}]}
  - {name: two, duration: 1 h}
  - {name: three, duration: 1 h}
""",
    "a phase whose schedule leaves it": """
phases:
  - {name: one, schedule: [{every: 1 h, do: [{if: "{{ od600 > 1 }}", then: [{finish: }]}]}]}
""",
    "a circle that waits": """
phases:
  - {name: one, do: [{ask: Again}, {go_to: two}]}
  - {name: two, do: [{go_to: one, if: "{{ od600 < 1 }}"}]}
""",
    "a ramp that ends with its phase": """
phases:
  - name: one
    duration: "{{ inputs.long }}"
    schedule:
      - {ramp: temperature.target, to: 37 °C, over: "{{ inputs.long }}"}
      - {at: 119 h, do: [{log: Shortly before}]}
""",
    "items that meet but agree, or act on others": """
phases:
  - name: one
    duration: 2 d
    schedule:
      - {every: 4 h, vessels: [a], do: [{set: {stirring.target: 800 rpm}}]}
      - {at: 8 h, vessels: [b], do: [{set: {stirring.target: 300 rpm}}]}
      - {at: 12 h, do: [{set: {stirring.target: 800 rpm}}]}
      - {at: 16 h, do: [{set: {temperature.target: 31 °C}}]}
      - {at: 20 h, do: [{set: {stirring.target: 300 rpm}, if: "{{ od600 > 1 }}"}]}
""",
    "rules with a gap between them": """
phases: [{name: one, duration: 1 d}]
rules:
  - when: "{{ od600 > inputs.dense and elapsed > inputs.long and temperature.target > 35 }}"
    do: [{set: {temperature.target: 30 °C}}]
  - when: "{{ temperature.target < 25 }}"
    do: [{set: {temperature.target: 32 °C}}]
""",
    "a rule that a measurement ends": """
phases: [{name: one, duration: 1 d}]
rules:
  - when: "{{ od600 > inputs.dense and elapsed > inputs.long }}"
    do: [{set: {stirring.target: 800 rpm}}, {wait: 1 min}, {set: {stirring.target: 500 rpm}}]
""",
    "doses within the limits": """
phases:
  - name: one
    duration: 1 d
    do: [{dilute: 14 mL}, {dose: 3 mL}, {sample: {volume: 1 mL}}]
    schedule:
      - {every: 2 min, do: [{dilute: 1 mL}]}
""",
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_meant_so_is_not_complained_of(name: str) -> None:
    text = FINE[name]
    head = HEAD.partition("rules:")[0] if "rules:" in text else HEAD
    found = check_text(head + text.lstrip("\n"), "a.yaml").diagnostics
    assert [(each.line, each.code, each.message) for each in found] == []
