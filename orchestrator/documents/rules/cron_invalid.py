"""A cron entry that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.cron_fields import CronProblem, read_fields
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report cron entries with wrong fields."""
    for mention in draft.crons:
        try:
            read_fields(mention.cron)
        except CronProblem as problem:
            span = draft.document.word_in(mention.span, problem.word or mention.cron)
            yield draft.error(span, "cron-invalid", problem.message, problem.suggestion)
