"""One worker's connection, as the keeper holds it: nothing here ever waits."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from orchestrator.hardware.keeper.wire import to_keeper
from orchestrator.hardware.lines import LINE_BYTES_MAX, Lines, line_of


class Talk:
    """Lines in, lines out."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.closed = False
        self._lines = Lines(to_keeper)
        connection.setblocking(False)

    def receive(self) -> list[Any] | None:
        """Return the messages that have come, None at the end.

        Raises:
            OSError, LineTooLong, msgspec.MsgspecError: it cannot go on like this.
        """
        if self.closed:
            return None
        try:
            data = self.connection.recv(LINE_BYTES_MAX)
        except BlockingIOError:
            return []
        return self._lines.feed(data) if data else None

    def send(self, message: object) -> bool:
        """Send a message; False if the other side is gone, or does not read what it is told."""
        line = line_of(message)
        try:
            return self.connection.send(line) == len(line)
        except OSError:
            return False

    def close(self) -> None:
        self.closed = True
        with contextlib.suppress(OSError):
            self.connection.close()
