"""A `wait` that is longer than its own timeout.

When the `timeout` of a step is over, the step ends as `skipped` and the next one follows. A `wait`
with a shorter timeout is therefore never waited out, and never `done`.

Shorten the wait, or leave the timeout out: a `wait` ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.units import UnitError, format_quantity, parse_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of waits whose timeout comes first."""
    for path in draft.lists:
        steps: Any = draft.document.data
        for key in path:
            steps = steps[key]
        for number, step in enumerate(steps if isinstance(steps, list) else ()):
            if not isinstance(step, dict):
                continue
            wait_s, timeout_s = _seconds(step.get("wait")), _seconds(step.get("timeout"))
            if wait_s is not None and timeout_s is not None and timeout_s < wait_s:
                span = draft.document.places.of_value((*path, number, "timeout"))
                message = (
                    f"the timeout of {format_quantity(timeout_s, 'time')} ends a wait of "
                    f"{format_quantity(wait_s, 'time')} before it is over"
                )
                yield draft.warning(span, "wait-cut-short", message)


def _seconds(text: Any) -> float | None:
    """A length that stands there plainly."""
    if not isinstance(text, str):
        return None
    try:
        return parse_quantity(text, "time")
    except UnitError:
        return None
