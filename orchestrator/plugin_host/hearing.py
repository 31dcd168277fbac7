"""What an event loop hears of one process, and how it takes leave of it without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final

from orchestrator.plugin_host.hosted import END_S
from orchestrator.plugin_host.process import ENDING_S, GuestProcess, Silent

CHUNK_EACH_S: Final = 0.1
"""One that prints without end is read no faster than a chunk in so many seconds."""
POLL_S: Final = 0.02


class Hearing:
    """Listens until it is told to stop, or until there is nobody to listen to."""

    def __init__(
        self,
        process: GuestProcess,
        *,
        packet: Callable[[bytes], None],
        lost: Callable[[str], None],
    ) -> None:
        """`packet` is told what it says, `lost` in words how it ended, at most once."""
        self.process = process
        self._packet, self._lost = packet, lost
        self._heard = True
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.link, self._hear)
        self._loop.add_reader(process.printed.fd, self._read)

    def ask_to_end(self) -> None:
        """Let it end by itself, within a limit."""
        self._stop()
        self.process.ask_to_end()
        self._see_off(END_S)

    def strike(self) -> None:
        """End it whatever it does."""
        self._stop()
        self.process.strike()
        self._see_off(inf)

    def _stop(self) -> None:
        if not self._heard:
            return
        self._heard = False
        self._loop.remove_reader(self.process.link)
        if not self.process.printed.closed:
            self.process.printed.read()
            self._loop.remove_reader(self.process.printed.fd)

    def _hear(self) -> None:
        try:
            packet = self.process.receive()
        except Silent:
            self._loop.remove_reader(self.process.link)
            self._find_out(ENDING_S)
            return
        if packet is not None:
            self._packet(packet)

    def _find_out(self, left_s: float) -> None:
        """Say why it fell silent, as soon as that is known."""
        ending = self.process.ending
        if not self._heard:
            return
        if ending or left_s <= 0.0:
            self._lost(ending or "it fell silent")
            return
        self._loop.call_later(POLL_S, self._find_out, left_s - POLL_S)

    def _read(self) -> None:
        """Take what it prints; one that prints without end waits for us, not we for it."""
        printed = self.process.printed
        more = printed.read()
        if more or printed.closed:
            self._loop.remove_reader(printed.fd)
        if more:
            self._loop.call_later(CHUNK_EACH_S, self._read_on)

    def _read_on(self) -> None:
        if self._heard and not self.process.printed.closed:
            self._loop.add_reader(self.process.printed.fd, self._read)

    def _see_off(self, left_s: float) -> None:
        """Take leave of it once it is gone; a large one takes a while even when struck."""
        if self.process.ending:
            self.process.bury()
            return
        if left_s <= 0.0:
            self.process.strike()
            left_s = inf
        self._loop.call_later(POLL_S, self._see_off, left_s - POLL_S)
