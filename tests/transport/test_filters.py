from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.transport.filters import any_covers, covers, matches

LEVELS = st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/b/c", False),
        ("a/+/c", "a//c", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "a/b", True),
        ("#", "$SYS/load", False),
        ("+/load", "$SYS/load", False),
        ("$SYS/#", "$SYS/load", True),
    ],
)
def test_a_filter_selects_topics_as_mqtt_says(
    topic_filter: str, topic: str, expected: bool
) -> None:
    assert matches(topic_filter, topic) is expected


@pytest.mark.parametrize(
    ("allowed", "wanted", "expected"),
    [
        ("a/#", "a/+/c", True),
        ("a/#", "#", False),
        ("a/+", "a/#", False),
        ("a/+", "a/+", True),
        ("a/b", "a/+", False),
        ("#", "#", True),
        ("a/#", "a/#", True),
        ("+/b", "a/b", True),
    ],
)
def test_a_right_covers_only_filters_that_select_no_more(
    allowed: str, wanted: str, expected: bool
) -> None:
    assert covers(allowed, wanted) is expected


def test_one_covering_right_is_enough() -> None:
    assert any_covers(("x", "a/#"), "a/b")
    assert not any_covers((), "a/b")


@given(LEVELS, st.data())
def test_a_filter_made_from_a_topic_selects_it(levels: list[str], data: st.DataObject) -> None:
    masked = [data.draw(st.sampled_from([level, "+"])) for level in levels]
    cut = data.draw(st.integers(0, len(levels)))
    topic = "/".join(levels)
    assert covers("/".join(masked), topic)
    assert covers("/".join([*masked[:cut], "#"]), topic)
