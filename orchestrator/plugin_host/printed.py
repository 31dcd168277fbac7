"""What a guest prints, for the worker's log: so much of it that it fills neither disk nor time."""

from __future__ import annotations

import logging
import os
import time
from typing import Final

LINES_MAX: Final = 50
"""Lines that are written down,"""
EACH_S: Final = 10.0
"""in so many seconds; of the others there is only the number."""
LINE_BYTES_MAX: Final = 500
CHUNK_BYTES: Final = 65_536
CHUNKS_LEFT_MAX: Final = 16
"""What is read of one that is ended while it prints."""


class Printed:
    """The reading end of a guest's stdout and stderr."""

    def __init__(self, name: str, fd: int) -> None:
        self.fd, self.closed = fd, False
        self._logger = logging.getLogger(f"axenic.plugin.{name}")
        self._unfinished = b""
        self._begun_s, self._lines, self._left_out = time.monotonic(), 0, 0

    def read(self) -> bool:
        """Take what there is, up to a chunk; True if there may be more at once."""
        length = self._take()
        if length == 0:
            self.close()
        return length == CHUNK_BYTES

    def _take(self) -> int | None:
        """How much there was; 0 once nobody is there to print, None while nobody does."""
        try:
            chunk = os.read(self.fd, CHUNK_BYTES)
        except BlockingIOError:
            return None
        *lines, rest = (self._unfinished + chunk).split(b"\n")
        self._unfinished = rest[:LINE_BYTES_MAX]
        self._say(lines)
        return len(chunk)

    def close(self) -> None:
        """Write down what is there still; twice does no harm."""
        if self.closed:
            return
        for _ in range(CHUNKS_LEFT_MAX):
            if not self._take():
                break
        self.closed = True
        os.close(self.fd)
        if self._unfinished:
            self._say([self._unfinished])
        self._say_what_was_left_out()

    def _say(self, lines: list[bytes]) -> None:
        now_s = time.monotonic()
        if now_s - self._begun_s >= EACH_S:
            self._say_what_was_left_out()
            self._begun_s, self._lines = now_s, 0
        said = lines[: LINES_MAX - self._lines]
        self._lines += len(said)
        self._left_out += len(lines) - len(said)
        for line in said:
            self._logger.info("%s", line[:LINE_BYTES_MAX].decode("utf-8", "replace"))

    def _say_what_was_left_out(self) -> None:
        if self._left_out:
            self._logger.warning("… and %d more lines", self._left_out)
        self._left_out = 0
