"""What a bench reports, and how it is judged."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tools.bench.figure import Budget, Figure
from tools.bench.made_profile import LINES, profile_text
from tools.bench.page import MARKER, write_page
from tools.bench.sampling import in_turn, percentile
from tools.bench.size import Size
from tools.bench.table import quantity


def figure(budget: Budget | None, baseline: float | None = 4.0) -> Figure:
    return Figure(what="something", ours=10.0, unit="ms", baseline=baseline, budget=budget)


@pytest.mark.parametrize(
    ("budget", "met"),
    [
        (None, None),
        (Budget(text="≤ 10", most=10.0), True),
        (Budget(text="≤ 9", most=9.0), False),
        (Budget(text="≥ 10", least=10.0), True),
        (Budget(text="≥ 11", least=11.0), False),
        (Budget(text="≤ 2.5 ×", of="ratio", most=2.5), True),
        (Budget(text="≤ 2 ×", of="ratio", most=2.0), False),
    ],
)
def test_a_figure_is_held_against_its_budget(budget: Budget | None, met: bool | None) -> None:
    assert figure(budget).met is met


def test_a_budget_on_the_ratio_says_nothing_without_a_baseline() -> None:
    assert figure(Budget(text="≤ 2 ×", of="ratio", most=2.0), baseline=None).met is None


def test_figures_survive_being_written_down() -> None:
    one = figure(Budget(text="≤ 2 ×", of="ratio", most=2.0))
    assert msgspec.json.decode(msgspec.json.encode(one), type=Figure) == one


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([3.0], 0.5) == 3.0


def test_both_sides_are_sampled_in_turn_after_a_warm_up() -> None:
    order: list[str] = []

    def sample(name: str, value: float) -> float:
        order.append(name)
        return value + len(order)

    medians = in_turn(3, lambda: sample("a", 0.0), lambda: sample("b", 100.0))
    assert order == ["a", "b"] * 4
    assert medians == [5.0, 106.0]


def test_a_full_size_falls_back_on_the_usual_one() -> None:
    assert [size.of(1, 2, 3) for size in Size] == [1, 2, 3, 3]
    assert Size.FULL.of(1, 2, 3, 4) == 4


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123456, "ms", "0.0123 ms"),
        (9180.0, "/s", "9180 /s"),
        (68_512.0, "/s", "68.5 k/s"),
        (1_650_000.0, "/s", "1.65 M/s"),
    ],
)
def test_quantities_are_short(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


def test_made_profiles_have_the_lines_that_the_budget_speaks_of_and_differ() -> None:
    one, another = profile_text(1), profile_text(2)
    assert one.count("\n") == LINES
    assert one != another
    logged = [line for text in (one, another) for line in text.splitlines() if "- log:" in line]
    assert len(logged) > 20
    assert len(set(logged)) == len(logged)


def test_the_page_keeps_its_words_and_takes_new_figures(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"Words.\n\n{MARKER}\n| old |\n", encoding="utf-8")
    one = figure(Budget(text="≤ 9", most=9.0))
    write_page("2026-01-01, a machine", Size.QUICK, {"one": [one]}, {"two": "no room"}, page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"Words.\n\n{MARKER}")
    assert "old" not in text
    assert "| something | 10 ms | 4 ms,  | 2.5 × | ≤ 9 | **missed** |" in text
    assert "| two broke: no room |" in text


def test_the_page_of_this_repository_can_be_written(checkout: Path) -> None:
    assert MARKER in (checkout / "docs" / "benchmarks.md").read_text(encoding="utf-8")
