"""A setting that cannot change while its job runs.

Some settings decide how a job is set up, such as whether a sensor is calibrated. Changing one in
the middle would give one series of readings two meanings.

Give the setting where the job is described, under `jobs:`, or stop the job and `start` it anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report `set` and ramps on settings that are fixed when the job starts."""
    for assignment in draft.assignments:
        if assignment.moves and not assignment.declaration.editable:
            message = f"{assignment.setting} is fixed when its job starts and cannot change later"
            yield draft.error(assignment.span, "not-editable", message)
