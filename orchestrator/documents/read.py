"""Files become bytes, whatever they turn out to be: bounded in size, and never waited for."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from orchestrator.documents.decode import SIZE_MAX_BYTES, START, too_large
from orchestrator.documents.diagnostic import Diagnostic

_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CHUNK_BYTES: Final = 64 * 1024
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read(path: Path) -> bytes | Diagnostic:
    """Read a document's bytes, or say why that cannot be done.

    Only plain files are read, and no more of them than a document may have, so that neither a pipe
    nor an endless file can hold anybody up.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - before anything is opened
        if stat.S_ISDIR(mode):
            os.scandir(path).close()  # which says why, if it cannot be walked
        stranger = _kind(mode)
        return _unreadable(path, f"it is {stranger}") if stranger else _read(path)
    except OSError as error:
        return _unreadable(path, error.strerror or str(error))
    except ValueError as error:  # a NUL in the name
        return _unreadable(path, str(error))


def _read(path: Path) -> bytes | Diagnostic:
    descriptor = os.open(path, _FLAGS)
    try:
        found = os.fstat(descriptor)
        stranger = _kind(found.st_mode)
        if stranger is not None:
            return _unreadable(path, f"it is {stranger}")
        if found.st_size > SIZE_MAX_BYTES:
            return too_large(str(path), found.st_size)
        content = bytearray()
        while chunk := os.read(descriptor, _CHUNK_BYTES):
            content += chunk
            if len(content) > SIZE_MAX_BYTES:
                return too_large(str(path), len(content))
        return bytes(content)
    finally:
        os.close(descriptor)


def _kind(mode: int) -> str | None:
    """Tell what a path is if it is no plain file."""
    return next((noun for is_kind, noun in _KINDS if is_kind(mode)), None)


def _unreadable(path: Path, why: str) -> Diagnostic:
    return Diagnostic.at(str(path), START, "unreadable", f"cannot be read: {why}")
