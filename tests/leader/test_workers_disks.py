"""A worker whose disk fills up, or fails, is told of until it is well again."""

from __future__ import annotations

from typing import Any

from orchestrator.leader.presence import Presences
from orchestrator.leader.workers_disks import WorkersDisks
from orchestrator.messages.reports import StateMessage
from orchestrator.store.memory import MemoryStore
from tests.support.leader_room import StillClock

MIB = 2**20


def says(presences: Presences, **more: Any) -> None:
    said = {"worker": "unit1", "session": "s1", "state": "ready", "at_wall_s": 0.0} | more
    presences.hear("unit1").state = StateMessage(**said)


async def standing(store: MemoryStore) -> list[tuple[str, str | None, str]]:
    alerts = await store.standing_alerts("disk:")
    return [(each.severity, each.identity, each.text) for each in alerts]


async def test_a_disk_that_fills_up_is_told_of_once_until_there_is_room() -> None:
    store, presences = MemoryStore(), Presences()
    disks = WorkersDisks(store, StillClock(), presences)
    says(presences)
    await disks.look()
    says(presences, disk_free_bytes=501 * MIB)
    await disks.look()
    assert not await standing(store)
    for left_mib in (499, 400, 505, 499):
        says(presences, disk_free_bytes=left_mib * MIB)
        await disks.look()
    text = "the disk of unit1 is filling up: 499 MiB are left"
    assert await standing(store) == [("warning", "disk:unit1", text)]
    says(presences, state="lost", disk_free_bytes=None)
    await disks.look()
    assert await standing(store)
    says(presences, disk_free_bytes=600 * MIB)
    await WorkersDisks(store, StillClock(), presences).look()
    assert not await standing(store)
    [alert] = (await store.alerts()).items
    assert (alert.count, alert.worker, alert.resolved_by) == (1, "unit1", "")


async def test_a_disk_that_takes_nothing_is_critical() -> None:
    store, presences = MemoryStore(), Presences()
    disks = WorkersDisks(store, StillClock(), presences)
    says(presences, journal_fault="disk I/O error", disk_free_bytes=10**12)
    await disks.look()
    [(severity, identity, text)] = await standing(store)
    assert (severity, identity) == ("critical", "disk:unit1:writing")
    assert text.startswith("unit1 cannot write to its disk: disk I/O error.")
    says(presences)
    await disks.look()
    assert not await standing(store)
