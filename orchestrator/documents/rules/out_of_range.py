"""A value that is too low or too high for what it is given to.

A job says in which range its settings make sense: a stirrer has a highest speed, an exchange a
smallest volume that the pump can measure out. Inputs, vessels' values and numbers of the grammar
have ranges as well. Where only an input's `minimum` or `maximum` lies outside, it is a warning.

Choose a value within the range that the message names. The job's page in the reference lists its
ranges.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Assignment, Draft
from orchestrator.documents.reach import Reach, reaches
from orchestrator.model.units import DIMENSIONS, format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report values below a setting's minimum or above its maximum."""
    for assignment in draft.assignments:
        for reach in reaches(assignment.value, draft.profile):
            yield from _judge(draft, assignment, reach)


def _judge(draft: Draft, assignment: Assignment, reach: Reach) -> Iterator[Diagnostic]:
    declaration = assignment.declaration
    kind = declaration.type if declaration.type in DIMENSIONS else "number"
    for bound, beyond in ((declaration.minimum, "below"), (declaration.maximum, "above")):
        if bound is None or not _is_beyond(reach.value, bound, beyond):
            continue
        found, allowed = format_quantity(reach.value, kind), format_quantity(bound, kind)
        message = f"{found}{reach.how} is {beyond} the {allowed} that {assignment.setting} takes"
        report = draft.warning if reach.only_possible else draft.error
        yield report(assignment.span, "out-of-range", message)


def _is_beyond(value: float, bound: float, side: str) -> bool:
    return value < bound if side == "below" else value > bound
