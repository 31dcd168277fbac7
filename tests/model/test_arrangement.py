"""Who changes places with whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.arrangement import ArrangementRefused, Placed, arrange


def placed(text: str) -> list[Placed]:
    """`a1` is ada's; places are far apart."""
    return [
        Placed(experiment=name, owner=name[0], priority=0, place=10 * number)
        for number, name in enumerate(text.split())
    ]


def after(queue: list[Placed], changed: dict[str, int]) -> str:
    where = {one.experiment: changed.get(one.experiment, one.place) for one in queue}
    return " ".join(sorted(where, key=where.__getitem__))


@pytest.mark.parametrize(
    ("moved", "to", "owner", "expected"),
    [
        ("a3", "first", "a", "a3 b1 a1 a2"),
        ("a1", "last", "a", "a2 b1 a3 a1"),
        ("a3", "a2", "a", "a1 b1 a3 a2"),
        ("a3", "first", None, "a3 a1 b1 a2"),
        ("b1", "a1", None, "b1 a1 a2 a3"),
        ("a1", "first", "a", "a1 b1 a2 a3"),
    ],
)
def test_an_entry_goes_where_it_is_put(
    moved: str, to: str, owner: str | None, expected: str
) -> None:
    queue = placed("a1 b1 a2 a3")
    assert after(queue, dict(arrange(queue, moved, to, owner=owner))) == expected


def test_a_priority_cannot_be_passed_by_a_place() -> None:
    high = Placed(experiment="h", owner="a", priority=3, place=1)
    with pytest.raises(ArrangementRefused, match="the priority decides first"):
        arrange([high, *placed("a1 a2")], "a2", "h")


@pytest.mark.parametrize(("moved", "to"), [("x", "first"), ("a1", "x"), ("a1", "a1"), ("b1", "a1")])
def test_what_makes_no_sense_is_refused(moved: str, to: str) -> None:
    with pytest.raises(ArrangementRefused):
        arrange(placed("a1 a2 b1"), moved, to, owner="a")


@given(st.data())
def test_a_users_own_order_never_moves_anybody_elses(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
    queue = placed(" ".join(f"{owner}{n}" for n, owner in enumerate(names)))
    one = data.draw(st.sampled_from(queue))
    changed = arrange(
        queue, one.experiment, data.draw(st.sampled_from(["first", "last"])), owner=one.owner
    )
    assert {name[0] for name in changed} <= {one.owner}
    places = [changed.get(each.experiment, each.place) for each in queue]
    assert sorted(places) == [each.place for each in queue], "the same places, dealt anew"
