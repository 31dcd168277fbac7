"""Maintenance: steps that keep what was measured, one run of them at a time, each on record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from orchestrator.ports.records import Page

RunState = Literal["running", "done", "failed", "interrupted"]
StepState = Literal["waiting", "running", "done", "failed", "skipped"]
Cause = Literal["schedule", "person"]

Tell = Callable[[float], None]
"""Say which share of a step is done, from 0 to 1; from any thread."""


class StepFailed(RuntimeError):
    """A step did not come about; the message says why, and what a person can do."""


class MaintenanceRuns(RuntimeError):
    """A run is under way already, and two never overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that can be done for the store."""

    name: str
    does: str
    """For people, in a line."""
    perform: Callable[[Tell], Awaitable[str]]
    """Answers what came of it, in a line.

    Raises:
        StepFailed: it did not come about.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One step of one run."""

    name: str
    state: StepState = "waiting"
    text: str = ""
    began_wall_s: float | None = None
    ended_wall_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceRun:
    """A run and how far it is."""

    id: int
    cause: Cause
    actor: str
    state: RunState
    began_wall_s: float
    ended_wall_s: float | None
    steps: Sequence[StepRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRate:
    """How a step fared, over all runs in which it was tried."""

    name: str
    tried: int
    done: int
    last_done_wall_s: float | None


class Caretaker(Protocol):
    """Who carries maintenance out."""

    steps: Sequence[Step]

    @property
    def cron(self) -> str:
        """When it is due; empty where only people ask for it."""
        ...

    @property
    def shares(self) -> Mapping[str, float]:
        """Of steps that are under way, by name, from 0 to 1."""
        ...

    async def next_wall_s(self) -> float | None: ...

    async def begin(self, names: Sequence[str], *, by: str) -> MaintenanceRun:
        """Begin a run of these steps, of all if none is named; it goes on by itself.

        Raises:
            MaintenanceRuns: one is under way.
            RequestRefused: there is no such step.
        """
        ...


class MaintenanceRecords(Protocol):
    """What is asked of a store about maintenance."""

    async def begin_maintenance(
        self, steps: Sequence[str], *, cause: Cause, actor: str, at_wall_s: float
    ) -> MaintenanceRun:
        """A new run whose steps wait.

        Raises:
            MaintenanceRuns: another one has not ended.
        """
        ...

    async def tell_step(
        self,
        run: int,
        step: str,
        state: StepState,
        text: str = "",
        *,
        at_wall_s: float,
        share: float | None = None,
    ) -> None:
        """How a step stands now; all who listen get to know, also which `share` of it is done."""
        ...

    async def end_maintenance(self, run: int, state: RunState, *, at_wall_s: float) -> None:
        """It is over; steps that still wait or run are `skipped` and `failed`."""
        ...

    async def maintenance_run(self, run: int) -> MaintenanceRun | None: ...

    async def maintenance_runs(
        self, *, limit: int = 50, cursor: str | None = None
    ) -> Page[MaintenanceRun]:
        """Newest first."""
        ...

    async def step_rates(self) -> Sequence[StepRate]:
        """By name."""
        ...
