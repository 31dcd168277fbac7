"""What happened, and what is to come."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from orchestrator.model.outcome import Outcome
from orchestrator.server.views.common import Cursor, Limit


class ActionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which actions, newest first."""

    vessel: str | None = None
    limit: Limit = 200
    cursor: Cursor | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one action."""

    action_id: str
    attempt: str
    vessel: str
    revision: int
    phase: str | None
    item: str
    action: str
    """The step's kind: set, dose, ask, …"""
    detail: str
    nominal_s: float | None
    """When it was due on its phase's clock."""
    began_process_s: float | None
    began_wall_s: float | None
    ended_process_s: float | None
    ended_wall_s: float | None
    outcome: Outcome | None
    """Null while it goes on."""
    reason: str
    args: dict[str, Any]
    result: Any


class DosesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which doses, newest first."""

    vessel: str | None = None
    unresolved: bool = False
    """Only those of whose `unknown` outcome nobody has said yet what moved."""
    limit: Limit = 200
    cursor: Cursor | None = None


class Dose(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a pump, whoever asked for it."""

    key: str
    attempt: str
    vessel: str
    pump: str
    medium: str
    direction: str
    volume_ml: float
    """What counts: what a person says of it, else what moved, else what was intended."""
    cause: str
    began_process_s: float
    began_wall_s: float | None
    ended_process_s: float | None
    outcome: Outcome | None
    """Null while it goes on."""
    reason: str
    resolved_ml: float | None
    """What really moved, as a person says where the outcome is `unknown`."""
    resolved_by: str
    resolved_reason: str


class Resolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What really moved in a dose of which nobody saw the end."""

    key: str
    volume_ml: Annotated[float, msgspec.Meta(ge=0.0)]
    """0 if nothing did."""
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """What its worker said to that."""

    outcome: str
    reason: str


class PhaseVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One stay of a vessel in a phase."""

    attempt: str
    vessel: str
    phase: str
    visit: int
    entered_process_s: float
    entered_wall_s: float | None
    left_process_s: float | None
    left_wall_s: float | None
    reason: str
    """Why it was left."""


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """What was moved of a medium at a vessel."""

    vessel: str
    medium: str
    moved_ml: float
    """Doses whose outcome is unknown count in full."""
    from_bottle_ml: float
    """The same, by all vessels that share the bottle."""
    bottle_ml: float | None
    """What the bottle held, and all that replaced it; null where the plan names none."""
    shared: bool
    """One bottle for all vessels."""


class ComingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How far to look ahead."""

    for_s: Annotated[float, msgspec.Meta(gt=0, le=14 * 86400)] = 86400.0
    limit: Limit = 500


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the profile it stands."""

    file: str
    line: int


class TimetableRow(msgspec.Struct, frozen=True, kw_only=True):
    """One action at one moment to come."""

    time_s: float | None
    """Elapsed time; null after a phase whose length nobody can know."""
    wall_s: float | None
    wall: str | None
    """The same as `wall_s`, ISO 8601."""
    phase: str
    phase_time_s: float | None
    vessel: str
    action_id: str
    action: str
    detail: str
    estimated: bool
    source: Source
