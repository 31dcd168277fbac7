"""How much may wait in the outbox: a number of records, fewer where the disk fills up.

Below `FREE_MIN_BYTES` the journal gives way, readings first, so that outcomes always find room: a
dose whose intent cannot be written is not given. It never gives up its last `LEAST` records, which
would win next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FREE_MIN_BYTES: Final = 200_000_000
RECORD_BYTES: Final = 150
"""Of the file, for one that waits; 141 were measured with names of usual length."""
LEAST: Final = 20_000
LOOK_EVERY_S: Final = 10.0


class Room:
    """Asked by the writer's thread and by the loop's; looks at the disk now and then."""

    def __init__(
        self,
        capacity: int,
        free_bytes: Callable[[], int],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._capacity, self._look, self._now_s = capacity, free_bytes, now_s
        self._looked_s: float | None = None
        self._free_bytes: int | None = None
        self.reusable_bytes = 0
        """Of pages in the file that hold nothing."""

    @property
    def free_bytes(self) -> int | None:
        """Left on the disk; None where it does not say."""
        now_s = self._now_s()
        if self._looked_s is None or now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            try:
                self._free_bytes = self._look()
            except OSError:
                self._free_bytes = None
        return self._free_bytes

    def capacity(self, waiting: int) -> int:
        """How many may wait, where so many do."""
        free_bytes = self.free_bytes
        if free_bytes is None:
            return self._capacity
        spare = (free_bytes + self.reusable_bytes - FREE_MIN_BYTES) // RECORD_BYTES
        return min(self._capacity, max(LEAST, waiting + spare))
