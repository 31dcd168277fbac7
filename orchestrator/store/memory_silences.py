"""Silences in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from orchestrator.ports.silence import NewSilence, Silence
from orchestrator.ports.store import NotFound
from orchestrator.store.memory_tables import MemoryBase
from orchestrator.store.silences import silence_data


class MemorySilences(MemoryBase):
    """`ports.silence.Silences`."""

    async def silence(self, new: NewSilence) -> Silence:
        made = Silence(id=len(self._tables.silences) + 1, **asdict(new))
        return self._keep_silence(made, new.began_wall_s)

    async def silences(self, *, at_wall_s: float) -> Sequence[Silence]:
        return [
            each
            for each in reversed(self._tables.silences.values())
            if each.began_wall_s <= at_wall_s < each.until_wall_s
        ]

    async def one_silence(self, silence: int) -> Silence | None:
        return self._tables.silences.get(silence)

    async def lift_silence(self, silence: int, *, by: str, at_wall_s: float) -> Silence:
        found = self._tables.silences.get(silence)
        if found is None:
            raise NotFound(f"there is no silence {silence}")
        if found.until_wall_s <= at_wall_s:
            return found
        return self._keep_silence(replace(found, until_wall_s=at_wall_s, lifted_by=by), at_wall_s)

    def _keep_silence(self, silence: Silence, at_wall_s: float) -> Silence:
        with self._tables.telling():
            self._tables.silences[silence.id] = silence
            self._tables.event(
                "silence",
                silence_data(silence),
                at_wall_s=at_wall_s,
                experiment=silence.experiment,
            )
        return silence
