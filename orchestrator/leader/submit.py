"""Turn a profile that somebody wants run into a queued experiment."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from random import Random

from orchestrator.leader.ids import experiment_id
from orchestrator.leader.needs import Needs, lacks, needs_of
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.leader.room_left import RoomLeft
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan
from orchestrator.ports.check import Bundle, Check, Checked
from orchestrator.ports.clock import Clock
from orchestrator.ports.office import ProfileRefused, RequestRefused, Submission
from orchestrator.ports.records import Binding, Documents, Experiment, NewExperiment
from orchestrator.ports.store import Store


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
    ) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._presences = presences
        self._check = check
        self._chance = chance
        self._room_left = room_left

    async def submit(self, submission: Submission) -> Experiment:
        """As `ports.office.Office.submit` says."""
        await self._room_left.refuse_if_full()
        plan, files = await self._plan(submission)
        needs = needs_of(plan)
        self._refuse_bindings(needs, submission.bindings)
        plan_json = canonical_json(plain(plan))
        documents = Documents(
            revision=1,
            profile_text=submission.text,
            file_name=submission.file_name,
            profile_hash=plan.profile_hash,
            plan_hash=digest(plan_json),
            plan_json=plan_json.decode("utf-8"),
            files=files,
            inputs=plan.inputs,
        )
        at_wall_s = self._clock.now().wall_s
        new = NewExperiment(
            id=await self._free_id(at_wall_s),
            name=plan.name,
            documents=documents,
            inputs=plan.inputs,
            vessels=[one.vessel for one in needs],
            bindings=submission.bindings,
            actor=submission.actor,
            at_wall_s=at_wall_s,
            idempotency_key=submission.idempotency_key,
        )
        return await self._store.create_experiment(new)

    async def _plan(self, submission: Submission) -> tuple[Plan, Mapping[str, str]]:
        """The plan, and the files that came along as far as they belong to the profile."""
        text, file_name, inputs = submission.text, submission.file_name, submission.inputs
        bundle = Bundle(submission.files)
        try:
            async with asyncio.timeout(self._pace.check_s):
                checked = await asyncio.to_thread(self._check, text, file_name, inputs, bundle)
        except TimeoutError:
            raise RequestRefused(f"it took over {self._pace.check_s:g} s to check") from None
        if checked.plan is None or _has_errors(checked):
            raise ProfileRefused(checked.diagnostics)
        return checked.plan, checked.files

    def _refuse_bindings(self, needs: tuple[Needs, ...], bindings: Mapping[str, Binding]) -> None:
        by_vessel = {one.vessel: one for one in needs}
        taken: dict[Binding, str] = {}
        for vessel, binding in bindings.items():
            if vessel not in by_vessel:
                known = ", ".join(by_vessel)
                raise RequestRefused(f"the profile has no vessel {vessel}; it has {known}")
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

    async def _free_id(self, at_wall_s: float) -> str:
        while True:
            name = experiment_id(at_wall_s, self._chance)
            if await self._store.experiment(name) is None:
                return name
            at_wall_s += 1


def _has_errors(checked: Checked) -> bool:
    return any(one.severity == "error" for one in checked.diagnostics)
