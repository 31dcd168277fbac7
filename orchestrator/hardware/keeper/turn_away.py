"""A keeper that could not have its pins says so to the worker that started it, and to nobody else.

So the worker can say it, in its own words and at once, instead of waiting for a keeper.
"""

from __future__ import annotations

import socket
import time

import msgspec

from orchestrator.hardware.keeper.wire import Hello, Unfit, to_keeper
from orchestrator.hardware.lines import LINE_BYTES_MAX, Lines, LineTooLong, line_of

WAIT_S = 5.0


def turn_away(server: socket.socket, reason: str) -> bool:
    """Tell the first worker that comes; False if none does."""
    give_up_s = time.monotonic() + WAIT_S
    while (left_s := give_up_s - time.monotonic()) > 0.0:
        server.settimeout(left_s)
        try:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(left_s)
                if _greets(connection):
                    connection.sendall(line_of(Unfit(reason)))
                    return True
        except OSError:
            continue
    return False


def _greets(connection: socket.socket) -> bool:
    """Whether it is a worker: others only look whether somebody is there."""
    lines = Lines(to_keeper)
    try:
        while data := connection.recv(LINE_BYTES_MAX):
            if any(isinstance(message, Hello) for message in lines.feed(data)):
                return True
    except (LineTooLong, msgspec.MsgspecError):
        return False
    return False
