"""One look at the world."""

from __future__ import annotations

from orchestrator.execution.decision import Decision, Moment
from orchestrator.execution.program import Program
from orchestrator.execution.view import RunView
from orchestrator.model.signal import Signals


def decide(program: Program, view: RunView, signals: Signals, moment: Moment) -> Decision:
    """Say what is due and wanted now, and apply to the view what becomes true by it.

    Repeats until nothing more happens at this moment. Each Perform, Announce and cancel is answered
    once. `wanted` stays the same object (`is`) for as long as nothing about it changes, and so does the
    `JobWanted` of each job. A `Sample` is taken as new when it is another object than before.
    """
    raise NotImplementedError
