"""The fold of a run's ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from orchestrator.execution import fold_actions, fold_items, fold_run, occasions
from orchestrator.execution.program import Program
from orchestrator.execution.run_state import RunState
from orchestrator.model.ledger import Entry, Kind


class RunView(RunState):
    """A run as its ledger tells it. `apply` is the only way to change it."""

    @classmethod
    def fold(
        cls, program: Program, entries: Iterable[Entry], later: Iterable[Program] = ()
    ) -> RunView:
        """Read a ledger from its beginning; `later` are revisions that it may have taken since."""
        view = cls(program)
        view.revisions |= {each.revision: each for each in later}
        for entry in entries:
            view.apply(entry)
        return view

    def apply(self, entry: Entry) -> None:
        """Take one more entry in. The shell calls it for entries of its own making (JOB_MEMORY, …);
        what the core answers is applied already."""
        self.last_s = max(self.last_s, entry.process_s)
        occasions.note(self, entry)
        if entry.wall_s is not None:
            self.wall_offset_s = entry.wall_s - entry.process_s
        change = CHANGES.get(entry.kind)
        if change is not None:
            change(self, entry)
            if entry.kind not in QUIET:
                self.cache.spoil()


CHANGES: Final[Mapping[Kind, Callable[[RunState, Entry], None]]] = {
    **fold_run.CHANGES,
    **fold_items.CHANGES,
    **fold_actions.CHANGES,
}
"""Entries of other kinds change nothing that is decided here."""
QUIET: Final = frozenset({Kind.JOB_MEMORY, Kind.ACCOUNT})
"""Kinds that nothing follows from."""
