"""A choice of type `schedule`: a cron entry, or how much time lies between two occurrences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestrator.documents.cron_fields import CronProblem, read_fields
from orchestrator.documents.quantities import read_quantity
from orchestrator.model.expression import Const, Expression, Value, fold
from orchestrator.model.units import UnitError

INTERVAL_S_MIN: Final = 1.0
"""As of `every:`."""


def read_schedule(text: str) -> str:
    """Give such a text with single spaces; UnitError says why it is none."""
    if is_cron(text):
        try:
            read_fields(text)
        except CronProblem as problem:
            raise UnitError(problem.message, problem.suggestion, "cron-invalid") from None
    else:
        _interval(text)
    return " ".join(text.split())


def interval_of(text: str) -> float | None:
    """Give the seconds between two occurrences; None of what goes by the wall clock."""
    return None if is_cron(text) else _interval(text)


def is_cron(text: str) -> bool:
    """Tell whether a text goes by the wall clock, or tries to: it has five words, or more signs
    than an interval could have."""
    return len(text.split()) == 5 or text.lstrip()[:1] == "@" or "*" in text


def known_text(node: Expression, constants: Mapping[str, Value]) -> str | None:
    """Give the text that stands there with the inputs' defaults; None where there is none yet."""
    folded = fold(node, constants)
    return folded.value if isinstance(folded, Const) and isinstance(folded.value, str) else None


def _interval(text: str) -> float:
    try:
        seconds = read_quantity(text, "time")
    except UnitError as error:
        message = (
            f'a schedule is a cron entry such as "0 9 * * mon-fri", or an interval such as "6 h": '
            f"{error.message}"
        )
        meant = None if error.code == "wrong-value" else error.suggestion
        raise UnitError(message, meant, error.code) from None
    if seconds < INTERVAL_S_MIN:
        raise UnitError(f"an interval is at least {INTERVAL_S_MIN:g} s", None, "out-of-range")
    return seconds
