"""Warn before the disk is full, and take in no new experiment when it nearly is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from orchestrator.ports.clock import Clock
from orchestrator.ports.office import DiskRoom, RequestRefused
from orchestrator.ports.records import NewAlert
from orchestrator.ports.store import Store

FreeBytes = Callable[[], int]
MIB = 2**20
WARN_MIB = 1024
REFUSE_MIB = 200
IDENTITY = "disk"


class RoomLeft:
    """Looks at the disk that the store is on."""

    def __init__(self, store: Store, clock: Clock, free_bytes: FreeBytes | None) -> None:
        """Without `free_bytes` there is always room."""
        self._store = store
        self._clock = clock
        self._free_bytes = free_bytes
        self._warned: bool | None = None
        """None until the first look, since an earlier leader may have warned."""

    async def free_mib(self) -> int | None:
        """What is left; None where nobody looks."""
        if self._free_bytes is None:
            return None
        return await asyncio.to_thread(self._free_bytes) // MIB

    async def room(self) -> DiskRoom:
        """The same, with what is made of it."""
        free_mib = await self.free_mib()
        return DiskRoom(free_mib=free_mib, warn_mib=WARN_MIB, refuse_mib=REFUSE_MIB)

    async def refuse_if_full(self) -> None:
        """Before a new experiment is taken in.

        Raises:
            RequestRefused: with what is left and what is needed.
        """
        free_mib = await self.free_mib()
        if free_mib is not None and free_mib < REFUSE_MIB:
            raise RequestRefused(
                f"the disk is too full for a new experiment: {free_mib} MiB are left, "
                f"{REFUSE_MIB} are needed"
            )

    async def look(self) -> None:
        """Raise the alarm, or call it off."""
        free_mib = await self.free_mib()
        if free_mib is None or self._warned is (free_mib < WARN_MIB):
            return
        self._warned = free_mib < WARN_MIB
        at_wall_s = self._clock.now().wall_s
        if not self._warned:
            await self._store.resolve_alerts(IDENTITY, at_wall_s=at_wall_s)
            return
        text = f"the leader's disk is filling up: {free_mib} MiB are left"
        alert = NewAlert(
            text=text, severity="critical", source="disk", at_wall_s=at_wall_s, identity=IDENTITY
        )
        await self._store.raise_alert(alert)
