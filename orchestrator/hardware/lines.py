"""Messages between processes on one machine: a line of JSON each, over a Unix socket."""

from __future__ import annotations

import contextlib
import errno
import socket
from pathlib import Path
from typing import Any, TypeVar

import msgspec

LINE_BYTES_MAX = 65_536
BACKLOG_BYTES_MAX = 1_048_576
"""What may wait to be sent to somebody who does not read."""

M = TypeVar("M")


class LineTooLong(ValueError):
    """Somebody talks without end; hang up."""


class Lines:
    """Cuts what arrives into lines and reads each as a message."""

    def __init__(self, decoder: msgspec.json.Decoder[Any]) -> None:
        self._decoder = decoder
        self._rest = b""

    def feed(self, data: bytes) -> list[Any]:
        """Return the messages that are complete now.

        Raises:
            LineTooLong, msgspec.DecodeError, msgspec.ValidationError: the sender makes no sense.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_BYTES_MAX:
            raise LineTooLong(f"a line of more than {LINE_BYTES_MAX} bytes")
        return [self._decoder.decode(line) for line in lines if line]


_encoder = msgspec.json.Encoder()


def line_of(message: object) -> bytes:
    """Write a message as a line."""
    return _encoder.encode(message) + b"\n"


def listen(path: Path) -> socket.socket:
    """Listen on a Unix socket; what a dead process left there is cleared away.

    Raises:
        OSError: with EADDRINUSE if somebody listens there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        if is_served(path):
            raise OSError(errno.EADDRINUSE, f"somebody listens on {path} already")
        path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        server.bind(str(path))
        path.chmod(0o600)
        server.listen(16)
    except OSError:
        server.close()
        raise
    return server


def is_served(path: Path) -> bool:
    """Whether somebody answers on a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def clear(path: Path) -> None:
    """Take a socket's name away."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
