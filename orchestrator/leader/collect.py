"""Pictures of experiments come to the leader by and by: one at a time, and after everything else.

What is here already is not asked for again: a picture goes on where its part ends, also after a
restart. It counts as here once it is whole, as its ledger says, and on the disk; only then its
worker is told, and may take it away first when it needs room.
"""

from __future__ import annotations

import asyncio
import logging
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestrator.leader.command import Command
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.model.outcome import Outcome
from orchestrator.model.picture import BYTES_MAX
from orchestrator.ports.clock import Clock
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.pictures import Gallery, Picture, PictureState
from orchestrator.ports.store import NotFound, Store, StoreBusy, StoreFull

BY: Final = "the leader"
TRIES_MAX: Final = 3
"""So often a picture may arrive other than its ledger says."""
Told = dict[str, Any]
log = logging.getLogger(__name__)


class Spoilt(RuntimeError):
    """What came is not the picture."""


class Collect:
    """Asks workers that are there for what they hold."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        pace: Pace,
        presences: Presences,
        command: Command,
        gallery: Gallery,
    ) -> None:
        self._store, self._clock, self._pace = store, clock, pace
        self._presences, self._command, self._gallery = presences, command, gallery
        self._spoilt: dict[int, int] = {}

    async def run(self) -> None:
        """Go on for ever; whatever goes wrong is tried again after a while."""
        while True:
            try:
                found = await self.look()
            except (StoreFull, StoreBusy, OSError) as error:
                log.error("pictures wait on their workers: %s", error)
                found = False
            if not found:
                await asyncio.sleep(self._pace.collect_s)

    async def look(self) -> bool:
        """Fetch the oldest picture of each worker; False if nothing was to be had."""
        found = False
        for worker in self._ready():
            picture = await self._store.next_picture(worker)
            if picture is not None:
                found = await self._fetch(worker, picture) or found
        return found

    def _ready(self) -> Iterator[str]:
        return iter([each.worker for each in self._presences if each.ready])

    async def _fetch(self, worker: str, picture: Picture) -> bool:
        """Whether something became of it."""
        if not 0 < picture.size_bytes <= BYTES_MAX:
            await self._settle(picture, "gone")
            return True
        try:
            state = await self._bring(worker, picture)
        except (NoAnswer, RequestRefused, NotFound) as error:
            log.info("picture %d waits: %s", picture.id, error)
            return False
        except Spoilt as spoilt:
            log.warning("picture %d of %s: %s", picture.id, worker, spoilt)
            tries = self._spoilt[picture.id] = self._spoilt.get(picture.id, 0) + 1
            if tries < TRIES_MAX:
                return False
            state = "gone"
        self._spoilt.pop(picture.id, None)
        await self._settle(picture, state)
        if state == "here":
            await self._tell(worker, picture)
        return True

    async def _bring(self, worker: str, picture: Picture) -> PictureState:
        held = await self._gallery.held(picture)
        if held > picture.size_bytes:
            raise Spoilt("more of it came than there is")
        while held < picture.size_bytes:
            asked = {"file": picture.file, "offset": held}
            said = await self._command.ask(worker, "picture", asked, by=BY)
            if said.outcome == Outcome.REFUSED.value and "there is no picture" in said.reason:
                return "gone"
            if said.outcome != Outcome.DONE.value:
                raise RequestRefused(said.reason)
            data = _data_of(said.result, picture, held)
            await self._gallery.append(picture, held, data)
            held += len(data)
        if not await self._gallery.finish(picture):
            raise Spoilt("what came has another checksum")
        return "here"

    async def _settle(self, picture: Picture, state: PictureState) -> None:
        at_wall_s = self._clock.now().wall_s
        await self._store.settle_picture(picture.id, state, at_wall_s=at_wall_s)

    async def _tell(self, worker: str, picture: Picture) -> None:
        """A worker that is not told keeps it a little longer, and nothing else."""
        try:
            await self._command.ask(worker, "picture", {"file": picture.file, "have": True}, by=BY)
        except (NoAnswer, RequestRefused, NotFound) as error:
            log.info("%s was not told that picture %d is here: %s", worker, picture.id, error)


def _data_of(told: Mapping[str, Any], picture: Picture, held: int) -> bytes:
    try:
        data, size_bytes = b64decode(told["data"], validate=True), int(told["size_bytes"])
    except (KeyError, TypeError, ValueError, NotBase64) as error:
        raise Spoilt(f"its worker answers nonsense: {error!r}") from error
    if size_bytes != picture.size_bytes or not data or held + len(data) > size_bytes:
        raise Spoilt("what its worker has is of another size")
    return data
