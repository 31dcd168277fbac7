"""Machines of the cluster, what is installed on them, and what they are told to do."""

from __future__ import annotations

from typing import Annotated

import msgspec

from orchestrator.messages.machine import LogLine, MachineDeed, MachineReport
from orchestrator.server.views.common import Limit
from orchestrator.server.views.workers import Place


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """The machine of the leader, or of a worker that was asked just now."""

    name: str
    """The worker's; `leader` for the leader's own."""
    is_leader: bool
    outcome: str
    """done, or why there is no report: refused, failed, unknown."""
    reason: str
    report: MachineReport | None
    ahead_s: float | None
    """So far its clock is before the leader's; below zero: behind."""
    ahead_within_s: float | None
    """So far that figure may be off: half of the time that the question took."""


class MachineWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a machine is to do."""

    do: MachineDeed
    while_running: bool = False
    """Although something runs there: it is made safe, and goes on once the worker is back."""


class MachinesWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What several machines are to do."""

    do: MachineDeed
    while_running: bool = False
    """Although something runs there: it is made safe, and goes on once the worker is back."""
    workers: Annotated[list[Place], msgspec.Meta(max_length=1000)] = []
    """Empty is every worker that is there."""


class LogQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How much of it."""

    limit: Limit = 200


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """The newest lines, oldest first; a service remembers a thousand since it began."""

    items: list[LogLine]


class WorkerDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a worker's service was told to go by."""

    about: str
    """`hardware`."""
    text: str
    """As its file says now; the worker goes by it since its last start."""


class FilesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which files."""

    under: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Only those whose names begin like this: `pictures/`."""
    cursor: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """`next` of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=400)] = 400


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """Axenic, or a plugin, and which version of it is where."""

    name: str
    """`axenic`, or a plugin's."""
    leader: str | None
    """Null where it is not there."""
    workers: dict[str, str | None]
    """As each said last."""
    differs: bool
    """Not everywhere the same: profiles are checked against what the leader has."""
