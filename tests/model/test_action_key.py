"""The name under which an action stands in the ledger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.key import RULE_VISIT, ActionKey, seconds_text, utc_seconds, utc_text

words = st.text(alphabet=st.characters(blacklist_characters=":@#/\n"), min_size=1, max_size=20)


def key(**parts: str) -> ActionKey:
    usual = {"attempt": "x1.1", "vessel": "warmed", "visit": "hold#1", "item": "daily sample"}
    return ActionKey(**{**usual, "occurrence": "0", **parts})


@pytest.mark.parametrize(
    ("action_key", "text"),
    [
        (key(), "x1.1:warmed:hold#1:daily sample@0"),
        (key(occurrence="14400", path="1[3].0"), "x1.1:warmed:hold#1:daily sample@14400:1[3].0"),
        (
            key(occurrence="2025-01-06T08:00:00Z", path="0"),
            "x1.1:warmed:hold#1:daily sample@2025-01-06T08:00:00Z:0",
        ),
        (key(visit=RULE_VISIT, item="dense", occurrence="3"), "x1.1:warmed:*:dense@3"),
    ],
)
def test_a_key_is_written_and_read_back(action_key: ActionKey, text: str) -> None:
    assert str(action_key) == text
    assert ActionKey.parse(text) == action_key


@given(
    words,
    words,
    words,
    st.floats(min_value=0.0, max_value=1e8),
    st.sampled_from(["", "0", "2.then.0"]),
)
def test_any_key_is_read_back(vessel: str, phase: str, item: str, at_s: float, path: str) -> None:
    made = key(
        vessel=vessel, visit=f"{phase}#2", item=item, occurrence=seconds_text(at_s), path=path
    )
    assert ActionKey.parse(str(made)) == made


def test_steps_stand_below_their_occurrence() -> None:
    step = key().step("2").step("then.0")
    assert step.path == "2.then.0"
    assert step.whole == key()
    assert key().whole == key()


@given(st.floats(min_value=0.0, max_value=1e9))
def test_nominal_seconds_survive_being_written(value_s: float) -> None:
    assert float(seconds_text(value_s)) == value_s


@given(st.integers(min_value=0, max_value=4_000_000_000))
def test_moments_survive_being_written(wall_s: int) -> None:
    assert utc_seconds(utc_text(float(wall_s))) == wall_s


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="not an action id"):
        ActionKey.parse("nonsense")
