"""Cron entries on local clocks (SEMANTICS rule 7). The only module that knows croniter."""

from __future__ import annotations

from collections.abc import Iterator


def validate(cron: str) -> str | None:
    """Say what is wrong with an entry of five fields; None if it can be kept."""
    raise NotImplementedError


def occurrences(
    cron: str, timezone: str, after_utc_s: float, until_utc_s: float
) -> Iterator[float]:
    """Yield when an entry falls due in (after, until], in UTC seconds, always rising.

    With fixed hour and minute it falls due once a local day: at the first of two equal times in
    autumn, right after the gap in spring. With `*` in either it follows the clock.
    """
    raise NotImplementedError


def next_after(cron: str, timezone: str, after_utc_s: float) -> float | None:
    """The first moment after `after`; None if there is none within ten years."""
    raise NotImplementedError
