"""Texts for people without a template engine."""

from __future__ import annotations

import pytest

from orchestrator.model.expression import Binary, Call, Const, Input, Signal, Value
from orchestrator.model.text import (
    Text,
    fold_text,
    render,
    show,
    signals_of_text,
    text_from_json,
    text_to_json,
)

GREW = Text((Signal("vessel"), " grew to ", Call("round", (Signal("od600"), Const(2.0)))))


def test_a_text_is_filled_in() -> None:
    values: dict[str, Value] = {"vessel": "warmed", "od600": 1.6249}
    assert render(GREW, values.get) == "warmed grew to 1.62"


def test_an_unknown_value_reads_unknown() -> None:
    assert render(GREW, {"vessel": "warmed"}.get) == "warmed grew to unknown"


def test_folding_joins_what_has_become_literal() -> None:
    text = Text(("to ", Input("target"), " in ", Signal("vessel"), ", now ", Signal("od600")))
    folded = fold_text(text, {"inputs.target": 0.8, "vessel": "control"})
    assert folded == Text(("to 0.8 in control, now ", Signal("od600")))
    assert not folded.is_literal
    assert signals_of_text(folded) == {"od600"}


def test_a_text_survives_json() -> None:
    assert text_from_json(text_to_json(GREW)) == GREW
    assert text_to_json(Text((Const("a"), "b", Binary("+", Const(1.0), Const(1.0))))) == ["ab2"]
    assert text_to_json(Text.literal("")) == []


def test_reading_refuses_what_is_no_text() -> None:
    for data in ("text", [["eval", "1"]], ["a"] * 51):
        with pytest.raises(ValueError, match=r"."):
            text_from_json(data)


def test_values_are_shown_the_way_people_write_them() -> None:
    shown = [show(each) for each in (5.0, 1.6200000000000001, True, False, None, "x", 1234567.0)]
    assert shown == ["5", "1.62", "yes", "no", "none", "x", "1234567"]
