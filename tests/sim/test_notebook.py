from __future__ import annotations

from orchestrator.model.ledger import Entry, Kind
from orchestrator.sim.notebook import Notebook


def test_a_notebook_keeps_no_ticks_and_hears_of_all_entries() -> None:
    """Of a fortnight they are four entries of five, and say nothing that is read afterwards."""
    notebook, heard = Notebook(every_s=60.0), []  # type: tuple[Notebook, list[Entry]]
    notebook.heard = lambda _vessel, entry: heard.append(entry)
    entries = [
        Entry(kind=kind, process_s=25.0 * number, wall_s=None)
        for number, kind in enumerate((Kind.TICK, Kind.NOTE, Kind.TICK, Kind.ALERT))
    ]
    for entry in entries:
        notebook("e.1:v", [entry], ())
    assert [entry.kind for entry in notebook.entries["v"]] == [Kind.NOTE, Kind.ALERT]
    assert heard == entries
