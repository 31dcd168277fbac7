"""Maintenance as `/api` shows it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from orchestrator.ports import maintenance as ports
from orchestrator.server.views.common import Cursor, Limit

Name = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,40}$")]


class RunsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which ones."""

    limit: Limit = 50
    cursor: Cursor | None = None


class MaintenanceStep(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done for the store, and how it fared."""

    name: str
    does: str
    tried: int
    done: int
    success_rate: float | None
    """Of those that were tried; null where none was."""
    last_done_wall_s: float | None


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One step of one run."""

    name: str
    state: Literal["waiting", "running", "done", "failed", "skipped"]
    text: str
    """What came of it."""
    share: float | None
    """Of it that is done, while it runs."""
    began_wall_s: float | None
    ended_wall_s: float | None


class MaintenanceRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run and how far it is."""

    id: int
    cause: Literal["schedule", "person"]
    actor: str
    state: Literal["running", "done", "failed", "interrupted"]
    """`interrupted`: the leader ended in its midst."""
    began_wall_s: float
    ended_wall_s: float | None
    steps: list[StepRecord]


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """How much room is left where the leader's data grow."""

    state: Literal["good", "warning", "bad", "unknown"]
    """`bad`: nothing new is taken in or started; what runs has the rest for its data."""
    free_mib: int | None
    warn_mib: int
    """Below this people are warned."""
    refuse_mib: int


class Maintenance(msgspec.Struct, frozen=True, kw_only=True):
    """What is done, when, and how it fared."""

    cron: str
    """Empty: only when somebody asks."""
    next_wall_s: float | None
    steps: list[MaintenanceStep]
    newest: MaintenanceRun | None
    disk: Disk


class WantedSteps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done now."""

    steps: Annotated[list[Name], msgspec.Meta(max_length=20)] = []
    """All of them if none is named."""


def run_view(caretaker: ports.Caretaker, run: ports.MaintenanceRun) -> MaintenanceRun:
    """With the share of what is under way."""
    shares = caretaker.shares if run.state == "running" else {}
    return MaintenanceRun(
        id=run.id,
        cause=run.cause,
        actor=run.actor,
        state=run.state,
        began_wall_s=run.began_wall_s,
        ended_wall_s=run.ended_wall_s,
        steps=[
            StepRecord(
                name=step.name,
                state=step.state,
                text=step.text,
                share=shares.get(step.name, 0.0) if step.state == "running" else None,
                began_wall_s=step.began_wall_s,
                ended_wall_s=step.ended_wall_s,
            )
            for step in run.steps
        ],
    )


def step_view(step: ports.Step, rate: ports.StepRate | None) -> MaintenanceStep:
    """A step with how it fared."""
    tried, done = (rate.tried, rate.done) if rate else (0, 0)
    return MaintenanceStep(
        name=step.name,
        does=step.does,
        tried=tried,
        done=done,
        success_rate=done / tried if tried else None,
        last_done_wall_s=rate.last_done_wall_s if rate else None,
    )
