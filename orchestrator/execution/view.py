"""Where a run stands: the fold of its ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.execution.program import Program
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry


class RunView:
    """A run as its ledger tells it. `apply` is the only way to change it."""

    state: State
    phase: str | None
    """The current phase's name; the last one's after the end; None before the first."""
    visit: int
    control_seq: int
    began_wall_s: float | None
    reason: str
    """Why the run ended, or why it is paused."""
    last_s: float
    """Process seconds of the newest entry."""
    memories: Mapping[str, Mapping[str, Any]]
    """job → what it asked to `Remember` (JOB_MEMORY)."""
    latched: Mapping[str, Any]
    """name → what another vessel announced."""

    def __init__(self, program: Program) -> None:
        raise NotImplementedError

    @classmethod
    def fold(cls, program: Program, entries: Iterable[Entry]) -> RunView:
        """Read a ledger from its beginning."""
        raise NotImplementedError

    def apply(self, entry: Entry) -> None:
        """Take one more entry in. The shell calls it for entries of its own making (JOB_MEMORY, …);
        what the core answers is applied already."""
        raise NotImplementedError

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        raise NotImplementedError

    def elapsed_s(self, process_s: float) -> float:
        """The experiment's clock, which stands while paused and after the end."""
        raise NotImplementedError

    def phase_s(self, process_s: float) -> float:
        """The current phase's clock; 0 before the first phase."""
        raise NotImplementedError

    def is_performing(self, key: str) -> bool:
        """Whether an action began and has no outcome yet."""
        raise NotImplementedError
