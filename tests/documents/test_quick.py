"""The quick reader answers what PyYAML would have answered, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.decode import printable
from orchestrator.documents.pieces import PIECES_MAX, SIGNS_MAX, too_many_pieces
from orchestrator.documents.quick import GaveUp, read_quickly
from orchestrator.documents.scan import events_of
from orchestrator.documents.thorough import read_thoroughly
from orchestrator.resources import resource

SHIPPED = [*resource("profiles").rglob("*.yaml"), *resource("contrib").rglob("*.yaml")]
SAMPLES = sorted(Path(__file__).parent.rglob("*.yaml"))
LINES = [path.read_text("utf-8").split("\n") for path in SHIPPED]
SIGNS = "ab:-{}[],#'\" \n?&*!|>%@`0.1~=<\t\r\\é\xa0"
PIECES = [
    *("a: ", "b: ", "- ", "  ", "    ", "\n", "\n  ", "\n- ", "\n  - ", "x", " #c", "#c"),
    *("{", "}", "[", "]", ", ", ",", ":", ": ", "'", '"', "1", "-1", "~", "null", "---", "..."),
    *(
        "?",
        "&a ",
        "*a",
        "!t ",
        "|",
        ">",
        "key: v",
        "{{ x }}",
        "!include ",
        "!include a/b.yaml",
        "!secret x",
        "'it''s'",
        '"q"',
        "\r\n",
        "\t",
    ),
]


def assert_agreement(text: str) -> bool:
    """Hold the quick reader against the thorough one; False where it gave up."""
    try:
        data, places = read_quickly(text)
    except GaveUp:
        return False
    document, problems = read_thoroughly(text, "a.yaml")
    assert problems == []
    assert document is not None
    assert in_full(data) == in_full(document.data)
    assert places == document.places
    return True


def in_full(data: Any) -> Any:
    """Data with its types and the order of its keys."""
    if isinstance(data, dict):
        return [(key, in_full(value)) for key, value in data.items()]
    return [in_full(each) for each in data] if isinstance(data, list) else (type(data), data)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_is_shipped_is_read_quickly(path: Path) -> None:
    assert assert_agreement(path.read_text("utf-8"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_both_readers_agree_on_the_samples(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    if isinstance(printable(text, path.name), str):
        assert_agreement(text)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A stretch of a shipped document with a few signs put in, taken out or moved."""
    lines = draw(st.sampled_from(LINES))
    begin = draw(st.integers(0, len(lines) - 1))
    text = "\n".join(lines[begin : begin + draw(st.integers(1, 30))])
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 2))
        text = text[:at] + draw(st.sampled_from([*PIECES, *SIGNS, ""])) + text[at + gone :]
    return text


@settings(max_examples=1500, deadline=None)
@given(
    st.one_of(
        changed(),
        st.text(SIGNS, max_size=30),
        st.lists(st.sampled_from(PIECES), max_size=14).map(lambda pieces: "a:" + "".join(pieces)),
    )
)
def test_no_text_makes_the_readers_disagree(text: str) -> None:
    if isinstance(printable(text, "a.yaml"), str):
        assert_agreement(text)


def test_lines_may_end_as_on_windows() -> None:
    assert assert_agreement("a: 1\r\nb:\r\n  - x\r\n")


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("- x", 1),
        ("- ", 1),
        ("- b:", 4),
        ("- b: c", 4),
        ("-\n  - c", 3),
        ("- [x, 1, 'y']", 5),
        ("- [[], {}]", 6),
        ("- {b: [x], c: 'd'}", 8),
        ("- {b: {c: d}}\n- !secret e", 8),
    ],
)
def test_both_readers_take_as_many_pieces(line: str, pieces: int) -> None:
    around = 9  # stream, document, mapping and list begin and end, and there is a key
    times = (PIECES_MAX - around) // pieces
    full = "a:\n" + f"{line}\n" * times + "- x\n" * (PIECES_MAX - around - times * pieces)
    assert assert_agreement(full)
    with pytest.raises(GaveUp):
        read_quickly(f"{full}- x\n")
    _, problems = read_thoroughly(f"{full}- x\n", "a.yaml")
    assert [each.code for each in problems] == ["too-large"]


def everything_said(events: Iterator[Any]) -> list[object]:
    """Events with their places, down to the error that ends them."""
    said: list[object] = []
    try:
        for event in events:
            marks = event.start_mark, event.end_mark
            places = [(mark.index, mark.line, mark.column) for mark in marks]
            style = getattr(event, "style", None), getattr(event, "flow_style", None)
            said.append((repr(event), style, places))
    except yaml.YAMLError as error:
        said.append(str(error))
    return said


@settings(max_examples=1500, deadline=None)
@given(
    st.one_of(
        changed(),
        st.text(SIGNS + "\x85\u2028\ufeff", max_size=30),
        st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    )
)
def test_the_scanner_says_what_the_one_of_pyyaml_says(text: str) -> None:
    if isinstance(printable(text, "a.yaml"), str):
        assert everything_said(events_of(text)) == everything_said(
            yaml.parse(text, yaml.SafeLoader)
        )


@pytest.mark.parametrize("path", [*SHIPPED, *SAMPLES], ids=lambda path: path.name)
def test_the_scanner_agrees_on_whole_documents(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    if isinstance(printable(text, path.name), str):
        assert everything_said(events_of(text)) == everything_said(
            yaml.parse(text, yaml.SafeLoader)
        )


def test_signs_are_counted_before_pieces_are() -> None:
    just, over = ("a: [" + "x, " * count + "]" for count in (SIGNS_MAX - 1, SIGNS_MAX))
    assert too_many_pieces(just, "a.yaml") is None
    problem = too_many_pieces(over, "a.yaml")
    assert problem is not None
    assert (problem.code, problem.line, problem.column) == ("too-large", 1, over.rfind(",") + 1)
