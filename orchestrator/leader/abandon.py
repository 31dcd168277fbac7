"""Give up experiments whose workers are gone for good, so that nothing is ever running for ever."""

from __future__ import annotations

from orchestrator.leader.dispatch import Dispatch
from orchestrator.leader.presence import Presences
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.clock import Clock
from orchestrator.ports.office import RequestRefused
from orchestrator.ports.records import Experiment
from orchestrator.ports.store import NotFound, Store


class Abandon:
    """Ends what only a worker could end, on a person's word."""

    def __init__(
        self, store: Store, clock: Clock, presences: Presences, dispatch: Dispatch
    ) -> None:
        self._store, self._clock = store, clock
        self._presences, self._dispatch = presences, dispatch

    async def abandon(self, experiment: str, by: str) -> Experiment:
        """As `ports.office.Office.abandon` says."""
        found = await self._store.experiment(experiment)
        if found is None:
            raise NotFound(f"there is no experiment {experiment}")
        if found.state not in (State.RUNNING, State.PAUSED):
            raise TransitionRefused(f"{experiment} is {found.state.value}: nothing of it runs")
        runs = await self._store.runs(experiment=experiment, open_only=True)
        workers = sorted({run.binding.worker for run in runs if run.binding})
        there = [worker for worker in workers if self._is_there(worker)]
        if there:
            names = " and ".join(there)
            raise RequestRefused(f"{names} can be reached: cancel the experiment instead")
        wished = await self._dispatch.wish(experiment, "cancelled", by)
        at_wall_s = self._clock.now().wall_s
        for run in runs:
            reason = f"given up by {by}, since its worker is gone"
            await self._store.end_run(run.run, State.CANCELLED, reason, at_wall_s=at_wall_s)
        return wished

    def _is_there(self, worker: str) -> bool:
        presence = self._presences.get(worker)
        return presence is not None and presence.ready
