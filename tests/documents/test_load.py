"""Strict YAML with places."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.documents.diagnostic import Span
from orchestrator.documents.load import load
from orchestrator.documents.scalars import resolve


def data_of(text: str) -> Any:
    document, problems = load(text, "a.yaml")
    assert problems == []
    assert document is not None
    return document.data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("0123", "0123"),
        ("2025-01-06", "2025-01-06"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e400", "1e400"),
        ("9007199254740993", "9007199254740993"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
    ],
)
def test_plain_scalars_are_read_as_yaml_1_2_without_surprises(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_quoted_scalars_are_text() -> None:
    assert data_of("a: '1'\nb: \"true\"\nc: |\n  1\n") == {"a": "1", "b": "true", "c": "1\n"}


def test_keys_are_text_as_written() -> None:
    assert data_of("on: 1\n1: 2\ntrue: 3\nnull: 4\n") == {"on": 1, "1": 2, "true": 3, "null": 4}


def test_keys_and_values_have_places() -> None:
    document, _ = load("vessels:\n  control: {volume: 15 mL}\nlist:\n  - a\n  - b: c\n", "a.yaml")
    assert document is not None
    places = document.places
    assert places.of_key(("vessels", "control")) == Span(2, 3, 2, 10)
    assert places.of_value(("vessels", "control", "volume")) == Span(2, 21, 2, 26)
    assert places.of_value(("vessels", "control")) == Span(2, 12, 2, 27)
    assert places.of_value(("list", 0)) == Span(4, 5, 4, 6)
    assert places.of_key(("list", 1)) == Span(5, 5, 5, 6)
    assert places.of_value(("nowhere", "at", "all")) == places.of_value(())


def test_columns_count_characters_not_bytes() -> None:
    document, _ = load("a: {b: °µ, c: d}\n", "a.yaml")
    assert document is not None
    assert document.places.of_value(("a", "c")) == Span(1, 15, 1, 16)


def test_a_byte_order_mark_is_let_through() -> None:
    document, problems = load(b"\xef\xbb\xbfa: 1\n", "a.yaml")
    assert problems == []
    assert document is not None
    assert document.places.of_key(("a",)) == Span(1, 1, 1, 2)


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b"a: \xff", (1, 4), "not-utf8"),
        ("a: 1\n".encode("utf-16"), (1, 1), "not-utf8"),
        (b"a: 1\nb: x\x00y", (2, 5), "unprintable"),
        (b"x" * (1024 * 1024 + 1), (1, 1), "too-large"),
        (b"- a\n" * 60_000, (50_001, 1), "too-large"),
        (b"[" * 100, (1, 62), "too-deep"),
        (b"a: &x [*x]", (1, 8), "unknown-alias"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(
    content: bytes, place: tuple[int, int], code: str
) -> None:
    document, (problem,) = load(content, "a.yaml")
    assert document is None
    assert ((problem.line, problem.column), problem.code) == (place, code)


def test_an_alias_is_read_and_stands_where_it_is_written() -> None:
    document, problems = load("a: &x {b: 1}\nc: *x\n", "a.yaml")
    assert problems == []
    assert document is not None
    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.places.of_value(("c", "b")).line == 2


def test_aliases_cannot_blow_a_document_up() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n" for i in range(1, 9)
    )
    document, (problem,) = load(text, "a.yaml")
    assert document is None
    assert problem.code == "too-many-aliases"


def test_a_key_that_stands_three_times_is_reported_twice() -> None:
    _, problems = load("a: 1\na: {b: 2}\na: [3]\n", "a.yaml")
    assert [(each.line, each.code) for each in problems] == [
        (2, "duplicate-key"),
        (3, "duplicate-key"),
    ]
