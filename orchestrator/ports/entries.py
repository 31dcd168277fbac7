"""Experiments as entries of the queue: what was asked for, how it is changed, what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orchestrator.ports.records import Documents, Experiment

PRIORITY_MAX = 9
"""Priorities go from -9 to 9; only administrators give others than 0."""


class ChangedMeanwhile(RuntimeError):
    """Somebody else changed the entry since it was read: look again."""


class IdTaken(ValueError):
    """Another experiment has that id: choose another one."""


class TooManyOpen(RuntimeError):
    """The user has as many open experiments as one may have."""


class ReactorTaken(RuntimeError):
    """Another run is on a reactor that was to be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people say about an experiment; it can be changed at any time."""

    description: str = ""
    tags: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """vessel → what people call it, such as the strain in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms an experiment starts; they can be changed until it does."""

    asked: Mapping[str, str] = field(default_factory=dict)
    """vessel → `worker`, `worker/reactor`, `tag:<tag>` or `pool:<pool>`; any if it is missing."""
    priority: int = 0
    not_before_wall_s: float | None = None
    every: str = ""
    """A cron entry: each start leaves a copy behind that starts at the next such moment."""
    every_zone: str = ""
    """Empty is the cluster's, and is filled in."""
    hold: str | None = None
    """Why somebody keeps it from starting by itself; None where nobody does."""
    accepted: Sequence[str] = ()
    """Checks before the start whose complaint somebody has read and takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """An entry as it is to be from now on."""

    name: str
    words: Words
    terms: Terms
    documents: Documents | None = None
    """Another profile, or other inputs: the next revision, in force at the start."""
    vessels: Sequence[str] = ()
    """Of those documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueHold:
    """Nothing starts by itself while this stands."""

    note: str
    by: str
    since_wall_s: float


class Entries(Protocol):
    """What is asked of a store about its queue; each write is one transaction."""

    async def change_entry(
        self, experiment: str, change: EntryChange, *, version: int | None, at_wall_s: float
    ) -> Experiment:
        """Change what may be changed; without a version, whatever it is.

        Raises:
            NotFound: no such experiment.
            ChangedMeanwhile: its version is another one.
            TransitionRefused: terms or documents are to change, and it waits no more.
        """
        ...

    async def arrange(
        self, experiment: str, to: str, *, owner: str | None, at_wall_s: float
    ) -> Experiment:
        """Move an entry `first`, `last` or before another one (`model.arrangement.arrange`).

        Raises:
            NotFound: no such experiment.
            ArrangementRefused: one of them does not wait, or the move would change nothing.
        """
        ...

    async def hold_queue(self, hold: QueueHold) -> None:
        """Let nothing start from now on."""
        ...

    async def release_queue(self, *, by: str, at_wall_s: float) -> None:
        """Let things start again."""
        ...

    async def queue_hold(self) -> QueueHold | None:
        """Whether, and why, nothing starts."""
        ...
