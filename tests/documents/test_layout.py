"""Laying out keeps meaning and comments, whatever a document looks like, and comes to rest."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.layout.format import format_text
from orchestrator.documents.load import load

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
SHIPPED = sorted(
    path
    for folder in ("profiles", "contrib", "tests/documents")
    for path in (CHECKOUT / folder).rglob("*.yaml")
)
READABLE = [path for path in SHIPPED if load(path.read_bytes(), path.name)[0] is not None]
MESSY = (HERE / "layout" / "messy.yaml").read_text("utf-8")
WORDS = ("a", "blank", "12:30", "on", "0.8", "15 mL", "1e3", "x # y", "{{ od600 }}", "µ°🧫", "")


def laid_out(text: str) -> str:
    """Lay out a text that can be read."""
    formatted = format_text(text, "x.yaml")
    assert formatted.diagnostics == ()
    return formatted.text


def data_of(text: str) -> Any:
    """Read a text that has to be readable."""
    document, problems = load(text, "x.yaml")
    assert document is not None, (problems, text)
    return document.data


def same(one: Any, other: Any) -> bool:
    """Compare with kinds, in the spelling of Python."""
    return repr(_sorted(one)) == repr(_sorted(other))


def _sorted(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _sorted(data[key]) for key in sorted(data)}
    return [_sorted(each) for each in data] if isinstance(data, list) else data


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_every_document_that_is_shipped_keeps_its_data_and_comes_to_rest(path: Path) -> None:
    text = path.read_text("utf-8")
    if format_text(text, path.name).diagnostics:
        return  # a golden sample of what cannot be read
    once = laid_out(text)
    assert same(data_of(once), data_of(text))
    assert laid_out(once) == once


@pytest.mark.parametrize("folder", ["profiles", "contrib"])
def test_what_is_shipped_to_users_is_laid_out_already(folder: str) -> None:
    for path in (CHECKOUT / folder).rglob("*.yaml"):
        assert laid_out(path.read_text("utf-8")) == path.read_text("utf-8"), path


def test_a_messy_document_looks_as_written_beside_it() -> None:
    expected = (HERE / "layout" / "tidy.yaml").read_text("utf-8")
    assert laid_out(MESSY) == expected


def test_a_comment_is_never_lost_or_changed() -> None:
    def comments(text: str) -> list[str]:
        return sorted(re.findall(r"#.*", text))

    assert comments(laid_out(MESSY)) == comments(MESSY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 'x'\n", "a: x\n"),
        ("a: '12:30'\n", 'a: "12:30"\n'),
        ("a: 'on'\n", 'a: "on"\n'),
        ("a: '0123'\n", 'a: "0123"\n'),
        ("a: '1e3'\n", 'a: "1e3"\n'),
        ("a: 'say \"hi\"'\n", "a: 'say \"hi\"'\n"),
        ('a: "tab\\t"\n', 'a: "tab\\t"\n'),
        ("a: '{{ od600 }}'\n", 'a: "{{ od600 }}"\n'),
        ("a:   {b:  1 ,c: [ 1,2 ]}\n", "a: {b: 1, c: [1, 2]}\n"),
        ("a:\n- 1\n-  2\n", "a:\n  - 1\n  - 2\n"),
        ("a:\n    - - 1\n      - 2\n", "a:\n  - - 1\n    - 2\n"),
        ("ab: 1\nc:  2\n", "ab: 1\nc:  2\n"),
        ("ab: 1\nc:    2\n", "ab: 1\nc: 2\n"),
        ("a: 1   \n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
        ("{a: 1, b: 2}\n", "a: 1\nb: 2\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
        ("# head\n---\na: 1", "# head\n---\na: 1\n"),
        ("a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: *x\n"),
        ("a: |+\n  x\n\nb: 1\n", "a: |+\n  x\n\nb: 1\n"),
        ("- name: x\n  do:\n  - log:  y\n", "- name: x\n  do:\n    - log: y\n"),
        ("a:   !include  'b.yaml'\n", "a: !include 'b.yaml'\n"),
        ("name: x\naxenic: profile/1\n", "axenic: profile/1\nname: x\n"),
    ],
)
def test_whitespace_quotes_and_order_follow_the_house(before: str, after: str) -> None:
    assert laid_out(before) == after


def test_a_line_that_is_too_long_becomes_a_block() -> None:
    long = "a: {" + ", ".join(f"key_number_{number}: a value" for number in range(6)) + "}\n"
    assert laid_out(long).count("\n  key_number") == 6


def test_sections_stay_in_place_where_an_alias_needs_what_is_before_it() -> None:
    text = "axenic: profile/1\nphases: &p [1]\nname: *p\n"
    assert laid_out(text) == text


def test_a_broken_document_is_left_alone_with_the_reason() -> None:
    text = "a: [1\nb:   2\n"
    formatted = format_text(text, "x.yaml")
    assert formatted.text == text
    assert [each.code for each in formatted.diagnostics] == ["yaml-syntax"]


KEYS = ("axenic", "name", "rules", "on", "b", "long_key")
TOP_KEYS = st.sampled_from(("name", "jobs", "x"))
VALUES = st.recursive(
    st.sampled_from(WORDS) | st.none() | st.booleans() | st.integers(-9, 9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(
    data=st.dictionaries(TOP_KEYS, VALUES, min_size=1),
    seed=st.integers(0, 2**32),
)
def test_any_document_keeps_its_data_and_its_comments_and_comes_to_rest(
    data: dict[str, Any], seed: int
) -> None:
    text = _written("", data, random.Random(seed), 0)
    before = data_of(text)
    assert same(before, data)
    once = laid_out(text)
    assert same(data_of(once), data)
    assert laid_out(once) == once
    assert once.count("#c") == text.count("#c")


def _written(head: str, data: Any, chance: random.Random, indent: int) -> str:
    """Write data as a careless person might, with comments here and there."""
    margin = " " * indent
    tail = chance.choice(("", "", "  ", "  #c", " #c"))
    if not isinstance(data, (dict, list)) or not data or (head and chance.random() < 0.4):
        return f"{head} {_inline(data, chance)}{tail}\n"
    step = indent + (chance.choice((1, 2, 4)) if head else 0)
    inner = " " * step
    lines = [f"{head}{tail}\n"] if head else []
    pairs = data.items() if isinstance(data, dict) else (("-", each) for each in data)
    for key, value in pairs:
        lines.append(chance.choice(("", "", "\n", "\n\n", f"{inner}#c\n", f"{margin}  #c\n")))
        begin = "-" if key == "-" else f"{key}:" + " " * chance.choice((0, 0, 3))
        lines.append(_written(inner + begin, value, chance, step))
    return "".join(lines)


def _inline(data: Any, chance: random.Random) -> str:
    space = chance.choice(("", " "))
    if isinstance(data, dict):
        said = f",{space} ".join(f"{key}: {_inline(each, chance)}" for key, each in data.items())
        return f"{{{space}{said}{space}}}"
    if isinstance(data, list):
        return f"[{space}{f',{space}'.join(_inline(each, chance) for each in data)}{space}]"
    if isinstance(data, str):
        return f'"{data}"' if chance.random() < 0.5 else f"'{data}'"
    words = {None: "null", True: "true", False: "false"}
    return words[data] if data is None or isinstance(data, bool) else str(data)
