"""How the laboratory's store is kept, by a copy that goes on until somebody lets it end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from orchestrator.ports.maintenance import Step, StepFailed, Tell
from orchestrator.store.memory import MemoryStore

DAY_S = 86_400.0


class Upkeep:
    """Three steps, of which the second waits for `go_on`."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    @property
    def steps(self) -> Sequence[Step]:
        return (
            Step(name="integrity", does="Read all that the store holds.", perform=self._count),
            Step(name="backup", does="Copy the store to /srv/axenic.", perform=self._copy),
            Step(name="sync", does="Bring the backups to nas:axenic.", perform=self._sync),
        )

    async def _count(self, _: Tell) -> str:
        return "9 experiments, 412000 readings"

    async def _copy(self, tell: Tell) -> str:
        tell(0.42)
        await self.go_on.wait()
        return "axenic-20251121T100000Z.sqlite: 412000 readings"

    async def _sync(self, _: Tell) -> str:
        raise StepFailed("rsync failed: no route to nas")


async def was_kept(store: MemoryStore, until_s: float) -> None:
    """Four nights, of which one went wrong."""
    for night in range(4):
        at_s = until_s - (4 - night) * DAY_S
        names = ["integrity", "backup", "sync"]
        run = await store.begin_maintenance(names, cause="schedule", actor="", at_wall_s=at_s)
        for number, name in enumerate(names):
            went_wrong = (night, name) == (1, "sync")
            text = "rsync failed: no route to nas" if went_wrong else f"{name} is well"
            state = "failed" if went_wrong else "done"
            began_s = at_s + 20.0 * number
            await store.tell_step(run.id, name, "running", at_wall_s=began_s)
            await store.tell_step(run.id, name, state, text, at_wall_s=began_s + 15.0)  # type: ignore[arg-type]
        await store.end_maintenance(
            run.id, "failed" if night == 1 else "done", at_wall_s=at_s + 60.0
        )
