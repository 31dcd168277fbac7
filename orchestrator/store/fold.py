"""What one line of a ledger changes in the tables that people look at.

Pure, and the same for every store. The order in which lines arrive does not matter: each kind of
line puts columns of its own, and where a later line wins, the change says by which mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.messages.outbox import GapRecord, LogRecord
from orchestrator.model.ledger import Kind
from orchestrator.store import fold_actions, fold_people, fold_runs
from orchestrator.store.change import Change, Fold, Line, Told
from orchestrator.store.run_name import RunName


def fold_entry(line: Line) -> Iterator[Change]:
    """What follows from an entry; nothing for kinds that only the worker needs.

    Raises:
        KeyError, TypeError, ValueError: the entry lacks what its kind must say.
    """
    fold = _FOLDS.get(line.entry.kind)
    if fold is not None:
        yield from fold(line)


def fold_log(worker: str, record: LogRecord) -> Told:
    """A line of a worker's own log."""
    data = {"worker": worker, "level": record.level, "text": record.text}
    return Told(kind="log", data=data, experiment=None, vessel=None)


def fold_gap(record: GapRecord) -> Told:
    """Readings that the worker had to thin."""
    name = RunName.parse(record.run)
    data = {
        "run": record.run,
        "from_process_s": record.from_process_s,
        "to_process_s": record.to_process_s,
        "readings": record.readings,
    }
    return Told(kind="gap", data=data, experiment=name.experiment, vessel=name.vessel)


def _only_told(kind: str) -> Fold:
    def fold(line: Line) -> Iterator[Change]:
        yield line.told(kind)

    return fold


_FOLDS: Mapping[str, Fold] = {
    **fold_runs.FOLDS,
    **fold_actions.FOLDS,
    **fold_people.FOLDS,
    Kind.CONTROLLED: _only_told("control"),
    Kind.RECOVERED: _only_told("recovered"),
    Kind.ARRIVED: _only_told("phase"),
    Kind.PHASE_LEAVING: _only_told("phase"),
    Kind.HELD: _only_told("phase"),
    Kind.FREED: _only_told("phase"),
    Kind.CONDITION: _only_told("condition"),
    Kind.OVERRIDDEN: _only_told("override"),
    Kind.RELEASED: _only_told("override"),
    Kind.NOTE: _only_told("note"),
    Kind.JOB: _only_told("job"),
    Kind.DEVICE: _only_told("device"),
    Kind.EVENT: _only_told("event"),
}
