"""Experiments, attempts and wishes in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from orchestrator.model.experiment import ENDED, State, move
from orchestrator.ports.records import (
    Binding,
    Documents,
    Experiment,
    NewExperiment,
    Page,
    Run,
    Wanted,
)
from orchestrator.ports.store import NotFound
from orchestrator.store.base import Base
from orchestrator.store.experiment_rows import (
    bindings_text,
    documents_of,
    experiment_data,
    experiment_of,
    experiment_row,
    revision_row,
    run_data,
    run_of,
    run_rows,
)
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import names
from orchestrator.store.writer import Transaction

SQL = statements("experiments")


def _get(connection: sqlite3.Connection, experiment: str) -> Experiment:
    row = connection.execute(SQL["experiment"], {"id": experiment}).fetchone()
    if row is None:
        raise NotFound(f"there is no experiment {experiment}")
    return experiment_of(row)


def _told(transaction: Transaction, experiment: str, at_wall_s: float) -> Experiment:
    """As it is now; all who listen get to know."""
    now = _get(transaction.connection, experiment)
    transaction.event("experiment", experiment_data(now), at_wall_s=at_wall_s, experiment=now.id)
    return now


def _create(transaction: Transaction, new: NewExperiment) -> Experiment:
    if new.idempotency_key is not None:
        asked = {"actor": new.actor, "key": new.idempotency_key}
        row = transaction.execute(SQL["experiment_by_idempotency_key"], asked).fetchone()
        if row is not None:
            return experiment_of(row)
    if transaction.execute(SQL["experiment"], {"id": new.id}).fetchone() is not None:
        raise ValueError(f"there is an experiment {new.id} already")
    transaction.execute(SQL["add_experiment"], experiment_row(new))
    transaction.execute(SQL["add_revision"], revision_row(new.id, new.documents))
    return _told(transaction, new.id, new.at_wall_s)


def _add_revision(
    transaction: Transaction, experiment: str, documents: Documents, at_wall_s: float
) -> Experiment:
    before = _get(transaction.connection, experiment).revision
    if documents.revision != before + 1:
        raise ValueError(f"{experiment} is at revision {before}")
    row = revision_row(experiment, documents)
    transaction.execute(SQL["add_revision"], row)
    transaction.execute(SQL["take_revision"], row)
    return _told(transaction, experiment, at_wall_s)


def _change_state(
    transaction: Transaction, experiment: str, verb: str, reason: str, at_wall_s: float
) -> Experiment:
    state = move(_get(transaction.connection, experiment).state, verb)
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
    return _told(transaction, experiment, at_wall_s)


def _explain(transaction: Transaction, experiment: str, reason: str, at_wall_s: float) -> None:
    changed = transaction.execute(SQL["explain"], {"id": experiment, "reason": reason})
    if changed.rowcount:
        _told(transaction, experiment, at_wall_s)


def _begin_attempt(
    transaction: Transaction, experiment: str, bindings: Mapping[str, Binding], at_wall_s: float
) -> Experiment:
    state = move(_get(transaction.connection, experiment).state, "start")
    transaction.execute(
        SQL["begin_attempt"],
        {
            "id": experiment,
            "state": state.value,
            "bindings": bindings_text(bindings),
            "at_wall_s": at_wall_s,
        },
    )
    started = _told(transaction, experiment, at_wall_s)
    for row in run_rows(started):
        transaction.execute(SQL["add_run"], row)
    return started


def _wish(
    transaction: Transaction, experiment: str, wanted: Wanted, by: str, at_wall_s: float
) -> Experiment:
    transaction.execute(SQL["wish"], {"id": experiment, "wanted": wanted, "by": by})
    return _told(transaction, experiment, at_wall_s)


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


class SqliteExperiments(Base):
    """`ports.store.Experiments`."""

    async def create_experiment(self, new: NewExperiment) -> Experiment:
        return await self._write(lambda transaction: _create(transaction, new))

    async def experiment(self, experiment: str) -> Experiment | None:
        try:
            return await self._read(lambda connection: _get(connection, experiment))
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
        self, experiment: str, verb: str, *, at_wall_s: float, reason: str = ""
    ) -> Experiment:
        return await self._write(
            lambda transaction: _change_state(transaction, experiment, verb, reason, at_wall_s)
        )

    async def explain(self, experiment: str, reason: str, *, at_wall_s: float) -> None:
        await self._write(lambda transaction: _explain(transaction, experiment, reason, at_wall_s))

    async def begin_attempt(
        self, experiment: str, bindings: Mapping[str, Binding], *, at_wall_s: float
    ) -> Experiment:
        return await self._write(
            lambda transaction: _begin_attempt(transaction, experiment, bindings, at_wall_s)
        )

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
