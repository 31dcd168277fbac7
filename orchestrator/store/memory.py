"""The store in memory, for rehearsals of the leader and for tests; gone with its process."""

from __future__ import annotations

from orchestrator.store.memory_attention import MemoryAttention
from orchestrator.store.memory_deliveries import MemoryDeliveries
from orchestrator.store.memory_entries import MemoryEntries
from orchestrator.store.memory_history import MemoryHistory
from orchestrator.store.memory_maintenance import MemoryMaintenance
from orchestrator.store.memory_pictures import MemoryPictures
from orchestrator.store.memory_readings import MemoryReadings
from orchestrator.store.memory_recording import MemoryRecording
from orchestrator.store.memory_remarks import MemoryRemarks
from orchestrator.store.memory_silences import MemorySilences
from orchestrator.store.memory_statistics import MemoryStatistics
from orchestrator.store.memory_tables import Tables
from orchestrator.store.memory_workers import MemoryWorkers


class MemoryStore(
    MemoryEntries,
    MemoryWorkers,
    MemoryRecording,
    MemoryReadings,
    MemoryHistory,
    MemoryRemarks,
    MemoryPictures,
    MemorySilences,
    MemoryAttention,
    MemoryDeliveries,
    MemoryMaintenance,
    MemoryStatistics,
):
    """`ports.store.Store`, the twin of `tables.SqlStore`."""

    def __init__(self) -> None:
        super().__init__(Tables())

    async def hold_place(self) -> None:
        """Nobody else sees it."""

    async def close(self) -> None:
        """Nothing waits."""
