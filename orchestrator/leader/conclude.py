"""What an experiment is doing, concluded from what its vessels do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.experiment import ENDED, State
from orchestrator.ports.records import Experiment, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What is to be done about an experiment."""

    verbs: tuple[str, ...] = ()
    """Moves of `model.experiment`, one after the other."""
    reason: str = ""
    call_off: bool = False
    """One vessel was refused: the others shall not run without it."""


NOTHING = Conclusion()


def conclude(experiment: Experiment, runs: Sequence[Run]) -> Conclusion:
    """From the runs of its newest attempt."""
    ours = [run for run in runs if run.attempt == experiment.attempt]
    if experiment.state in ENDED or not ours:
        return NOTHING
    alive = [run for run in ours if run.state not in ENDED]
    if not alive:
        return _end(experiment, ours)
    if any(run.answer == "refused" for run in ours) and experiment.wanted != "cancelled":
        return Conclusion(call_off=True, reason=_reasons(ours, State.FAILED))
    return Conclusion(verbs=_pause_or_resume(experiment, alive))


def _end(experiment: Experiment, runs: Sequence[Run]) -> Conclusion:
    states = {run.state for run in runs}
    if State.FAILED in states:
        return Conclusion(verbs=("fail",), reason=_reasons(runs, State.FAILED))
    if experiment.wanted == "cancelled" and State.CANCELLED not in states:
        why = f"cancelled by {experiment.wanted_by}, when all that it does was done"
        return Conclusion(verbs=("cancel",), reason=why)
    if State.CANCELLED in states:
        return Conclusion(verbs=("cancel",), reason=_reasons(runs, State.CANCELLED))
    paused = experiment.state is State.PAUSED
    return Conclusion(verbs=("resume", "complete") if paused else ("complete",))


def _reasons(runs: Sequence[Run], state: State) -> str:
    return "; ".join(
        f"{run.vessel}: {run.reason}" for run in runs if run.state is state and run.reason
    )


def _pause_or_resume(experiment: Experiment, alive: Sequence[Run]) -> tuple[str, ...]:
    paused = all(run.state is State.PAUSED for run in alive)
    if paused and experiment.state is State.RUNNING:
        return ("pause",)
    going = any(run.state is State.RUNNING for run in alive)
    if going and experiment.state is State.PAUSED:
        return ("resume",)
    return ()
