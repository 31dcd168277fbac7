"""A span for which nobody is told of alerts of a kind, of a reactor or of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orchestrator.ports.records import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSilence:
    """What somebody asks for; what is not said (None) is every one."""

    source: str | None = None
    """The kind of alert: `offline`, `disk`, `calibration`, a job or an item of a profile."""
    place: str | None = None
    """`worker`, which means all that it has, or `worker/reactor`."""
    experiment: str | None = None
    reason: str = ""
    actor: str
    began_wall_s: float
    until_wall_s: float
    """It ends by itself then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(NewSilence):
    """One that is or was kept."""

    id: int
    lifted_by: str = ""
    """Who ended it before its time."""

    def covers(self, alert: Alert) -> bool:
        """Whether an alert is one of those that it is about."""
        return (
            self.source in (None, alert.source)
            and self.experiment in (None, alert.experiment)
            and (self.place is None or self._is_of_place(alert))
        )

    def _is_of_place(self, alert: Alert) -> bool:
        return self.place in (alert.worker, f"{alert.worker}/{alert.reactor}")


def silence_of(alert: Alert, silences: Sequence[Silence]) -> Silence | None:
    """The one that keeps an unresolved alert quiet longest."""
    if alert.resolved_wall_s is not None:
        return None
    covering = [each for each in silences if each.covers(alert)]
    return max(covering, key=lambda each: each.until_wall_s, default=None)


class Silences(Protocol):
    """What is asked of a store about silences."""

    async def silence(self, new: NewSilence) -> Silence:
        """Begin one."""
        ...

    async def silences(self, *, at_wall_s: float) -> Sequence[Silence]:
        """Those in force at a moment, the newest first."""
        ...

    async def one_silence(self, silence: int) -> Silence | None: ...

    async def lift_silence(self, silence: int, *, by: str, at_wall_s: float) -> Silence:
        """End it before its time; one that is over stays as it is.

        Raises:
            NotFound: no such silence.
        """
        ...
