"""What the queue is decided from: what waits, which reactors there are, who has what running."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.leader.needs import Needs
from orchestrator.messages.reports import Capabilities
from orchestrator.ports.records import Binding

OPEN_MAX = 5
PATIENCE_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a laboratory decides about its queue."""

    open_max: int = OPEN_MAX
    """Experiments of a user that wait, run or are paused."""
    open_max_of: Mapping[str, int] = field(default_factory=dict)
    """The same for users with a limit of their own."""
    pools: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Name → workers, or single reactors as `worker/reactor`."""
    timezone: str = "UTC"
    """Where cron entries live that name no zone."""
    opens: Callable[[str], bool] | None = None
    """Whether the broker lets workers read a topic; None where that is not known."""
    patience_s: float = PATIENCE_S
    """Whoever waited so long for reactors that are not all free keeps those that are."""

    def open_max_for(self, user: str) -> int:
        """How many may be open at a time."""
        return self.open_max_of.get(user, self.open_max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued experiment."""

    experiment: str
    owner: str = ""
    needs: Sequence[Needs]
    asked: Mapping[str, str] = field(default_factory=dict)
    """vessel → reactor, `tag:…` or `pool:…`; the others take what is free."""
    priority: int = 0
    place: int = 0
    since_wall_s: float = 0.0
    """It was submitted, or could have started first."""
    not_before_wall_s: float | None = None
    hold: str | None = None
    again: bool = False
    """Its start leaves a successor behind, which is open too."""
    obstacle: str = ""
    """What is in the way wherever it runs: a check of the profile, of the disk, of the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A reactor, as it stands now."""

    binding: Binding
    capabilities: Capabilities
    occupied_by: str = ""
    """What runs on it, in words; empty if it is free."""
    unfit: str = ""
    """Why nothing should start on it now; empty if it is fit."""

    def occupied(self, experiment: str) -> Place:
        """The same, taken."""
        return Place(
            binding=self.binding,
            capabilities=self.capabilities,
            occupied_by=experiment,
            unfit=self.unfit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything, at one moment."""

    waiting: Sequence[Waiting]
    places: Sequence[Place]
    now_wall_s: float = 0.0
    vessels_of: Mapping[str, int] = field(default_factory=dict)
    """User → vessels that run for them, paused ones among them."""
    open_of: Mapping[str, int] = field(default_factory=dict)
    """User → experiments that wait, run or are paused."""
    hold: str | None = None
    """Why nobody starts; None where the queue goes on."""
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """It may begin."""

    experiment: str
    bindings: Mapping[str, Binding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """It may not."""

    experiment: str
    reason: str


Decision = Start | Wait
