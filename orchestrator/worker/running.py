"""A job that runs, and what it is given to act with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

from orchestrator.execution.decision import JobWanted
from orchestrator.jobs.guest import JobLost, OnLoss
from orchestrator.jobs.job import Account, Command, Event, Job, Signal, View


class Hands(Protocol):
    """What jobs are given to act with: the vessel."""

    def carry_out(self, job: str, command: Command, now_s: float) -> None: ...

    def publish(self, values: Mapping[str, float], now_s: float) -> None: ...

    def job_changed(
        self, job: str, state: str, reason: str, on_loss: OnLoss = OnLoss.RESTART
    ) -> None: ...

    def expect(self, signals: Mapping[str, Signal]) -> None:
        """A guest will publish these."""
        ...

    def sense(self, job: str, sensor: str) -> None: ...

    def is_sensing(self, job: str) -> bool:
        """Whether a sensor has still to answer this job."""
        ...


@dataclass(slots=True)
class Running:
    """One job as it stands."""

    name: str
    job: Job[Any]
    wanted: JobWanted
    state: Any = None
    due_s: float = -inf
    sense: tuple[str, ...] = ()
    """Sensors to read at `due_s`."""
    place: int = 0
    """In the order of stepping."""
    woken: bool = False
    """Something other than its own moment calls for a step."""
    view: View | None = None
    """As it was last shown, for as long as nothing in it changes."""
    account: Account | None = None
    """As it was last shown; None for one that was never stepped."""
    events: list[Event] = field(default_factory=list)
    driven: set[str] = field(default_factory=set)
    """Outputs that it ever drove."""
    on_loss: OnLoss = OnLoss.RESTART
    begun_s: float = -inf
    failures: int = 0
    """Of late."""
    lost: bool = False
    """Broken; begins anew at `due_s`."""


def state_of(wanted: JobWanted) -> str:
    """How the ledger calls a job that runs."""
    return "paused" if wanted.paused else "ready"


def in_words(error: Exception) -> str:
    """What went wrong, for people."""
    if isinstance(error, JobLost):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
