"""`limits:` bounds that the worker keeps."""

from __future__ import annotations

import math

from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import read_amount
from orchestrator.model.expression import Expression


def build_limits(cursor: Cursor | None) -> dict[str, Expression]:
    """Read limits by full name, such as `dosing.per_hour`."""
    if cursor is None:
        return {}
    limits: dict[str, Expression] = {}
    for job, of_job in cursor.items():
        of_job.mention("job", job, of_job.key_span)
        for short, each in of_job.items():
            name = f"{job}.{short}"
            each.mention("limit", name, each.key_span, job=job)
            declaration = cursor.draft.catalogue.limit(name)
            if declaration is not None:
                limits[name] = read_amount(each, declaration.type, least=-math.inf)
    return limits
