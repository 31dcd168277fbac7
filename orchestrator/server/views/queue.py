"""The queue as `/api` shows it, and what is asked of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from orchestrator.ports import office
from orchestrator.ports.entries import QueueHold
from orchestrator.server.versions import version_of_text
from orchestrator.server.views.experiments import (
    FILES_MAX,
    Asked,
    Cron,
    Experiment,
    Labels,
    Moment,
    Name,
    Note,
    Priority,
    Scalar,
    Tags,
    Text,
    Zone,
    experiment_view,
)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing starts by itself."""

    note: str
    by: str
    since_wall_s: float


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment that waits."""

    position: int
    """Its turn among those that wait, from 1."""
    experiment: Experiment
    reason: str
    """Why it waits; empty in the moment before it starts."""
    earliest_wall_s: float | None
    """When it may start if all goes fast; null where it does not start by itself."""
    latest_wall_s: float | None
    """When it starts if all takes long; null where nobody can say."""
    basis: str
    """What these two are known from."""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, in the order in which turns come."""

    hold: Held | None
    entries: list[Entry]
    version: str
    """Of the hold, for `If-Match`: another hold, or none, has another one."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One look before a start."""

    name: str
    """workers, hardware, calibrations, media, disk, clock."""
    result: Literal["good", "warning", "bad", "accepted", "waits", "unknown"]
    """`bad` keeps it from starting, `waits` will pass by itself."""
    text: str
    vessel: str
    """Empty where it is about all."""
    can_be_accepted: bool
    """Name it in `accepted`, and it starts in spite of it."""


class Preflight(msgspec.Struct, frozen=True, kw_only=True):
    """All that is looked at before a start, as it stands now."""

    checks: list[Check]


class HoldNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nothing shall start."""

    note: Note = ""


class Move(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an entry is to stand."""

    to: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    """`first`, `last`, or the experiment before which it is to stand."""


class EntryChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays as it is.

    Once an experiment has started, only name, description, tags and labels can be changed.
    """

    name: Name | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    bindings: dict[str, Asked] | UnsetType = UNSET
    """vessel → `worker`, `worker/reactor`, `tag:<tag>` or `pool:<pool>`, all anew."""
    priority: Priority | UnsetType = UNSET
    not_before_wall_s: Moment | UnsetType | None = UNSET
    every: Cron | UnsetType = UNSET
    every_zone: Zone | UnsetType = UNSET
    hold: Note | UnsetType | None = UNSET
    accepted: Tags | UnsetType = UNSET
    """Checks before the start whose complaint is taken."""
    text: str | UnsetType = UNSET
    """Another profile."""
    file: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | UnsetType = UNSET
    files: Annotated[dict[str, str], msgspec.Meta(max_length=FILES_MAX)] | UnsetType = UNSET
    inputs: dict[str, Scalar] | UnsetType = UNSET
    """These anew, the others as they are, unless the profile is another one too."""


def queue_view(standing: office.QueueStanding) -> Queue:
    """The queue as it stands."""
    return Queue(
        hold=held_view(standing.hold),
        version=version_of_hold(standing.hold),
        entries=[
            Entry(
                position=each.position,
                experiment=experiment_view(each.experiment),
                reason=each.reason,
                earliest_wall_s=each.earliest_wall_s,
                latest_wall_s=each.latest_wall_s,
                basis=each.basis,
            )
            for each in standing.entries
        ],
    )


def held_view(hold: QueueHold | None) -> Held | None:
    """The hold that stands, if one does."""
    if hold is None:
        return None
    return Held(note=hold.note, by=hold.by, since_wall_s=hold.since_wall_s)


def version_of_hold(hold: QueueHold | None) -> str:
    """By what it is known."""
    return version_of_text(*(() if hold is None else (hold.note, hold.by, str(hold.since_wall_s))))
