"""What is kept beside experiments: who did what, what people noted, what rehearsals came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from orchestrator.ports.records import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeed:
    """Somebody asks for something to be done."""

    at_wall_s: float
    actor: str
    role: str
    address: str
    """From where; empty where nobody knows."""
    deed: str
    """Its name in the API: `cancel_experiment`."""
    experiment: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What was asked, without long texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed(NewDeed):
    """It is on record before it is done, and once more when its outcome is known."""

    id: int
    status: int | None = None
    """As the API answered; None where the leader died on the way, or it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """Something that a person wrote about an experiment."""

    experiment: str
    text: str
    actor: str
    at_wall_s: float
    vessel: str | None = None
    """None is the whole experiment."""
    pinned_wall_s: float | None = None
    """The moment that it is about, for charts; None is no moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(NewNote):
    """As it is kept."""

    id: int
    changed_wall_s: float | None = None


class Remarks(Protocol):
    """What is asked of a store about them."""

    async def begin_deed(self, deed: NewDeed) -> int:
        """Put it on record; its number."""
        ...

    async def end_deed(self, deed: int, status: int, experiment: str | None = None) -> None:
        """Say what came of it, and about which experiment it was, if that is known only now."""
        ...

    async def deeds(
        self,
        *,
        experiment: str | None = None,
        actor: str | None = None,
        deed: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Deed]:
        """Newest first; `deed` is a name of the API."""
        ...

    async def add_note(self, note: NewNote) -> Note:
        """Keep one.

        Raises:
            NotFound: no such experiment.
        """
        ...

    async def note(self, note: int) -> Note | None: ...

    async def change_note(
        self, note: int, text: str | None, *, was: str | None = None, at_wall_s: float
    ) -> None:
        """Let it say something else, if it still says what it `was`; None takes it away.

        Raises:
            NotFound: no such note.
            ChangedMeanwhile: it says something else than it was.
        """
        ...

    async def notes(self, experiment: str) -> Sequence[Note]:
        """In the order in which they were written."""
        ...

    async def keep_rehearsal(
        self, plan_hash: str, data: Mapping[str, Any], *, at_wall_s: float
    ) -> None:
        """Know what a rehearsal of a plan came to."""
        ...

    async def rehearsal(self, plan_hash: str) -> Mapping[str, Any] | None: ...
