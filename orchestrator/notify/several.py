"""Several ways to tell people, at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from orchestrator.ports.notifier import NotDelivered, Notification, Notifier

log = logging.getLogger(__name__)


class Several:
    """`ports.notifier.Notifier` over others: delivered when somebody has it."""

    def __init__(self, notifiers: Sequence[Notifier]) -> None:
        self._notifiers = tuple(notifiers)

    async def send(self, notification: Notification) -> None:
        """By all of them; what some did not take is told in the log."""
        ends = await asyncio.gather(
            *(each.send(notification) for each in self._notifiers), return_exceptions=True
        )
        failed = [end for end in ends if isinstance(end, BaseException)]
        for end in failed:
            if not isinstance(end, NotDelivered):
                raise end
        if len(failed) == len(ends):
            raise NotDelivered("; ".join(map(str, failed)))
        for end in failed:
            log.warning("%s did not go out: %s; others did", notification.title, end)
