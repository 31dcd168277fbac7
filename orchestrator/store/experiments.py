"""Experiments, attempts and wishes in a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.model.experiment import ENDED, State, TransitionRefused, move
from orchestrator.ports.entries import ChangedMeanwhile, IdTaken, ReactorTaken, TooManyOpen
from orchestrator.ports.records import (
    Binding,
    Documents,
    Experiment,
    Imported,
    NewExperiment,
    Page,
    Run,
    Wanted,
)
from orchestrator.ports.statistics import Expected
from orchestrator.ports.store import NotFound
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.experiment_rows import (
    bindings_text,
    documents_of,
    experiment_data,
    experiment_of,
    experiment_row,
    import_row,
    imported_run_rows,
    revision_row,
    run_data,
    run_of,
    run_rows,
)
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import names
from orchestrator.store.statistics_rows import attempt_row
from orchestrator.store.writer import Transaction

SQL = statements("experiments")
ENTRIES = statements("entries")
WORKERS = statements("workers")
REMARKS = statements("remarks")
STATISTICS = statements("statistics")


def get(connection: Connection, experiment: str) -> Experiment:
    """As it is kept.

    Raises:
        NotFound: it is not.
    """
    row = connection.execute(SQL["experiment"], {"id": experiment}).fetchone()
    if row is None:
        raise NotFound(f"there is no experiment {experiment}")
    return experiment_of(row)


def told(transaction: Transaction, experiment: str, at_wall_s: float) -> Experiment:
    """As it is now; all who listen get to know."""
    now = get(transaction.connection, experiment)
    transaction.event("experiment", experiment_data(now), at_wall_s=at_wall_s, experiment=now.id)
    return now


def _create(
    transaction: Transaction, new: NewExperiment, open_max: int | None = None
) -> Experiment:
    if new.idempotency_key is not None:
        asked = {"actor": new.actor, "key": new.idempotency_key}
        row = transaction.execute(SQL["experiment_by_idempotency_key"], asked).fetchone()
        if row is not None:
            return experiment_of(row)
    if transaction.execute(SQL["experiment"], {"id": new.id}).fetchone() is not None:
        raise IdTaken(f"there is an experiment {new.id} already")
    if open_max is not None:
        row = transaction.execute(ENTRIES["open_of"], {"actor": new.actor}).fetchone()
        refuse_too_many(new.actor, row["n"], open_max)
    transaction.execute(SQL["add_experiment"], experiment_row(new))
    transaction.execute(SQL["add_revision"], revision_row(new.id, new.documents))
    return told(transaction, new.id, new.at_wall_s)


def _add_revision(
    transaction: Transaction, experiment: str, documents: Documents, at_wall_s: float
) -> Experiment:
    before = get(transaction.connection, experiment).revision
    if documents.revision != before + 1:
        raise ValueError(f"{experiment} is at revision {before}")
    row = revision_row(experiment, documents)
    transaction.execute(SQL["add_revision"], row)
    transaction.execute(SQL["take_revision"], row)
    return told(transaction, experiment, at_wall_s)


def refuse_too_many(actor: str, open_now: int, open_max: int) -> None:
    """Those that wait and those that are paused count like those that run."""
    if open_now >= open_max:
        raise TooManyOpen(
            f"{actor} has {open_now} experiments that wait, run or are paused, and {open_max} may "
            "be open at a time: finish or cancel one first"
        )


def moved(before: Experiment, verb: str, while_in: State | None) -> State:
    """The state after `verb`, if that may be."""
    if while_in not in (None, before.state):
        raise TransitionRefused(f"{before.id} is {before.state.value} by now")
    if verb == "complete" and before.wanted == "cancelled":
        raise TransitionRefused(f"{before.id} is cancelled, so it cannot complete")
    return move(before.state, verb)


def refuse_start(before: Experiment, version: int | None, *, held: bool) -> None:
    """Nothing starts that somebody held, moved or edited after it was decided upon."""
    if version is not None and (held or version != before.version):
        why = "the queue is held" if held else f"it is at version {before.version}, not {version}"
        raise ChangedMeanwhile(f"{before.id} does not start as it was decided: {why}")


def refuse_if_ended(experiment: Experiment) -> None:
    """Nothing can be wanted of what is over."""
    if experiment.state in ENDED:
        raise TransitionRefused(f"{experiment.id} is {experiment.state.value} already")


def _change_state(
    transaction: Transaction,
    experiment: str,
    verb: str,
    reason: str,
    while_in: State | None,
    at_wall_s: float,
) -> Experiment:
    state = moved(get(transaction.connection, experiment), verb, while_in)
    transaction.execute(
        SQL["change_state"],
        {
            "id": experiment,
            "state": state.value,
            "reason": reason,
            "ended": state in ENDED,
            "at_wall_s": at_wall_s,
        },
    )
    return told(transaction, experiment, at_wall_s)


def _explain(transaction: Transaction, experiment: str, reason: str, at_wall_s: float) -> None:
    changed = transaction.execute(SQL["explain"], {"id": experiment, "reason": reason})
    if changed.rowcount:
        told(transaction, experiment, at_wall_s)


def _begin_attempt(
    transaction: Transaction,
    experiment: str,
    bindings: Mapping[str, Binding],
    above: Mapping[str, int],
    successor: NewExperiment | None,
    version: int | None,
    made_with: Mapping[str, Any],
    expected: Expected,
    at_wall_s: float,
) -> Experiment:
    before = get(transaction.connection, experiment)
    state = move(before.state, "start")
    held = transaction.execute(ENTRIES["queue_hold"]).fetchone() is not None
    refuse_start(before, version, held=held)
    for binding in bindings.values():
        place = {"worker": binding.worker, "reactor": binding.reactor}
        taken = transaction.execute(ENTRIES["taken"], place).fetchone()
        if taken is not None:
            raise ReactorTaken(f"{binding} is taken by {taken['run']}")
    transaction.execute(
        SQL["begin_attempt"],
        {
            "id": experiment,
            "state": state.value,
            "bindings": bindings_text(bindings),
            "at_wall_s": at_wall_s,
        },
    )
    started = told(transaction, experiment, at_wall_s)
    transaction.execute(STATISTICS["add_attempt"], attempt_row(started, expected))
    workers = sorted({binding.worker for binding in bindings.values()})
    fences = {worker: next_epoch(transaction, worker, above.get(worker, 0)) for worker in workers}
    for row in run_rows(started, fences):
        transaction.execute(SQL["add_run"], row)
    kept = {"attempt": started.attempt, "experiment": experiment, "data": to_json(dict(made_with))}
    transaction.execute(SQL["add_provenance"], kept)
    if successor is not None:
        _create(transaction, successor)
    return started


def _import(transaction: Transaction, imported: Imported) -> Experiment:
    new = imported.experiment
    _create(transaction, new)
    for documents in imported.later:
        row = revision_row(new.id, documents)
        transaction.execute(SQL["add_revision"], row)
        transaction.execute(SQL["take_revision"], row)
    transaction.execute(SQL["finish_import"], import_row(imported))
    for began, ended in imported_run_rows(imported):
        transaction.execute(SQL["add_run"], began)
        transaction.execute(SQL["end_imported_run"], ended)
    for attempt, data in imported.provenance.items():
        kept = {"attempt": attempt, "experiment": new.id, "data": to_json(dict(data))}
        transaction.execute(SQL["add_provenance"], kept)
    for note in imported.notes:
        transaction.execute(REMARKS["add_note"], asdict(note)).fetchall()
    return told(transaction, new.id, new.at_wall_s)


def next_epoch(transaction: Transaction, worker: str, above: int) -> int:
    """Allot the next one."""
    asked = {"worker": worker, "above": above}
    (row,) = transaction.execute(WORKERS["next_epoch"], asked).fetchall()
    return int(row["epoch"])


def _wish(
    transaction: Transaction, experiment: str, wanted: Wanted, by: str, at_wall_s: float
) -> Experiment:
    refuse_if_ended(get(transaction.connection, experiment))
    transaction.execute(SQL["wish"], {"id": experiment, "wanted": wanted, "by": by})
    return told(transaction, experiment, at_wall_s)


def _change_run(
    transaction: Transaction, statement: str, row: Mapping[str, Any], at_wall_s: float
) -> None:
    if transaction.execute(SQL[statement], row).rowcount:
        run = run_of(transaction.execute(SQL["run"], {"run": row["run"]}).fetchone())
        transaction.event(
            "run",
            run_data(run),
            at_wall_s=at_wall_s,
            experiment=run.experiment,
            vessel=run.vessel,
        )


class SqlExperiments(Base):
    """`ports.store.Experiments`."""

    async def create_experiment(
        self, new: NewExperiment, *, open_max: int | None = None
    ) -> Experiment:
        return await self._write(lambda transaction: _create(transaction, new, open_max))

    async def experiment(self, experiment: str) -> Experiment | None:
        try:
            return await self._read(lambda connection: get(connection, experiment))
        except NotFound:
            return None

    async def experiments(
        self, *, states: Collection[State] = (), limit: int = 50, cursor: str | None = None
    ) -> Page[Experiment]:
        asked = {
            "states": names(state.value for state in states),
            "before": int(cursor or NEWEST),
            "limit": limit + 1,
        }
        rows = await self._read(
            lambda connection: connection.execute(SQL["experiments"], asked).fetchall()
        )
        return page_of(rows, limit, "serial", experiment_of)

    async def documents(self, experiment: str, revision: int | None = None) -> Documents | None:
        asked = {"experiment": experiment, "revision": revision}
        row = await self._read(
            lambda connection: connection.execute(SQL["documents"], asked).fetchone()
        )
        return None if row is None else documents_of(row)

    async def revisions(self, experiment: str) -> Sequence[Documents]:
        rows = await self._read(
            lambda connection: connection.execute(
                SQL["revisions"], {"experiment": experiment}
            ).fetchall()
        )
        return [documents_of(row) for row in rows]

    async def add_revision(
        self, experiment: str, documents: Documents, *, at_wall_s: float
    ) -> Experiment:
        return await self._write(
            lambda transaction: _add_revision(transaction, experiment, documents, at_wall_s)
        )

    async def change_state(
        self,
        experiment: str,
        verb: str,
        *,
        at_wall_s: float,
        reason: str = "",
        while_in: State | None = None,
    ) -> Experiment:
        return await self._write(
            lambda transaction: _change_state(
                transaction, experiment, verb, reason, while_in, at_wall_s
            )
        )

    async def explain(self, experiment: str, reason: str, *, at_wall_s: float) -> None:
        await self._write(lambda transaction: _explain(transaction, experiment, reason, at_wall_s))

    async def begin_attempt(
        self,
        experiment: str,
        bindings: Mapping[str, Binding],
        *,
        at_wall_s: float,
        above: Mapping[str, int] | None = None,
        successor: NewExperiment | None = None,
        version: int | None = None,
        made_with: Mapping[str, Any] | None = None,
        expected: Expected | None = None,
    ) -> Experiment:
        return await self._write(
            lambda transaction: _begin_attempt(
                transaction,
                experiment,
                bindings,
                above or {},
                successor,
                version,
                made_with or {},
                expected or Expected(),
                at_wall_s,
            )
        )

    async def import_experiment(self, imported: Imported) -> Experiment:
        return await self._write(lambda transaction: _import(transaction, imported))

    async def provenance(self, experiment: str) -> Mapping[str, Mapping[str, Any]]:
        rows = await self._read(
            lambda connection: connection.execute(
                SQL["provenance"], {"experiment": experiment}
            ).fetchall()
        )
        return {row["attempt"]: from_json(row["data"]) for row in rows}

    async def wish(
        self, experiment: str, wanted: Wanted, *, by: str, at_wall_s: float
    ) -> Experiment:
        return await self._write(
            lambda transaction: _wish(transaction, experiment, wanted, by, at_wall_s)
        )

    async def runs(
        self, *, experiment: str | None = None, worker: str | None = None, open_only: bool = False
    ) -> Sequence[Run]:
        asked = {"experiment": experiment, "worker": worker, "open_only": open_only}
        rows = await self._read(
            lambda connection: connection.execute(SQL["runs"], asked).fetchall()
        )
        return [run_of(row) for row in rows]

    async def answer_run(self, run: str, accepted: bool, reason: str, *, at_wall_s: float) -> None:
        answer = "accepted" if accepted else "refused"
        row = {"run": run, "answer": answer, "reason": reason, "at_wall_s": at_wall_s}
        await self._write(
            lambda transaction: _change_run(transaction, "answer_run", row, at_wall_s)
        )

    async def end_run(self, run: str, state: State, reason: str, *, at_wall_s: float) -> None:
        row = {"run": run, "state": state.value, "reason": reason, "at_wall_s": at_wall_s}
        await self._write(lambda transaction: _change_run(transaction, "end_run", row, at_wall_s))
