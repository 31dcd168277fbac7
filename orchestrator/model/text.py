"""Texts for people: literals with expressions between them, filled in without Jinja."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from orchestrator.model.expression import (
    Const,
    Expression,
    Lookup,
    Unknown,
    Value,
    evaluate,
    fold,
    from_json,
    signals_of,
    to_json,
)
from orchestrator.model.lazy_dataclass import dataclass

Part: TypeAlias = str | Expression
PARTS_MAX: Final = 50
RENDERED_LENGTH_MAX: Final = 4000


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose parts are literals (`str`) and expressions, in order."""

    parts: tuple[Part, ...]

    @classmethod
    def literal(cls, text: str) -> Text:
        """Give a text without expressions."""
        return cls((text,) if text else ())

    @property
    def is_literal(self) -> bool:
        """Whether there is nothing left to fill in."""
        return all(isinstance(part, str) for part in self.parts)


def render(text: Text, lookup: Lookup) -> str:
    """Fill a text in; an unknown value reads `unknown`."""
    pieces = [
        part if isinstance(part, str) else show(evaluate(part, lookup)) for part in text.parts
    ]
    return "".join(pieces)[:RENDERED_LENGTH_MAX]


def show(value: Value | Unknown) -> str:
    """Write a value the way people do: 5 rather than 5.0, 1.62 rather than 1.6200000000000001."""
    if isinstance(value, Unknown):
        return "unknown"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else f"{value:.6g}"


def fold_text(text: Text, constants: Mapping[str, Value]) -> Text:
    """Put constants in, by key, and join what has become literal."""
    pieces: list[Part] = []
    for part in text.parts:
        piece = _folded(part, constants)
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece != "":
            pieces.append(piece)
    return Text(tuple(pieces))


def signals_of_text(text: Text) -> frozenset[str]:
    """List the keys of the signals that a text shows."""
    return frozenset().union(
        *(signals_of(part) for part in text.parts if not isinstance(part, str))
    )


def text_to_json(text: Text) -> list[Any]:
    """Write a text as a list: strings are literals, the rest are trees."""
    written: list[Any] = []
    for part in fold_text(text, {}).parts:
        written.append(part if isinstance(part, str) else to_json(part))
    return written


def text_from_json(data: Any) -> Text:
    """Read a text back, refusing with ValueError what is not one."""
    if not isinstance(data, list) or len(data) > PARTS_MAX:
        raise ValueError("a text is a list of at most 50 parts")
    return Text(tuple(part if isinstance(part, str) else from_json(part) for part in data))


def _folded(part: Part, constants: Mapping[str, Value]) -> Part:
    if isinstance(part, str):
        return part
    folded = fold(part, constants)
    return show(folded.value) if isinstance(folded, Const) else folded
