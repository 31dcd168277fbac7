"""Packages merge: maps merge, lists append, and a clash names both places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.documents.check import check_text
from orchestrator.documents.load import load
from orchestrator.documents.packages import merge_packages
from tests.documents.test_include import checked, codes

HEAD = "axenic: profile/1\nname: x\nvessels: {a: {volume: 15 mL}}\n"


def merged(data: dict[str, Any]) -> tuple[Any, list[str]]:
    """Merge a mapping's packages; give what came of it, and what was complained of."""
    document, problems = load(yaml.safe_dump(data, sort_keys=False), "a.yaml")
    assert document is not None
    assert problems == []
    whole, clashes = merge_packages(document)
    return whole.data, [each.message for each in clashes]


def test_maps_merge_lists_append_and_what_is_equal_is_no_clash() -> None:
    data, clashes = merged(
        {
            "a": {"x": 1, "l": [1]},
            "packages": [
                {"a": {"y": 2, "x": 1, "l": [2]}, "packages": {"deep": {"a": {"z": 3}}}},
                {"a": {"l": [3]}, "b": "new"},
            ],
        }
    )
    assert data == {"a": {"x": 1, "l": [1, 2, 3], "y": 2, "z": 3}, "b": "new"}
    assert clashes == []


def test_a_clash_names_both_places_and_the_first_stands() -> None:
    text = "a: 1\npackages:\n  p: {a: 2}\n  q: {b: 3}\n  r: {b: [4]}\n"
    document, _ = load(text, "a.yaml")
    assert document is not None
    whole, clashes = merge_packages(document)
    assert whole.data == {"a": 1, "b": 3}
    assert [(each.line, each.column) for each in clashes] == [(3, 7), (5, 7)]
    assert "a.yaml:1:1" in clashes[0].message
    assert "a.yaml:4:7" in clashes[1].message


def test_positions_go_with_what_moves(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        {
            "a.yaml": HEAD + "phases: [{name: a, duration: 1 d}]\npackages: [!include p.yaml]\n",
            "p.yaml": "packages: {q: !include q.yaml}\nphases: [{name: b, duration: 1 dy}]\n",
            "q.yaml": "phases:\n  - {name: c, duration: 2 dy}\njobs: {stiring: {}}\n",
        },
    )
    places = [(Path(each.file).name, each.line, each.column) for each in found.diagnostics]
    assert places == [("p.yaml", 2, 30), ("q.yaml", 2, 25), ("q.yaml", 3, 8)]
    assert codes(found) == ["wrong-unit", "wrong-unit", "unknown-job"]


def test_what_is_no_package_is_told_by_the_schema() -> None:
    for packages in ("text", "[1]", "{a: text}", "{a: [1]}"):
        found = check_text(
            HEAD + f"phases: [{{name: a, duration: 1 d}}]\npackages: {packages}\n", "a"
        )
        assert codes(found) == ["wrong-type"], packages


TREES = st.recursive(
    st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)
MAPS = st.dictionaries(st.sampled_from("abc"), TREES)


@given(MAPS, MAPS, MAPS)
def test_merging_one_after_the_other_is_merging_both(
    base: dict[str, Any], first: dict[str, Any], second: dict[str, Any]
) -> None:
    together, clashes = merged({**base, "packages": [first, second]})
    one, early = merged({**base, "packages": [first]})
    both, late = merged({**one, "packages": [second]})
    assert together == both
    assert bool(clashes) == bool(early or late)
    assert base.keys() <= together.keys()
