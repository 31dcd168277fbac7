"""Keep the library at what its remote has, and know where in it a profile stands."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from orchestrator.ports.clock import Clock
from orchestrator.ports.library import Library, LibraryRefused, LibraryUnusable, Pulled
from orchestrator.ports.records import Documents, NewAlert
from orchestrator.ports.store import Store, StoreUnusable

log = logging.getLogger(__name__)
SCHEDULE = "schedule"
_IDENTITY = "library-pull"


class Librarian:
    """One pull at a time, whoever asks for it."""

    def __init__(
        self, store: Store, clock: Clock, library: Library | None, every_s: float | None
    ) -> None:
        self._store, self._clock = store, clock
        self._library, self._every_s = library, every_s
        self._one_at_a_time = asyncio.Lock()

    async def placed(self, documents: Documents) -> Documents:
        """The same, with path and commit where the library has just this profile."""
        if self._library is None:
            return documents
        text, files = documents.profile_text, documents.files
        try:
            place = await asyncio.to_thread(self._library.find, text, files)
        except (LibraryRefused, LibraryUnusable) as error:
            log.error("nobody knows where in the library a profile stands: %s", error)
            return documents
        if place is None:
            return documents
        return replace(documents, git_commit=place.commit, library_path=place.path)

    async def pull(self, by: str) -> Pulled:
        """As `ports.office.Office.pull_library` says."""
        if self._library is None:
            raise LibraryRefused("this leader keeps no library")
        async with self._one_at_a_time:
            try:
                pulled = await asyncio.to_thread(self._library.pull)
            except (LibraryRefused, LibraryUnusable) as error:
                await self._tell_of_trouble(str(error), by)
                raise
            now_s = self._clock.now().wall_s
            await self._store.resolve_alerts(_IDENTITY, at_wall_s=now_s)
            if pulled.outcome == "forwarded":
                said = {"by": by, "commit": pulled.commit, "text": pulled.text}
                await self._store.add_event("library", said, at_wall_s=now_s)
            return pulled

    async def run(self) -> None:
        """Pull at once, and again and again, until cancelled."""
        while self._every_s is not None:
            try:
                pulled = await self.pull(SCHEDULE)
                log.info("the library was pulled: %s", pulled.text)
            except (LibraryRefused, LibraryUnusable) as error:
                log.warning("the library was not pulled: %s", error)
            except StoreUnusable:
                raise
            except Exception:
                log.exception("the library was not pulled")
            await asyncio.sleep(self._every_s)

    async def _tell_of_trouble(self, text: str, by: str) -> None:
        """Whoever asked by hand is told anyway; the schedule and webhooks have nobody to tell."""
        if by not in (SCHEDULE, "webhook"):
            return
        await self._store.raise_alert(
            NewAlert(
                text=f"the library of profiles was not pulled: {text}",
                severity="warning",
                source="library",
                at_wall_s=self._clock.now().wall_s,
                identity=_IDENTITY,
            )
        )
