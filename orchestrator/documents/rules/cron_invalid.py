"""A cron entry that cannot be read.

A cron entry has five fields: minute, hour, day of the month, month, weekday. Libraries take more
than that, each in its own way, and let `*/90` or `5-1` pass without a word; here each field has to
lie in its range, ranges run upwards, and there are neither seconds nor shorthands such as `@daily`.

Write the five fields out. The message names the one that cannot be read, and what was probably
meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.cron_fields import CronProblem, read_fields
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report cron entries with wrong fields."""
    for mention in draft.crons:
        if mention.cron is None:
            continue
        try:
            read_fields(mention.cron)
        except CronProblem as problem:
            span = draft.document.word_in(mention.span, problem.word or mention.cron)
            yield draft.error(span, "cron-invalid", problem.message, problem.suggestion)
