"""Whether all is well here, and what time it is."""

from __future__ import annotations

from typing import Literal

import msgspec


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the leader is."""

    status: Literal["ok", "degraded"]
    version: str
    store: Literal["ok", "failing"]
    broker_connected: bool


class ClockNow(msgspec.Struct, frozen=True, kw_only=True):
    """The time that all `*_wall_s` are on."""

    wall_s: float
    speed: float
    """Clock seconds in one second of the room; 1 but for demos."""
    trusted: bool
