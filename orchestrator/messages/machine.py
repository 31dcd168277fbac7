"""The machine that a worker or the leader runs on: how it is, and what may be done to it."""

from __future__ import annotations

from typing import Literal

import msgspec

MachineDeed = Literal["reboot", "shutdown", "restart", "update"]
"""Each is a command of the machine that its service was told of; what was not told is not done."""


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the service's log."""

    at_wall_s: float
    level: str
    source: str
    text: str


class FileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the service's folder."""

    name: str
    """Relative to the folder; ask for `…/files/<name>`."""
    size_bytes: int
    changed_wall_s: float


class SystemReport(msgspec.Struct, frozen=True, kw_only=True):
    """The machine; what it does not tell is null."""

    host: str
    model: str | None
    """Of a Raspberry Pi or another board."""
    system: str
    machine: str
    python: str
    axenic: str
    process: int
    uptime_s: float | None
    load: float
    """Of the last minute."""
    memory_free_bytes: int | None
    disk_free_bytes: int | None
    temperature_c: float | None


class ClockReport(msgspec.Struct, frozen=True, kw_only=True):
    """A clock."""

    wall_s: float
    trusted: bool
    """Synchronised, or confirmed by a person; without it nothing happens by the wall clock."""
    monotonic_s: float


class MachineReport(msgspec.Struct, frozen=True, kw_only=True):
    """A machine, its clock, and what may be done to it from afar."""

    system: SystemReport
    clock: ClockReport
    may: list[MachineDeed]
