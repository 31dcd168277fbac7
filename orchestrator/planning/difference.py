"""What another plan would change in one that runs, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.planning.row import Row

Change = Literal["unchanged", "changed", "new", "removed"]
Kind = Literal[
    "vessel", "phase", "item", "rule", "job", "limit", "loop", "setting", "chart", "input", "plan"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that both plans have, or one of them."""

    vessel: str
    """Empty for what belongs to no vessel."""
    phase: str
    """Empty for what belongs to the whole experiment."""
    kind: Kind
    """`setting` is what a vessel or a phase says of itself: its media, `at_end`, `until`, `do`."""
    name: str
    """Of an item or rule its identity."""
    change: Change
    before: str = ""
    """In words; empty where it is new, and where words do not tell the difference."""
    after: str = ""
    past: bool = False
    """Its moments are over in the visit that the vessel is in; what is changed has no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A setting, or a whole job, that would be another at once."""

    vessel: str
    name: str
    """`job.setting`, or a job that begins, ends or changes its automation."""
    before: float | bool | str | None
    after: float | bool | str | None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Which phase a vessel is in, and whether the other plan has it."""

    vessel: str
    phase: str | None
    """None before the first."""
    visit: int
    removed: bool
    """Its phase is gone: it has to be said where to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that is shown of it."""

    parts: tuple[Part, ...]
    jumps: tuple[Jump, ...]
    stands: tuple[Stand, ...]
    coming: tuple[Row, ...]
    """What the vessels will do next by the other plan, where its time is known."""
    hash: str

    def changed(self) -> Iterator[Part]:
        """Yield the parts that do not stay as they are."""
        return (part for part in self.parts if part.change != "unchanged")


def hash_of(
    plans: tuple[Any, Any],
    parts: tuple[Part, ...],
    jumps: tuple[Jump, ...],
    stands: tuple[Stand, ...],
) -> str:
    """Know a difference by what a person agrees to.

    The clocks go on while somebody reads, so no moment and no value of a ramp is part of it: which
    settings jump, which parts are past and where the vessels are.
    """
    shown = {
        "plans": [plain(plan) for plan in plans],
        "parts": [plain(part) for part in parts],
        "jumps": [[jump.vessel, jump.name] for jump in jumps],
        "stands": [plain(stand) for stand in stands],
    }
    return digest(canonical_json(shown))
