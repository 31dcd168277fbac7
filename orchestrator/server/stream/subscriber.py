"""One open page at the end of a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

UNSENT_MAX_BYTES: Final = 1024 * 1024
PENDING_MAX: Final = 2000

Frame = tuple[int, bytes]
"""(event id, chunk)."""


class Subscriber:
    """Takes frames without ever making the sender wait.

    While it reads what it missed from the store, new events are kept aside for it; afterwards they
    go straight to the connection. One that does not read is dropped.
    """

    def __init__(self, transport: asyncio.Transport, sent_id: int) -> None:
        self._transport = transport
        self._live = False
        self._pending: list[Frame] = []
        self._missed = False
        self.sent_id = sent_id
        """Newest event that was written to it."""
        self.ended = asyncio.Event()
        """It is gone, or was sent away."""

    @property
    def is_live(self) -> bool:
        """It is told of what happens as it happens."""
        return self._live and not self.ended.is_set()

    def take_events(self, frames: Sequence[Frame], joined: bytes) -> None:
        """Take events in order; `joined` is all of the frames in a row."""
        if not self._live:
            self._keep_aside(frames)
        elif frames[0][0] > self.sent_id:
            self._write(joined)
            self.sent_id = frames[-1][0]
        else:
            self._write_newer(frames)

    def take_passing(self, data: bytes) -> None:
        """Take what is of no use later: live values, a comment."""
        if self._live:
            self._write(data)

    def go_live(self) -> bool:
        """Write what was kept aside and let the rest come directly.

        False if more came than could be kept: read on from the store, and try again.
        """
        frames, self._pending = self._pending, []
        if self._missed:
            self._missed = False
            return False
        self._live = True
        self._write_newer(frames)
        return True

    def drop(self) -> None:
        """Cut the connection; the client comes back with the id of what it saw last."""
        self._transport.abort()
        self.ended.set()

    def end(self) -> None:
        """Let its handler finish the response."""
        self._live = False
        self.ended.set()

    def _keep_aside(self, frames: Sequence[Frame]) -> None:
        self._pending.extend(frames)
        if len(self._pending) > PENDING_MAX:
            self._pending.clear()
            self._missed = True

    def _write_newer(self, frames: Sequence[Frame]) -> None:
        newer = [data for event_id, data in frames if event_id > self.sent_id]
        if newer:
            self._write(b"".join(newer))
            self.sent_id = frames[-1][0]

    def _write(self, data: bytes) -> None:
        if self.ended.is_set():
            return
        if self._transport.is_closing():
            self.ended.set()
        elif self._transport.get_write_buffer_size() + len(data) > UNSENT_MAX_BYTES:
            self.drop()
        else:
            self._transport.write(data)
