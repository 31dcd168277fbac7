"""A decision says between which values a signal may move without anything being decided anew."""

from __future__ import annotations

from math import inf, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.execution import watch
from orchestrator.execution.bands import NOWHERE, Bands, reach_of
from orchestrator.model.expression import (
    And,
    Binary,
    Call,
    Compare,
    Const,
    Expression,
    Or,
    Signal,
    Unary,
    Unknown,
)
from orchestrator.model.signal import Sample

NAMES = ("od600", "growth_rate", "temperature.measured")
NUMBERS = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0])
SETTINGS: dict[str, float | str] = {"temperature.target": 0.5, "phase": "hold"}


class Look:
    def __init__(self, signals: dict[str, Sample], now_s: float) -> None:
        self.signals, self.now_s = signals, now_s

    def __call__(self, key: str, /) -> float | bool | str | Unknown | None:
        sample = self.signals.get(key)
        if sample is None:
            return SETTINGS[key] if key in SETTINGS else Unknown.signal(key, "no value yet")
        if self.now_s - sample.at_s > sample.max_age_s:
            return Unknown.signal(key, "stale", self.now_s - sample.at_s)
        return sample.value


def _bounds() -> st.SearchStrategy[Expression]:
    number = NUMBERS.map(Const)
    target = st.just(Signal("temperature.target"))
    signal = st.sampled_from(NAMES).map(Signal)
    return st.one_of(number, target, signal, st.builds(Binary, st.just("+"), target, number))


def _comparisons() -> st.SearchStrategy[Expression]:
    operators = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    signal = st.sampled_from(NAMES).map(Signal)
    doubled = st.builds(Binary, st.just("*"), signal, st.just(Const(2.0)))
    one = st.builds(
        lambda a, op, b: Compare(a, ((op, b),)),
        st.one_of(signal, signal, doubled, _bounds()),
        operators,
        _bounds(),
    )
    chain = st.builds(
        lambda a, op, b, other, c: Compare(a, ((op, b), (other, c))),
        NUMBERS.map(Const),
        operators,
        signal,
        operators,
        NUMBERS.map(Const),
    )
    phase = st.just(Compare(Signal("phase"), (("==", Const("hold")),)))
    return st.one_of(one, one, one, chain, phase)


def _conditions() -> st.SearchStrategy[Expression]:
    return st.recursive(
        _comparisons(),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda each: And(tuple(each))),
            st.lists(inner, min_size=2, max_size=3).map(lambda each: Or(tuple(each))),
            inner.map(lambda each: Unary("not", each)),
        ),
        max_leaves=5,
    )


def _samples() -> st.SearchStrategy[dict[str, Sample]]:
    values = st.one_of(NUMBERS, st.floats(-3.0, 3.0))
    ages = st.sampled_from([0.0, 0.0, 0.0, 99.0])
    sample = st.builds(lambda value, age: Sample(value, 100.0 - age, 30.0), values, ages)
    return st.dictionaries(st.sampled_from(NAMES), sample)


@given(_conditions(), _samples(), _samples())
def test_while_every_signal_stays_in_its_band_no_answer_changes(
    condition: Expression, before: dict[str, Sample], news: dict[str, Sample]
) -> None:
    test, look = watch.Test.of(condition), Look(before, 100.0)
    bands = Bands([test.reach], before, look, 100.0)
    fresh = {name: Sample(each.value, 100.0, 30.0) for name, each in news.items()}
    within = {
        name: each
        for name, each in fresh.items()
        if name not in bands.by_signal
        or bands.by_signal[name][0] < float(each.value) < bands.by_signal[name][1]
    }
    was, is_ = test.ask(look), test.ask(Look({**before, **within}, 100.0))
    assert is_ is was or (isinstance(is_, Unknown) and isinstance(was, Unknown))


def _band(condition: Expression, value: float, key: str = "od600") -> tuple[float, float]:
    signals = {key: Sample(value, 0.0)}
    bands = Bands([reach_of(condition)], signals, Look(signals, 0.0), 0.0)
    return bands.by_signal[key]


def _above(bound: float) -> Expression:
    return Compare(Signal("od600"), ((">", Const(bound)),))


@pytest.mark.parametrize(
    ("value", "band"),
    [(0.1, (-(2.0**53), 0.3)), (0.5, (0.3, 1.6)), (1.7, (1.6, 2.0**53)), (0.3, NOWHERE)],
)
def test_a_band_lies_between_the_bounds_next_to_the_value(
    value: float, band: tuple[float, float]
) -> None:
    assert _band(And((_above(1.6), Unary("not", _above(0.3)))), value) == band


def test_a_signal_that_was_left_out_of_its_band_gets_the_one_it_is_in() -> None:
    signals = {"od600": Sample(0.5, 0.0)}
    bands = Bands([reach_of(_above(1.6))], signals, Look(signals, 0.0), 0.0)
    signals["od600"] = Sample(nextafter(1.6, inf), 5.0)
    bands.follow(signals, 5.0)
    assert bands.by_signal["od600"] == (1.6, 2.0**53)


def test_what_is_asked_in_another_way_has_no_band() -> None:
    bent = Compare(Call("round", (Signal("od600"),)), ((">", Const(1.0)),))
    assert _band(bent, 0.5) == NOWHERE


def test_a_bound_made_of_a_setting_counts_and_one_of_a_signal_does_not() -> None:
    target = Binary("+", Signal("temperature.target"), Const(1.0))
    held = Compare(Signal("od600"), (("<", target),))
    assert _band(held, 0.5) == (-(2.0**53), 1.5)
    signals = {"od600": Sample(0.5, 0.0), "temperature.target": Sample(0.5, 0.0)}
    bands = Bands([reach_of(held)], signals, Look(signals, 0.0), 0.0)
    assert bands.by_signal == {"od600": NOWHERE, "temperature.target": NOWHERE}
