"""When what waits will start: the queue played forward, fast and slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.leader.estimate import Estimate, estimate
from orchestrator.leader.lasting import Lasting, lasting
from orchestrator.leader.situation import Situation
from tests.leader.test_laws_of_the_queue import NOW, entry, place

HOUR = 3600.0


def hours(least: float, most: float | None, basis: str = "2 earlier runs") -> Lasting:
    return Lasting(least_s=least * HOUR, most_s=None if most is None else most * HOUR, basis=basis)


def looked(found: Mapping[str, Estimate]) -> dict[str, tuple[float | None, float | None]]:
    def in_h(wall_s: float | None) -> float | None:
        return None if wall_s is None else round((wall_s - NOW) / HOUR, 3)

    return {k: (in_h(e.earliest_wall_s), in_h(e.latest_wall_s)) for k, e in found.items()}


def test_one_after_the_other_waits_add_up() -> None:
    situation = Situation(
        waiting=[entry("a", place=1), entry("b", place=2)],
        places=[place("r1", occupied_by="old")],
        now_wall_s=NOW,
    )
    found = estimate(situation, {"old": hours(1, 2), "a": hours(3, 5)})
    assert looked(found) == {"a": (1, 2), "b": (4, 7)}
    assert found["a"].basis == "old: 2 earlier runs"


def test_an_open_end_leaves_the_latest_open() -> None:
    situation = Situation(
        waiting=[entry("a", place=1)],
        places=[place("r1", occupied_by="old"), place("r2", occupied_by="other")],
        now_wall_s=NOW,
    )
    found = estimate(situation, {"old": hours(1, None), "other": hours(2, 4)})
    assert looked(found) == {"a": (1, 4)}
    alone = replace(situation, places=situation.places[:1])
    assert looked(estimate(alone, {"old": hours(1, None)})) == {"a": (1, None)}


def test_what_is_held_does_not_start_by_itself() -> None:
    situation = Situation(waiting=[entry("a", hold="later")], places=[place("r1")], now_wall_s=NOW)
    found = estimate(situation, {})
    assert looked(found) == {"a": (None, None)}
    assert found["a"].basis == "as things stand it does not start by itself"


def test_a_moment_to_come_is_when_it_starts() -> None:
    situation = Situation(
        waiting=[entry("a", not_before_wall_s=NOW + 5 * HOUR)],
        places=[place("r1")],
        now_wall_s=NOW,
    )
    assert looked(estimate(situation, {})) == {"a": (5, 5)}


@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=6),
    st.integers(1, 3),
)
def test_the_latest_is_never_before_the_earliest_on_reactors_that_are_alike(
    lengths: list[tuple[float, float]], reactors: int
) -> None:
    waiting = [entry(f"e{n}", place=n, owner=f"u{n}") for n in range(len(lengths))]
    situation = Situation(
        waiting=waiting, places=[place(f"r{n}") for n in range(reactors)], now_wall_s=NOW
    )
    lasts = {f"e{n}": hours(least, least + more) for n, (least, more) in enumerate(lengths)}
    for found in estimate(situation, lasts).values():
        assert found.earliest_wall_s is not None
        assert found.latest_wall_s is not None
        assert found.earliest_wall_s <= found.latest_wall_s + 1e-6


FIXED = {"vessels": [{"phases": [{"duration_s": 3600.0}, {"duration_s": 1800.0}]}]}
LEAVES = {"op": "if", "branches": [{"steps": [{"op": "go_to", "phase": "other"}]}]}
TURNED = [
    {"vessels": [{"phases": [{"duration_s": 3600.0, "items": [{"steps": [LEAVES]}]}]}]},
    {"vessels": [{"phases": [{"duration_s": 60.0}], "rules": [{"steps": [{"op": "finish"}]}]}]},
    {"vessels": [{"phases": [{"duration_s": 60.0, "do": [{"op": "ask", "then": "fail"}]}]}]},
    {"vessels": [{"phases": [{"duration_s": 60.0, "timeout": {"after_s": 30.0}}]}]},
]
OPEN = {"vessels": [{"phases": [{"duration_s": 3600.0, "until": {"when": {}}}]}]}


@pytest.mark.parametrize(
    ("plan", "more", "least_s", "most_s", "basis"),
    [
        (FIXED, {}, 5400.0, 5400.0, "the profile's own times"),
        (OPEN, {}, 0.0, None, "nobody knows how long it lasts"),
        *((turned, {}, 0.0, None, "nobody knows how long it lasts") for turned in TURNED),
        (OPEN, {"rehearsed_s": 1000.0}, 750.0, 1250.0, "a rehearsal"),
        (OPEN, {"completed_s": [400.0]}, 300.0, 500.0, "an earlier run"),
        (OPEN, {"completed_s": [400.0, 900.0, 600.0]}, 400.0, 900.0, "3 earlier runs"),
        (FIXED, {"completed_s": [6000.0, 7000.0]}, 6000.0, 7000.0, "2 earlier runs"),
    ],
)
def test_a_length_is_known_from_runs_times_or_a_rehearsal(
    plan: Mapping[str, object],
    more: Mapping[str, object],
    least_s: float,
    most_s: float | None,
    basis: str,
) -> None:
    found = lasting(plan, **more)  # type: ignore[arg-type]
    assert (found.least_s, found.most_s, found.basis) == (least_s, most_s, basis)


def test_what_is_late_has_an_open_end() -> None:
    left = hours(1, 2, "an earlier run").after(1.5 * HOUR)
    assert (left.least_s, left.most_s) == (0.0, 0.5 * HOUR)
    late = hours(1, 2, "an earlier run").after(3 * HOUR)
    assert (late.least_s, late.most_s) == (0.0, None)
    assert late.basis == "it has lasted longer than an earlier run told"
