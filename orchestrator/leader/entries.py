"""What people do with the queue: look, change, copy, arrange, hold, release."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from orchestrator.leader.estimate import Estimate, estimate
from orchestrator.leader.needs import Needs, needs_of, needs_of_json
from orchestrator.leader.orders import plan_of
from orchestrator.leader.preflight import preflight
from orchestrator.leader.queue import look_at_queue
from orchestrator.leader.situation import Wait
from orchestrator.leader.steer import again
from orchestrator.leader.submit import Submit
from orchestrator.leader.survey import Survey
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.clock import Clock
from orchestrator.ports.entries import EntryChange, QueueHold, Terms, Words
from orchestrator.ports.office import Check, EntryStanding, QueueStanding
from orchestrator.ports.records import Documents, Experiment
from orchestrator.ports.store import NotFound, Store

_WORDS = frozenset(each.name for each in fields(Words))
_TERMS = frozenset(each.name for each in fields(Terms))
_TIMING = frozenset({"every", "every_zone"})


class Entries:
    """The desk of the queue."""

    def __init__(self, store: Store, clock: Clock, survey: Survey, submit: Submit) -> None:
        self._store, self._clock = store, clock
        self._survey, self._submit = survey, submit

    async def queue(self) -> QueueStanding:
        """As `ports.office.Office.queue` says."""
        open_ones = await self._survey.open_ones()
        situation = await self._survey.situation(open_ones)
        lasts = await self._survey.lasts(open_ones)
        decisions = look_at_queue(situation)
        estimates = await asyncio.to_thread(estimate, situation, lasts)
        by_id = {each.id: each for each in open_ones}
        return QueueStanding(
            hold=await self._store.queue_hold(),
            entries=[
                _standing(
                    by_id[decision.experiment],
                    position,
                    decision.reason if isinstance(decision, Wait) else "",
                    estimates[decision.experiment],
                )
                for position, decision in enumerate(decisions, start=1)
            ],
        )

    async def preflight(self, experiment: str) -> Sequence[Check]:
        """As `ports.office.Office.preflight` says."""
        found = await self._get(experiment)
        if found.state is not State.QUEUED:
            raise TransitionRefused(f"{experiment} is {found.state.value}: it waits no more")
        situation = await self._survey.situation(await self._survey.open_ones())
        return preflight(await self._survey.facts(found, situation))

    async def change(
        self, experiment: str, changes: Mapping[str, Any], version: int | None
    ) -> Experiment:
        """As `ports.office.Office.change_entry` says."""
        before = await self._get(experiment)
        terms = replace(before.terms, **{k: changes[k] for k in changes if k in _TERMS})
        words = replace(before.words, **{k: changes[k] for k in changes if k in _WORDS})
        if _TIMING & changes.keys() and "not_before_wall_s" not in changes:
            terms = replace(terms, not_before_wall_s=None)
        documents, needs = await self._documents(before, changes)
        terms = self._submit.settled(terms)
        self._submit.refuse_asked(needs, terms, words)
        change = EntryChange(
            name=changes.get("name", before.name),
            words=words,
            terms=terms,
            documents=documents,
            vessels=[one.vessel for one in needs],
        )
        return await self._store.change_entry(
            experiment,
            change,
            version=before.version if version is None else version,
            at_wall_s=self._clock.now().wall_s,
        )

    async def copy(self, experiment: str, by: str, idempotency_key: str | None) -> Experiment:
        """As `ports.office.Office.copy` says; what was settled for the first alone is left out."""
        before = await self._get(experiment)
        documents = await self._store.documents(experiment)
        if documents is None:
            raise NotFound(f"nothing is kept of {experiment}")
        at_wall_s = self._clock.now().wall_s
        made = again(
            before,
            documents,
            name=await self._submit.free_id(at_wall_s),
            actor=by,
            terms=Terms(asked=before.terms.asked),
            at_wall_s=at_wall_s,
            idempotency_key=idempotency_key,
        )
        return await self._submit.keep(made)

    async def arrange(self, experiment: str, to: str, owner: str | None) -> Experiment:
        """As `ports.office.Office.arrange` says."""
        at_wall_s = self._clock.now().wall_s
        return await self._store.arrange(experiment, to, owner=owner, at_wall_s=at_wall_s)

    async def hold_queue(self, note: str, by: str) -> None:
        """As `ports.office.Office.hold_queue` says."""
        since_s = self._clock.now().wall_s
        await self._store.hold_queue(QueueHold(note=note, by=by, since_wall_s=since_s))

    async def release_queue(self, by: str) -> None:
        """As `ports.office.Office.release_queue` says."""
        await self._store.release_queue(by=by, at_wall_s=self._clock.now().wall_s)

    async def _documents(
        self, before: Experiment, changes: Mapping[str, Any]
    ) -> tuple[Documents | None, Sequence[Needs]]:
        """Another profile or other inputs, checked and compiled; and what the vessels need."""
        kept = await self._store.documents(before.id)
        assert kept is not None
        if not {"text", "inputs"} & changes.keys():
            return None, needs_of_json(plan_of(kept.plan_json))
        is_new = "text" in changes
        inputs = {} if is_new else before.inputs
        plan, documents = await self._submit.compile(
            changes.get("text", kept.profile_text),
            changes.get("file", kept.file_name),
            {**inputs, **changes.get("inputs", {})},
            changes.get("files", {}) if is_new else kept.files,
            revision=before.revision + 1,
        )
        return documents, needs_of(plan)

    async def _get(self, experiment: str) -> Experiment:
        found = await self._store.experiment(experiment)
        if found is None:
            raise NotFound(f"there is no experiment {experiment}")
        return found


def _standing(experiment: Experiment, position: int, reason: str, when: Estimate) -> EntryStanding:
    return EntryStanding(
        experiment=experiment,
        position=position,
        reason=reason,
        earliest_wall_s=when.earliest_wall_s,
        latest_wall_s=when.latest_wall_s,
        basis=when.basis,
    )
