"""Actions that take a while: who carries each out, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.execution.decision import Perform
from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.job import Exchange, Requested, Withdrawn
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.worker.account import Fluids
from orchestrator.worker.dose import DOSING, Doser
from orchestrator.worker.regulate import Regulate

JOB_OF = {
    "blank": "od_reading",
    "dose": DOSING,
    "dilute": DOSING,
    "circulate": DOSING,
}
"""Other actions say themselves which job they are for."""
Finished = Callable[[str, Ending, Mapping[str, Any]], None]


class Performing:
    """The actions of one vessel that are under way."""

    def __init__(
        self,
        *,
        regulate: Regulate,
        doser: Doser,
        fluids: Fluids,
        finished: Finished,
    ) -> None:
        self._regulate, self._doser, self._fluids = regulate, doser, fluids
        self._finished = finished
        self._under_way: dict[str, str] = {}

    @property
    def any(self) -> bool:
        """Whether something is under way."""
        return bool(self._under_way)

    def begin(self, perform: Perform) -> None:
        """Give an action to the one that carries it out."""
        key, action = str(perform.key), perform.action
        job = JOB_OF.get(action) or str(perform.args.get("job") or "")
        self._under_way[key] = job
        request = Requested(key=key, action=action, args=perform.args)
        if job and self._regulate.tell(job, request):
            return
        if action in ("dose", "dilute"):
            self._dose(key, action, perform.args)
        else:
            reason = f"{job} does not run" if job else f"this worker cannot {action}"
            self.finish(key, Ending(outcome=Outcome.FAILED, reason=reason), {})

    def cancel(self, key: str) -> None:
        """End an action as soon as that is safe."""
        job = self._under_way.get(key)
        if job is None:
            return
        if not self._regulate.tell(job, Withdrawn(key=key)):
            self._doser.withdraw(key)

    def finish(self, key: str, ending: Ending, result: Mapping[str, Any]) -> None:
        """An action ended; what is not under way here is nobody's action."""
        if self._under_way.pop(key, None) is not None:
            self._finished(key, ending, result)

    def job_left(self, job: str, reason: str) -> None:
        """A job is gone: so are the requests that it had, but not what is in the pumps."""
        for key in [key for key, by in self._under_way.items() if by == job]:
            if job != DOSING or not self._doser.has(key):
                ending = Ending(outcome=Outcome.FAILED, reason=f"{job}: {reason}")
                self.finish(key, ending, {})

    def _dose(self, key: str, action: str, args: Mapping[str, Any]) -> None:
        """Without a job that pumps the dose journal does it alone."""
        volume_ml, medium = float(args["volume_ml"]), str(args.get("medium") or "feed")
        cause = f"{action} on request"
        if action == "dose":
            wanted = Exchange(remove_ml=0.0, add_ml=volume_ml, medium=medium, key=key, cause=cause)
        else:
            wanted = exchange(self._fluids.view(), volume_ml, medium=medium, key=key, cause=cause)
        self._doser.ask(wanted)
