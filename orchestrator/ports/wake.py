"""What ends a sleep before its moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Wake(asyncio.Event):
    """An event that also calls sleepers at once, so that none needs a second task or a limit."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[Callable[[], None]] = []

    def set(self) -> None:
        """End the sleep of whoever sleeps on it, now and until it is cleared."""
        super().set()
        for call in tuple(self._calls):
            call()

    def tell(self, call: Callable[[], None]) -> None:
        """Call it whenever the event is set."""
        self._calls.append(call)

    def tell_no_more(self, call: Callable[[], None]) -> None:
        """Forget what `tell` was given."""
        self._calls.remove(call)
