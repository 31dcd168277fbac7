"""The five fields of a cron entry, read strictly."""

from __future__ import annotations

import re
from typing import Final

from orchestrator.model.lazy_dataclass import dataclass


class CronProblem(ValueError):
    """What is wrong with a cron entry, and in which word of it."""

    def __init__(
        self, message: str, word: str | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.word, self.suggestion = message, word, suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: which values fit, and what is odd about how it is written."""

    noun: str
    values: tuple[int, ...]
    size: int
    is_any: bool
    uneven_step: int | None = None


_NOUNS: Final = ("minute", "hour", "day", "month", "weekday")
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART: Final = re.compile(r"(\*|[0-9]{1,4}|[a-z]{3})(?:-([0-9]{1,4}|[a-z]{3}))?(?:/([0-9]{1,4}))?")
_SHORTHANDS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def read_fields(cron: str) -> list[Field]:
    """Read minute, hour, day, month and weekday; CronProblem says what cannot be read."""
    words = cron.split()
    if cron.strip().lower() in _SHORTHANDS:
        message = "shorthands are not read here"
        raise CronProblem(message, None, _SHORTHANDS[cron.strip().lower()])
    if len(words) != 5:
        message = f"a cron entry has five fields (minute hour day month weekday), not {len(words)}"
        suggestion = " ".join(words[1:]) if len(words) == 6 and words[0] == "0" else None
        raise CronProblem(message, None, suggestion)
    return [_field(index, word.lower()) for index, word in enumerate(words)]


def _field(index: int, word: str) -> Field:
    low, high = _RANGES[index]
    values: set[int] = set()
    uneven: int | None = None
    size = 7 if index == 4 else high - low + 1
    for part in word.split(","):
        found, step = _part(index, part, word)
        values |= found
        if step is not None and size % step != 0 and index in (0, 1, 3):
            uneven = step
    if index == 4 and 7 in values:
        values = (values - {7}) | {0}
    return Field(
        noun=_NOUNS[index],
        values=tuple(sorted(values)),
        size=size,
        is_any=word.startswith("*") and len(values) >= size,
        uneven_step=uneven,
    )


def _part(index: int, part: str, word: str) -> tuple[set[int], int | None]:
    """Read one part between commas; the step is given where it runs over the whole range."""
    low, high = _RANGES[index]
    noun = _NOUNS[index]
    found = _PART.fullmatch(part)
    if found is None or (found[1] == "*" and found[2] is not None):
        raise CronProblem(f"'{part}' cannot be read as a {noun}", word)
    step = int(found[3]) if found[3] is not None else 1
    most = 6 if index == 4 else high
    if step == 0 or step > most:
        raise CronProblem(
            f"a step of {step} does not fit {noun}s, which go from {low} to {most}", word
        )
    if found[1] == "*":
        return set(range(low, most + 1, step)), step if found[3] is not None else None
    first = _number(index, found[1], word)
    last = _number(index, found[2], word) if found[2] is not None else first
    if found[2] is None and found[3] is not None:
        last = most
    if last < first:
        raise CronProblem(f"the range {part} runs backwards", word, f"{last}-{first}")
    return set(range(first, last + 1, step)), None


def _number(index: int, text: str, word: str) -> int:
    low, high = _RANGES[index]
    names = {3: _MONTHS, 4: _WEEKDAYS}.get(index, ())
    if text in names:
        return names.index(text) + (1 if index == 3 else 0)
    if not text.isdigit():
        raise CronProblem(f"'{text}' is no {_NOUNS[index]}", word)
    if not low <= int(text) <= high:
        raise CronProblem(f"{text} is no {_NOUNS[index]}; they go from {low} to {high}", word)
    return int(text)
