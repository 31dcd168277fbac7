"""One thing that was looked at, what was found, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["good", "notice", "bad", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A line of the report."""

    what: str
    verdict: Verdict
    """good; notice: it works, and somebody should know; bad: something will not work; none: it is
    not there, and only matters where it is needed."""
    found: str
    next: str = ""
    """What to do, where there is anything to be done."""
