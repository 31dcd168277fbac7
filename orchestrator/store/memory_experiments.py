"""Experiments, attempts and wishes in memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.model.experiment import ENDED, State, move
from orchestrator.ports.entries import IdTaken, ReactorTaken
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
from orchestrator.ports.remarks import Note
from orchestrator.ports.statistics import Expected
from orchestrator.ports.store import NotFound
from orchestrator.store.encode import to_json
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
from orchestrator.store.experiments import (
    moved,
    refuse_if_ended,
    refuse_start,
    refuse_too_many,
)
from orchestrator.store.memory_tables import COLUMNS, DEFAULTS, MemoryBase, Row
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.statistics_rows import attempt_row

_BEFORE_THE_START = {
    "reason": "",
    "attempt": None,
    "attempts": 0,
    "wanted": "running",
    "control_seq": 0,
    "wanted_by": "",
    "started_wall_s": None,
    "ended_wall_s": None,
    "version": 1,
}
_OPEN = frozenset(State) - ENDED


class MemoryExperiments(MemoryBase):
    """`ports.store.Experiments`."""

    async def create_experiment(
        self, new: NewExperiment, *, open_max: int | None = None
    ) -> Experiment:
        if new.idempotency_key is not None:
            for row in self._tables.of("experiments"):
                if (row["actor"], row["idempotency_key"]) == (new.actor, new.idempotency_key):
                    return self._of(row)
        self._refuse_id(new.id)
        if open_max is not None:
            mine = (r for r in self._tables.of("experiments") if r["actor"] == new.actor)
            refuse_too_many(new.actor, sum(r["state"] in _OPEN for r in mine), open_max)
        with self._tables.telling():
            return self._add(new)

    async def experiment(self, experiment: str) -> Experiment | None:
        row = self._tables.one("experiments", experiment)
        return None if row is None else self._of(row)

    async def experiments(
        self, *, states: Collection[State] = (), limit: int = 50, cursor: str | None = None
    ) -> Page[Experiment]:
        rows = [
            row
            for row in reversed(self._tables.of("experiments"))
            if row["serial"] < int(cursor or NEWEST)
            and (not states or State(row["state"]) in states)
        ]
        return page_of(rows, limit, "serial", self._of)

    async def documents(self, experiment: str, revision: int | None = None) -> Documents | None:
        row = self._tables.one("experiments", experiment)
        if row is None:
            return None
        found = self._tables.revisions.get((experiment, revision or row["revision"]))
        return None if found is None else documents_of(found)

    async def revisions(self, experiment: str) -> Sequence[Documents]:
        return [
            documents_of(row)
            for (name, _), row in sorted(self._tables.revisions.items())
            if name == experiment
        ]

    async def add_revision(
        self, experiment: str, documents: Documents, *, at_wall_s: float
    ) -> Experiment:
        row = self._get(experiment)
        if documents.revision != row["revision"] + 1:
            raise ValueError(f"{experiment} is at revision {row['revision']}")
        with self._tables.telling():
            kept = revision_row(experiment, documents)
            self._tables.revisions[experiment, documents.revision] = kept
            row.update(revision=documents.revision, inputs=kept["inputs"])
            return self._told(row, at_wall_s)

    async def change_state(
        self,
        experiment: str,
        verb: str,
        *,
        at_wall_s: float,
        reason: str = "",
        while_in: State | None = None,
    ) -> Experiment:
        row = self._get(experiment)
        state = moved(self._of(row), verb, while_in)
        with self._tables.telling():
            row.update(state=state.value, reason=reason, version=row["version"] + 1)
            if state in ENDED:
                row["ended_wall_s"] = at_wall_s
            return self._told(row, at_wall_s)

    async def explain(self, experiment: str, reason: str, *, at_wall_s: float) -> None:
        row = self._tables.one("experiments", experiment)
        if row is not None and row["reason"] != reason:
            with self._tables.telling():
                row["reason"] = reason
                self._told(row, at_wall_s)

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
        row = self._get(experiment)
        state = move(State(row["state"]), "start")
        refuse_start(self._of(row), version, held=self._tables.queue_hold is not None)
        for binding in bindings.values():
            self._refuse_if_taken(binding)
        if successor is not None:
            self._refuse_id(successor.id)
        with self._tables.telling():
            number = row["attempts"] + 1
            row.update(
                state=state.value,
                reason="",
                attempts=number,
                attempt=f"{experiment}.{number}",
                bindings=bindings_text(bindings),
                started_wall_s=at_wall_s,
                version=row["version"] + 1,
            )
            started = self._told(row, at_wall_s)
            self._tables.add("attempts", "attempt", attempt_row(started, expected or Expected()))
            fences = {
                worker: self._tables.next_epoch(worker, (above or {}).get(worker, 0))
                for worker in sorted({binding.worker for binding in bindings.values()})
            }
            for run in run_rows(started, fences):
                blank = {**dict.fromkeys(COLUMNS["runs"]), **DEFAULTS["runs"]}
                self._tables.add("runs", "run", {**blank, **run, "answer": "pending"})
            kept = json.loads(to_json(dict(made_with or {})))
            self._tables.provenance[f"{experiment}.{number}"] = (experiment, kept)
            if successor is not None:
                self._add(successor)
            return started

    async def import_experiment(self, imported: Imported) -> Experiment:
        new = imported.experiment
        self._refuse_id(new.id)
        with self._tables.telling():
            self._add(new)
            row = self._get(new.id)
            for documents in imported.later:
                kept = revision_row(new.id, documents)
                self._tables.revisions[new.id, documents.revision] = kept
                row.update(revision=documents.revision, inputs=kept["inputs"])
            row.update(import_row(imported))
            for began, ended in imported_run_rows(imported):
                blank = {**dict.fromkeys(COLUMNS["runs"]), **DEFAULTS["runs"]}
                self._tables.add("runs", "run", {**blank, **began, **ended, "answer": "accepted"})
            for attempt, data in imported.provenance.items():
                kept_data = json.loads(to_json(dict(data)))
                self._tables.provenance[attempt] = (new.id, kept_data)
            for note in imported.notes:
                number = max(self._tables.notes, default=0) + 1
                self._tables.notes[number] = Note(id=number, **asdict(note))
            return self._told(row, new.at_wall_s)

    async def provenance(self, experiment: str) -> Mapping[str, Mapping[str, Any]]:
        kept = sorted(self._tables.provenance.items())
        return {attempt: data for attempt, (of, data) in kept if of == experiment}

    async def wish(
        self, experiment: str, wanted: Wanted, *, by: str, at_wall_s: float
    ) -> Experiment:
        row = self._get(experiment)
        refuse_if_ended(self._of(row))
        with self._tables.telling():
            row.update(wanted=wanted, wanted_by=by, control_seq=row["control_seq"] + 1)
            return self._told(row, at_wall_s)

    async def runs(
        self, *, experiment: str | None = None, worker: str | None = None, open_only: bool = False
    ) -> Sequence[Run]:
        return [
            run_of(row)
            for row in self._tables.of("runs")
            if experiment in (None, row["experiment"])
            and worker in (None, row["worker"])
            and not (open_only and row["ended_state"])
        ]

    async def answer_run(self, run: str, accepted: bool, reason: str, *, at_wall_s: float) -> None:
        row = self._tables.one("runs", run)
        answer = "accepted" if accepted else "refused"
        if row is None or row["mode"] or (row["answer"], row["answer_reason"]) == (answer, reason):
            return
        row.update(answer=answer, answer_reason=reason)
        if not accepted and not row["ended_state"]:
            row.update(ended_state=State.FAILED.value, ended_wall_s=at_wall_s)
        self._tell_run(row, at_wall_s)

    async def end_run(self, run: str, state: State, reason: str, *, at_wall_s: float) -> None:
        row = self._tables.one("runs", run)
        if row is not None and not row["ended_state"]:
            row.update(ended_state=state.value, ended_reason=reason, ended_wall_s=at_wall_s)
            self._tell_run(row, at_wall_s)

    def _refuse_id(self, name: str) -> None:
        if self._tables.one("experiments", name) is not None:
            raise IdTaken(f"there is an experiment {name} already")

    def _add(self, new: NewExperiment) -> Experiment:
        revision = new.documents.revision
        self._tables.revisions[new.id, revision] = revision_row(new.id, new.documents)
        last = max((row["place"] for row in self._tables.of("experiments")), default=0)
        row = {**_BEFORE_THE_START, **experiment_row(new), "place": last + 1}
        return self._told(self._tables.add("experiments", "id", row), new.at_wall_s)

    def _refuse_if_taken(self, binding: Binding) -> None:
        for run in self._tables.of("runs"):
            at = (run["worker"], run["reactor"])
            if at == (binding.worker, binding.reactor) and not run["ended_state"]:
                raise ReactorTaken(f"{binding} is taken by {run['run']}")

    def _get(self, experiment: str) -> Row:
        row = self._tables.one("experiments", experiment)
        if row is None:
            raise NotFound(f"there is no experiment {experiment}")
        return row

    def _of(self, row: Row) -> Experiment:
        return experiment_of({**self._tables.revisions[row["id"], row["revision"]], **row})

    def _told(self, row: Row, at_wall_s: float) -> Experiment:
        now = self._of(row)
        data = experiment_data(now)
        self._tables.event("experiment", data, at_wall_s=at_wall_s, experiment=now.id)
        return now

    def _tell_run(self, row: Row, at_wall_s: float) -> None:
        run = run_of(row)
        with self._tables.telling():
            self._tables.event(
                "run",
                run_data(run),
                at_wall_s=at_wall_s,
                experiment=run.experiment,
                vessel=run.vessel,
            )
