"""Turn a profile that somebody wants run into a queued experiment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TypeAlias

from orchestrator.documents.zones import find_zone
from orchestrator.execution.cron import next_after, validate
from orchestrator.leader.ids import experiment_id
from orchestrator.leader.match import POOL, TAG
from orchestrator.leader.needs import Needs, lacks, needs_of
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.leader.room_left import RoomLeft
from orchestrator.leader.situation import Rules
from orchestrator.leader.unheard import alert_of, unheard
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan
from orchestrator.ports.check import Bundle, Check, Checked, Given
from orchestrator.ports.clock import Clock
from orchestrator.ports.entries import PRIORITY_MAX, IdTaken, Terms, Words
from orchestrator.ports.office import ProfileRefused, RequestRefused, Submission
from orchestrator.ports.records import Binding, Documents, Experiment, NewExperiment, named_in
from orchestrator.ports.store import Store

Placed: TypeAlias = Callable[[Documents], Awaitable[Documents]]
"""The same, with its place in the library if it has one."""


class Submit:
    """Checks, compiles, keeps."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pace: Pace,
        presences: Presences,
        check: Check,
        chance: Random,
        room_left: RoomLeft,
        rules: Rules,
        placed: Placed,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._presences = presences
        self._check = check
        self._chance = chance
        self._room_left = room_left
        self._rules = rules
        self._placed = placed

    async def submit(self, submission: Submission) -> Experiment:
        """As `ports.office.Office.submit` says."""
        await self._room_left.refuse_if_full()
        plan, documents = await self.compile(
            submission.text, submission.file_name, submission.inputs, submission.files
        )
        named = {vessel: str(at) for vessel, at in submission.bindings.items()}
        terms = self.settled(replace(submission.terms, asked={**submission.terms.asked, **named}))
        words = Words(
            description=submission.words.description or plan.description,
            tags=submission.words.tags or plan.tags,
            labels=submission.words.labels,
        )
        self.refuse_asked(needs_of(plan), terms, words)
        at_wall_s = self._clock.now().wall_s
        new = NewExperiment(
            id=await self.free_id(at_wall_s),
            name=submission.name or plan.name,
            documents=documents,
            inputs=plan.inputs,
            vessels=[one.vessel for one in plan.vessels],
            bindings=named_in(terms),
            actor=submission.actor,
            at_wall_s=at_wall_s,
            idempotency_key=submission.idempotency_key,
            words=words,
            terms=terms,
        )
        kept = await self.keep(new)
        await self._tell_of_silence(plan, kept.id, at_wall_s)
        return kept

    async def _tell_of_silence(self, plan: Plan, experiment: str, at_wall_s: float) -> None:
        """Say which topics would never be heard, before anybody waits for them."""
        for topic, rule in unheard(plan, self._rules.opens).items() if self._rules.opens else ():
            await self._store.raise_alert(alert_of(topic, rule, experiment, at_wall_s))

    async def keep(self, new: NewExperiment) -> Experiment:
        """Within what its user may have open; ids are free or not only in the moment of keeping."""
        open_max = self._rules.open_max_for(new.actor)
        while True:
            try:
                return await self._store.create_experiment(new, open_max=open_max)
            except IdTaken:
                new = replace(new, id=await self.free_id(new.at_wall_s))

    async def compile(
        self,
        text: str,
        file_name: str,
        inputs: Given,
        files: Mapping[str, str],
        *,
        revision: int = 1,
    ) -> tuple[Plan, Documents]:
        """The plan, and what is kept of it.

        Raises:
            ProfileRefused, RequestRefused: it is wrong, or took too long.
        """
        plan, kept = await self._plan(text, file_name, inputs, files)
        plan_json = canonical_json(plain(plan))
        documents = Documents(
            revision=revision,
            profile_text=text,
            file_name=file_name,
            profile_hash=plan.profile_hash,
            plan_hash=digest(plan_json),
            plan_json=plan_json.decode("utf-8"),
            files=kept,
            inputs=plan.inputs,
        )
        return plan, await self._placed(documents)

    def settled(self, terms: Terms) -> Terms:
        """What comes again and again comes first at the next such moment.

        Raises:
            RequestRefused: an entry or a zone that cannot be, or a priority out of range.
        """
        if not -PRIORITY_MAX <= terms.priority <= PRIORITY_MAX:
            raise RequestRefused(f"priorities go from -{PRIORITY_MAX} to {PRIORITY_MAX}")
        if not terms.every:
            return terms
        wrong = validate(terms.every)
        if wrong:
            raise RequestRefused(f"'{terms.every}' is no cron entry: {wrong}")
        terms = replace(terms, every_zone=terms.every_zone or self._rules.timezone)
        if find_zone(terms.every_zone) is None:
            raise RequestRefused(f"there is no timezone '{terms.every_zone}'")
        if terms.not_before_wall_s is not None:
            return terms
        return replace(terms, not_before_wall_s=next_start(terms, self._clock.now().wall_s))

    def refuse_asked(self, needs: Sequence[Needs], terms: Terms, words: Words) -> None:
        """Ask for vessels, reactors and pools that there are.

        Raises:
            RequestRefused: naming what there is.
        """
        known = [one.vessel for one in needs]
        for vessel in (*terms.asked, *words.labels):
            if vessel not in known:
                there = ", ".join(known)
                raise RequestRefused(f"the profile has no vessel {vessel}; it has {there}")
        for text in terms.asked.values():
            kind, colon, name = text.partition(":")
            if colon and (kind not in (TAG, POOL) or not name):
                raise RequestRefused(f"'{text}' is no reactor, and neither tag:… nor pool:…")
            if kind == POOL and name not in self._rules.pools:
                there = ", ".join(sorted(self._rules.pools)) or "none"
                raise RequestRefused(f"there is no pool {name}; there are: {there}")
        self._refuse_bindings(needs, named_in(terms))

    async def _plan(
        self, text: str, file_name: str, inputs: Given, files: Mapping[str, str]
    ) -> tuple[Plan, Mapping[str, str]]:
        """The plan, and the files that came along as far as they belong to the profile."""
        bundle = Bundle(files)
        try:
            async with asyncio.timeout(self._pace.check_s):
                checked = await asyncio.to_thread(self._check, text, file_name, inputs, bundle)
        except TimeoutError:
            raise RequestRefused(f"it took over {self._pace.check_s:g} s to check") from None
        if checked.plan is None or _has_errors(checked):
            raise ProfileRefused(checked.diagnostics)
        return checked.plan, checked.files

    def _refuse_bindings(self, needs: Sequence[Needs], bindings: Mapping[str, Binding]) -> None:
        by_vessel = {one.vessel: one for one in needs}
        taken: dict[Binding, str] = {}
        for vessel, binding in bindings.items():
            if binding in taken:
                raise RequestRefused(f"{binding} cannot be both {taken[binding]} and {vessel}")
            taken[binding] = vessel
            self._refuse_place(by_vessel[vessel], binding)
        workers = sorted({binding.worker for binding in bindings.values()})
        shared = sorted(frozenset[str]().union(*(one.shared for one in needs)))
        if shared and len(workers) > 1:
            raise RequestRefused(
                f"the vessels share the bottle {', '.join(shared)}, so they have to be on one "
                f"worker, not on {' and '.join(workers)}"
            )

    def _refuse_place(self, needs: Needs, binding: Binding) -> None:
        """What is known of a reactor must do; one that is not known yet is waited for."""
        presence = self._presences.get(binding.worker)
        if presence is None or presence.capabilities is None:
            return
        missing = ", ".join(lacks(needs, presence.capabilities, binding.reactor))
        if missing:
            raise RequestRefused(f"{binding} cannot be {needs.vessel}: it lacks {missing}")

    async def free_id(self, at_wall_s: float) -> str:
        """A name that no experiment has."""
        while True:
            name = experiment_id(at_wall_s, self._chance)
            if await self._store.experiment(name) is None:
                return name
            at_wall_s += 1


def next_start(terms: Terms, after_wall_s: float) -> float | None:
    """When one that comes again and again comes next."""
    return next_after(terms.every, terms.every_zone, after_wall_s)


def _has_errors(checked: Checked) -> bool:
    return any(one.severity == "error" for one in checked.diagnostics)
