"""A reading held against a reference, and what is told when there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.hardware.reference import against
from orchestrator.hardware.staging import Deliver, Read

Answer = tuple[float | None, str]


def answering(value: float | None, fault: str = "") -> Read:
    def read(deliver: Deliver) -> None:
        deliver(value, fault)

    return read


def read(sensor: Read, reference: Read, at_v: float = 0.5) -> Answer:
    heard: list[Answer] = []
    against(sensor, reference, "reference", at_v)(lambda *answer: heard.append(answer))
    (answer,) = heard
    return answer


@given(some.floats(0.01, 2.0), some.floats(0.1, 1.0), some.floats(0.2, 3.0))
def test_a_light_that_changes_changes_nothing(seen_v: float, at_v: float, light: float) -> None:
    value, fault = read(answering(seen_v * light), answering(at_v * light), at_v)
    assert value == pytest.approx(seen_v)
    assert fault == ""


def test_without_light_nothing_is_told() -> None:
    value, fault = read(answering(0.1), answering(0.004))
    assert value is None
    assert fault == "the reference sees no light: it shows 0.004 V"


@pytest.mark.parametrize(
    ("sensor", "reference", "says"),
    [
        (answering(None, "silent"), answering(0.5), "silent"),
        (answering(0.3), answering(None, "gone"), "gone"),
    ],
)
def test_each_fault_is_told(sensor: Read, reference: Read, says: str) -> None:
    assert read(sensor, reference) == (None, says)


def test_it_answers_once_both_have_in_either_order() -> None:
    waiting: list[Deliver] = []
    heard: list[Answer] = []
    against(waiting.append, answering(1.0), "reference", 0.5)(lambda *each: heard.append(each))
    assert not heard
    waiting[0](0.4, "")
    assert heard == [(0.2, "")]
