"""Notifications by apprise: e-mail, chats, phones, some 170 services, each by its URL."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from orchestrator.ports.notifier import NotDelivered, Notification
from orchestrator.ports.records import Severity

log = logging.getLogger(__name__)
LIMIT_S = 45.0
TRIES = 3
PAUSE_S = 1.0
TYPES: dict[Severity, str] = {"info": "info", "warning": "warning", "critical": "failure"}


class Services:
    """`ports.notifier.Notifier` over apprise, which is imported with the first notification.

    A notification is delivered when somebody has it. A service that fails while others succeed is
    tried a few times more and then left out: one wrong password does not silence all the others.
    """

    def __init__(self, urls: Sequence[str], *, limit_s: float = LIMIT_S, pause_s: float = PAUSE_S):
        """URLs as apprise knows them: `mailto://…`, `ntfy://…`, `json://…`."""
        self._urls = tuple(urls)
        self._limit_s = limit_s
        self._pause_s = pause_s
        self._services: list[Any] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="notifications")
        self._last: Future[None] | None = None

    async def send(self, notification: Notification) -> None:
        """As the port says, within a limit."""
        if self._last is not None and not self._last.done():
            raise NotDelivered("an earlier notification still hangs")
        self._last = self._thread.submit(self._send, notification)
        try:
            async with asyncio.timeout(self._limit_s):
                await asyncio.shield(asyncio.wrap_future(self._last))
        except TimeoutError:
            raise NotDelivered(f"nobody took it within {self._limit_s:g} s") from None

    async def close(self) -> None:
        """Let the last one go out, or hang without us."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _send(self, notification: Notification) -> None:
        if self._services is None:
            self._services = _load(self._urls)
        left = list(self._services)
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self._pause_s * attempt)
            failed = [service for service in left if not _notify(service, notification)]
            if len(failed) == len(self._services):
                break
            if not failed:
                return
            left = failed
        names = ", ".join(_name(service) for service in left) or "no usable URL"
        if len(left) == len(self._services):
            raise NotDelivered(f"nobody took it: {names}")
        log.warning("%s did not take %r, others did", names, notification.title)


def _load(urls: Sequence[str]) -> list[Any]:
    from apprise import Apprise

    services = []
    for url in urls:
        service = Apprise.instantiate(url, suppress_exceptions=True)
        if service is None:
            log.error("%s… is not a URL that notifications can be sent to", url.split(":")[0])
        else:
            services.append(service)
    return services


def _notify(service: Any, notification: Notification) -> bool:
    try:
        return bool(
            service.notify(
                body=notification.body,
                title=notification.title,
                notify_type=TYPES[notification.severity],
            )
        )
    except Exception:
        # Plugins of some hundred services: whatever goes wrong in one is its own failure.
        log.warning("%s failed", _name(service), exc_info=True)
        return False


def _name(service: Any) -> str:
    return str(service.url(privacy=True)).split("?")[0]
