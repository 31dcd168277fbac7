"""What a person answers, as the value that was asked for."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.execution.standing import Question
from orchestrator.model.expression import Value
from orchestrator.model.units import DIMENSIONS, UnitError, parse_quantity

_TRUTHS: Final = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_DECLINED: Final = False


class AnswerRefused(ValueError):
    """The question stays open; the person has to answer otherwise."""


def understood(question: Question, answer: Any) -> Value:
    """Turn an answer into a value of the type that was asked for, in canonical units.

    Raises:
        AnswerRefused: saying what would be right.
    """
    kind = question.answer_type
    if kind == "boolean":
        return _truth(answer)
    if answer is _DECLINED or answer is None:
        return False
    if question.choices and answer not in question.choices:
        raise AnswerRefused(f"{answer!r:.60} is none of {', '.join(question.choices)}")
    if kind == "integer" or kind in DIMENSIONS:
        return _number(answer, kind)
    return answer if isinstance(answer, str | float | bool) else str(answer)


def _truth(answer: Any) -> bool:
    found = answer if isinstance(answer, bool) else _TRUTHS.get(str(answer).strip().lower())
    if found is None:
        raise AnswerRefused(f"yes or no is needed here, not {answer!r:.60}")
    return found


def _number(answer: Any, kind: str) -> float:
    """Read a number with its unit; a plain one is taken to be in the canonical unit."""
    dimension = kind if kind in DIMENSIONS else "number"
    symbol = DIMENSIONS[dimension].symbol
    try:
        text = str(float(answer))
    except (TypeError, ValueError):
        text = str(answer).strip()
    else:
        text = f"{text} {symbol}".rstrip()
    try:
        value = parse_quantity(text, dimension)
    except UnitError as error:
        raise AnswerRefused(error.message) from None
    if kind == "integer" and not value.is_integer():
        raise AnswerRefused(f"a whole number is needed here, not {text:.60}")
    return value
