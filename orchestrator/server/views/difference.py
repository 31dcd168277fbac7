"""What another profile would change in an experiment."""

from __future__ import annotations

from typing import Literal

import msgspec

from orchestrator.planning.difference import Difference as Found
from orchestrator.server.views.experiments import Scalar
from orchestrator.server.views.history import TimetableRow
from orchestrator.server.views.timetable import row_view


class DifferencePart(msgspec.Struct, frozen=True, kw_only=True):
    """Something that both plans have, or one of them."""

    vessel: str
    """Empty for what belongs to no vessel."""
    phase: str
    """Empty for what belongs to the whole experiment."""
    kind: Literal[
        "vessel",
        "phase",
        "item",
        "rule",
        "job",
        "limit",
        "loop",
        "setting",
        "chart",
        "input",
        "plan",
    ]
    """`setting` is what a vessel or a phase says of itself: its media, `until`, `do`."""
    name: str
    change: Literal["unchanged", "changed", "new", "removed"]
    before: str
    """In words; empty where it is new, and where words do not tell the difference."""
    after: str
    past: bool
    """Its moments are over; what is changed has no effect."""


class Jump(msgspec.Struct, frozen=True, kw_only=True):
    """A setting, or a whole job, that would be another at once."""

    vessel: str
    name: str
    """`job.setting`, or a job that begins, ends or changes its automation."""
    before: Scalar | None
    after: Scalar | None
    unit: str


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """Where a vessel is, and whether the other plan has that phase."""

    vessel: str
    phase: str | None
    """Null before the first."""
    visit: int
    removed: bool


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What would be another, as things stand."""

    revision: int
    """That it was compared with."""
    hash: str
    """Of what is shown, but for moments and values that move on with the clock."""
    parts: list[DifferencePart]
    jumps: list[Jump]
    stands: list[Stand]
    coming: list[TimetableRow]
    """What the vessels would do next, within a day."""


def difference_view(found: Found, revision: int) -> Difference:
    """A difference as it is sent."""
    return Difference(
        revision=revision,
        hash=found.hash,
        parts=msgspec.convert(found.parts, list[DifferencePart], from_attributes=True),
        jumps=msgspec.convert(found.jumps, list[Jump], from_attributes=True),
        stands=msgspec.convert(found.stands, list[Stand], from_attributes=True),
        coming=[row_view(row, time_s=row.time_s) for row in found.coming],
    )
