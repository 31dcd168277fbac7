"""Change what runs: all present workers say that they could, then all do (SEMANTICS rule 18)."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

from orchestrator.leader.dispatch import Dispatch
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.messages.orders import RunAnswer
from orchestrator.model.experiment import State
from orchestrator.ports.clock import Clock
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.records import Documents, Experiment, Run
from orchestrator.ports.store import NotFound, Store

log = logging.getLogger(__name__)


class Revise:
    """One change of an experiment at a time."""

    def __init__(
        self, store: Store, clock: Clock, pace: Pace, presences: Presences, dispatch: Dispatch
    ) -> None:
        self._store, self._clock, self._pace = store, clock, pace
        self._presences, self._dispatch = presences, dispatch
        self._one_at_a_time: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def revise(self, experiment: str, documents: Documents) -> Experiment:
        """As `ports.office.Office.revise` says."""
        async with self._one_at_a_time[experiment]:
            found = await self._store.experiment(experiment)
            if found is None:
                raise NotFound(f"there is no experiment {experiment}")
            if found.state not in (State.RUNNING, State.PAUSED):
                raise RequestRefused(f"{experiment} is {found.state.value}: nothing of it runs")
            if documents.revision != found.revision + 1:
                raise RequestRefused(f"{experiment} is at revision {found.revision} meanwhile")
            runs = await self._store.runs(experiment=experiment, open_only=True)
            ours = [run for run in runs if run.attempt == found.attempt and run.binding]
            workers = sorted({run.binding.worker for run in ours if run.binding})
            try:
                await self._prepare(documents, ours)
                revised = await self._store.add_revision(
                    experiment, documents, at_wall_s=self._clock.now().wall_s
                )
                log.info("%s goes on by revision %d", experiment, documents.revision)
            finally:
                # Whichever revision is in force now, what was only asked is no longer on the way.
                for worker in workers:
                    await self._dispatch.publish(worker)
            return revised

    async def _prepare(self, documents: Documents, runs: list[Run]) -> None:
        """Ask everybody who is there; one refusal or silence, and all stays as it is."""
        present = [run for run in runs if self._is_there(run)]
        asked = {run.run for run in present}
        answers: dict[str, RunAnswer] = {}
        complete = asyncio.Event()

        def hear(answer: RunAnswer) -> bool:
            name = f"{answer.attempt}:{answer.vessel}"
            said = (answer.revision, answer.plan_hash)
            if name not in asked or said != (documents.revision, documents.plan_hash):
                return False
            answers[name] = answer
            if answers.keys() == asked:
                complete.set()
            return True

        if not asked:
            return
        with self._dispatch.listening(hear):
            for worker in sorted({run.binding.worker for run in present if run.binding}):
                await self._dispatch.ask(worker, {present[0].experiment: documents})
            try:
                async with asyncio.timeout(self._pace.command_s):
                    await complete.wait()
            except TimeoutError:
                silent = ", ".join(sorted(asked - answers.keys()))
                raise NoAnswer(
                    f"{silent} did not say whether it can; all goes on as it was"
                ) from None
        refused = [answer.reason for _, answer in sorted(answers.items()) if not answer.accepted]
        if refused:
            raise RequestRefused(f"{'; '.join(refused)}. All goes on as it was")

    def _is_there(self, run: Run) -> bool:
        presence = self._presences.get(run.binding.worker) if run.binding else None
        return presence is not None and presence.ready
