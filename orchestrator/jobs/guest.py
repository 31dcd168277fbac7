"""Jobs that do not live in the worker's process: what a plugin brings, and how it is to be taken.

The worker knows only this much of them. How they are run, in a process of their own, is for
`plugin_host` to know.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from orchestrator.jobs.job import Command, Signal, Step, View

Option: TypeAlias = float | bool | str


class OnLoss(StrEnum):
    """What becomes of a vessel whose job broke down; its outputs are off in any case."""

    RESTART = "restart"
    """The job begins anew, after a while that grows with each failure."""
    FAIL = "fail"
    """The vessel fails."""
    IGNORE = "ignore"
    """The vessel goes on without it, and nobody is called."""


class JobLost(RuntimeError):
    """A guest is gone, or did what none may do; the text is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a guest is to work."""

    vessel: str
    simulated: bool = False
    """There are no devices here: a rehearsal, or a worker on a bench."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """What the reactor's hardware document says to this job: a port, an address."""
    seed: int = 0
    """For what chance there is in a simulated one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asks a route of the API that a plugin brings."""

    query: Mapping[str, str]
    """What was said of the parameters that the plugin declares."""
    body: Any
    """Of a POST, as JSON has it."""
    actor: str
    """Who asks,"""
    role: str
    """`user` or `administrator`."""


class Refused(Exception):
    """A route's answer to a question that it cannot answer; the text is for whoever asked."""

    def __init__(self, status: int, text: str) -> None:
        """`status` is 400, 403, 404, 409 or 422."""
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What the self-test of a plugin found."""

    result: Literal["passed", "failed", "unseen", "skipped"]
    """unseen: nothing here measures what it does; skipped: it could not be tried now."""
    figure: str = ""
    """What it measured: `6.98 pH in 0.4 s`."""
    reason: str = ""
    """Where it did not pass, and what to look at."""


class Guest(ABC):
    """One job in one vessel, somewhere else: `jobs.Job` to whoever steps it.

    A step may answer nothing but a moment far away; what it asked for is then told by a later one,
    and `wake` was called in between.
    """

    name: str
    watches: tuple[str, ...]
    signals: Mapping[str, Signal]
    on_loss: OnLoss

    @abstractmethod
    def begin(self, memory: Mapping[str, Any], now_s: float, /) -> None:
        """Begin, anew if it had begun before."""

    @abstractmethod
    def step(self, state: None, view: View, now_s: float, /) -> Step[None]:
        """Move on; raises `JobLost` once it is gone."""

    @abstractmethod
    def end(self, state: None, /) -> tuple[Command, ...]:
        """Take leave of it; what it drove is to be turned off."""

    @abstractmethod
    def leave(self) -> None:
        """Have nothing more to do with it, however it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A kind of job that lives elsewhere, as a worker is given it."""

    name: str
    accept: Callable[[Place, Callable[[], None]], Guest]
    """(where, whom to wake when there is news) → one for one vessel."""
