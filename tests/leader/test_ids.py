"""Names of experiments."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.leader.ids import command_id, experiment_id

moments = st.floats(0, 4_000_000_000)


@given(moments, st.floats(1, 1e9), st.integers())
def test_ids_are_short_safe_and_sorted_by_time(wall_s: float, later_s: float, seed: int) -> None:
    chance = Random(seed)
    first, second = experiment_id(wall_s, chance), experiment_id(wall_s + later_s, chance)
    assert re.fullmatch(r"\d{8}-[0-9a-hjkmnp-tv-z]{4}", first)
    assert first < second


def test_an_id_begins_with_its_day() -> None:
    assert experiment_id(1_795_219_200.0, Random(0)).startswith("20261121-000")


def test_the_same_chance_gives_the_same_names() -> None:
    assert command_id(Random(7)) == command_id(Random(7)) != command_id(Random(8))
