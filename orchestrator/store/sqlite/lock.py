"""One leader per store."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from orchestrator.ports.store import StoreUnusable


class StoreLock:
    """An advisory lock beside the store's file; the system releases it when the process dies."""

    def __init__(self, store: Path) -> None:
        """Take it.

        Raises:
            StoreUnusable: another leader has it, named by its process.
        """
        self._file = os.open(f"{store}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise StoreUnusable(
                f"{store} is in use by another leader (process {holder or 'unknown'})"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Let others have it."""
        os.close(self._file)
