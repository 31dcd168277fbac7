"""Values as JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.canonical import RebuildError, canonical_json, digest, plain, rebuild
from orchestrator.model.event import Payload
from orchestrator.model.expression import Compare, Const, Expression, Signal
from orchestrator.model.plan import (
    AtPlan,
    AtStart,
    Branch,
    Chart,
    ChartSeries,
    Condition,
    CronPlan,
    CronStart,
    EventStart,
    EveryPlan,
    EveryStart,
    JobPlan,
    Late,
    PhasePlan,
    Plan,
    PointPlan,
    RampPlan,
    RulePlan,
    ShapePlan,
    Slice,
    Source,
    StepPlan,
    Timeout,
    WhenStart,
)
from orchestrator.model.text import Text, fold_text

numbers = st.floats(min_value=-1e9, max_value=1e9).map(lambda value: value + 0.0)
times = st.floats(min_value=0.0, max_value=1e7)
words = st.text(min_size=1, max_size=8)
sources = st.builds(Source, file=words, line=st.integers(1, 999))
expressions: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Const, st.one_of(numbers, st.booleans(), words)),
    st.builds(Signal, words),
    st.builds(lambda name, bound: Compare(Signal(name), ((">", Const(bound)),)), words, numbers),
)
texts = st.lists(st.one_of(words, expressions), max_size=3).map(
    lambda parts: fold_text(Text(tuple(parts)), {})
)
lates = st.builds(Late, within_s=times, then=st.sampled_from(["skip", "run", "ask"]))
conditions = st.builds(Condition, when=expressions, for_s=times)


def steps(inner: st.SearchStrategy[StepPlan]) -> st.SearchStrategy[StepPlan]:
    lists = st.lists(inner, max_size=2).map(tuple)
    return st.builds(
        StepPlan,
        op=st.sampled_from(["set", "if", "repeat", "ask", "dose"]),
        source=sources,
        name=st.none() | words,
        timeout_s=st.none() | times,
        late=st.none() | lates,
        if_=st.none() | expressions,
        settings=st.dictionaries(words, expressions, max_size=2),
        volume_ml=st.none() | expressions,
        text=st.none() | texts,
        condition=st.none() | conditions,
        loop=st.sampled_from([None, "count", "while", "until"]),
        steps=lists,
        branches=st.lists(
            st.builds(Branch, when=st.none() | expressions, steps=lists), max_size=2
        ).map(tuple),
        all_vessels=st.booleans(),
    )


any_step = st.recursive(
    st.builds(StepPlan, op=st.just("blank"), source=sources), steps, max_leaves=4
)
step_lists = st.lists(any_step, max_size=2).map(tuple)
common: dict[str, Any] = {"item": words, "source": sources}
timed = common | {"steps": step_lists, "state": st.booleans(), "late": st.none() | lates}
items = st.one_of(
    st.builds(AtPlan, at_s=times, **timed),
    st.builds(
        EveryPlan,
        every_s=times,
        from_s=st.none() | times,
        count=st.none() | st.integers(0, 9),
        **timed,
    ),
    st.builds(CronPlan, cron=words, timezone=words, **timed),
    st.builds(
        RampPlan,
        setting=words,
        from_=st.none() | expressions,
        to=expressions,
        over_s=times,
        **common,
    ),
    st.builds(
        ShapePlan,
        setting=words,
        form=st.sampled_from(["points", "sine", "formula"]),
        points=st.lists(st.builds(PointPlan, time_s=times, value=times), max_size=3).map(tuple),
        interpolation=st.sampled_from(["linear", "step", "smooth"]),
        period_s=st.none() | times,
        timezone=st.none() | words,
        value=st.none() | expressions,
        **common,
    ),
)
jobs = st.dictionaries(
    words,
    st.builds(
        JobPlan,
        automation=st.none() | words,
        settings=st.dictionaries(words, expressions, max_size=2),
    ),
    max_size=2,
)
phases = st.builds(
    PhasePlan,
    name=words,
    source=sources,
    do=step_lists,
    jobs=jobs,
    items=st.lists(items, max_size=3).map(tuple),
    until=st.none() | conditions,
    duration_s=st.none() | times,
    timeout=st.none() | st.builds(Timeout, after_s=times, then=words),
)
payloads = st.builds(
    Payload,
    type=st.sampled_from(["text", "number", "boolean"]),
    path=words,
    equals=st.none() | words | times | st.booleans(),
    retained=st.booleans(),
)
starts = st.one_of(
    st.builds(WhenStart, when=conditions, again_s=st.none() | times),
    st.builds(AtStart, at_s=times),
    st.builds(EveryStart, every_s=times, from_s=st.none() | times, count=st.none() | st.just(3)),
    st.builds(CronStart, cron=st.just("0 9 * * *"), timezone=st.just("UTC")),
    st.builds(EventStart, event=words, name=words, state=words, for_s=times, payload=payloads),
)
rules = st.builds(
    RulePlan,
    item=words,
    starts=st.lists(starts, min_size=1, max_size=3).map(tuple),
    steps=step_lists,
    source=sources,
    if_=st.none() | expressions,
)
slices = st.builds(
    Slice,
    vessel=words,
    volume_ml=times,
    media=st.just(()),
    jobs=jobs,
    phases=st.lists(phases, min_size=1, max_size=2).map(tuple),
    rules=st.lists(rules, max_size=2).map(tuple),
    limits=st.dictionaries(words, numbers, max_size=2),
    worker=st.none() | words,
)
charts = st.builds(
    Chart,
    name=words,
    title=words,
    series=st.lists(st.builds(ChartSeries, signal=words, label=words, unit=words), max_size=2).map(
        tuple
    ),
)
plans = st.builds(
    Plan,
    name=words,
    description=words,
    tags=st.lists(words, max_size=2).map(tuple),
    profile_hash=words,
    timezone=words,
    inputs=st.dictionaries(words, st.one_of(numbers, st.booleans(), words), max_size=3),
    vessels=st.lists(slices, max_size=1).map(tuple),
    charts=st.lists(charts, max_size=1).map(tuple),
)


@settings(max_examples=30, deadline=None)
@given(plans)
def test_what_is_written_is_read_back_equal(plan: Plan) -> None:
    written = canonical_json(plain(plan))
    assert rebuild(Plan, json.loads(written)) == plan
    assert canonical_json(plain(rebuild(Plan, json.loads(written)))) == written


def test_the_same_value_gives_the_same_bytes() -> None:
    one = {"b": 1.0, "a": [True, None, "°C"]}
    other = {"a": [True, None, "°C"], "b": 1.0}
    assert canonical_json(one) == canonical_json(other) == '{"a":[true,null,"°C"],"b":1.0}'.encode()
    assert digest(canonical_json(one)) == digest(canonical_json(other))
    assert len(digest(b"")) == 64


def test_neither_nan_nor_infinity_is_written() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="JSON compliant"):
            canonical_json({"value": value})


HERE = Source(file="p.yaml", line=3)
STEP = StepPlan(op="wait", source=HERE, duration_s=Const(5.0))
ITEM = EveryPlan(item="again", every_s=60.0, steps=(STEP,), source=HERE, state=False)
PHASE = PhasePlan(name="hold", source=HERE, items=(ITEM,))


def test_defaults_are_left_out_but_the_kind_of_an_item_is_not() -> None:
    assert plain(STEP) == {
        "op": "wait",
        "source": {"file": "p.yaml", "line": 3},
        "duration_s": 5.0,
    }
    assert plain(ITEM)["kind"] == "every"


def broken(change: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = plain(PHASE)
    data["items"][0] |= change
    return data


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"every_s": "soon"}, "items[0].every_s: a number is needed, not 'soon'"),
        ({"every_s": True}, "items[0].every_s: a number is needed, not True"),
        ({"every": 5}, "items[0].every: a EveryPlan has no such field"),
        (
            {"kind": "hourly"},
            "items[0].kind: at or every or cron or ramp or shape is needed, not 'hourly'",
        ),
        ({"steps": [{"op": "wait"}]}, "items[0].steps[0].source: missing"),
        ({"steps": 3}, "items[0].steps: a list is needed, not 3"),
        ({"if_": ["nonsense", 1]}, "items[0].if_: no such node: nonsense"),
        (
            {"late": {"within_s": 1, "then": "cry"}},
            "items[0].late.then: skip or run or ask is needed, not 'cry'",
        ),
        ({"count": 1.5}, "items[0].count: a whole number is needed, not 1.5"),
    ],
)
def test_errors_name_the_path(change: dict[str, Any], said: str) -> None:
    with pytest.raises(RebuildError) as caught:
        rebuild(PhasePlan, broken(change))
    assert str(caught.value) == said


def test_whole_numbers_do_where_a_number_is_needed() -> None:
    data = json.loads(canonical_json(plain(ITEM)).replace(b"60.0", b"60"))
    assert rebuild(EveryPlan, data) == ITEM
    assert type(rebuild(EveryPlan, data).every_s) is float


def test_a_constant_that_is_none_is_not_the_absence_of_one() -> None:
    step = replace(STEP, duration_s=Const(None))
    assert rebuild(StepPlan, json.loads(canonical_json(plain(step)))) == step
