"""A plugin's way to tell people: a process for each notification, which is soon gone again."""

from __future__ import annotations

import asyncio

from orchestrator.jobs.guest import JobLost
from orchestrator.plugin_host.process import GuestProcess, Silent
from orchestrator.plugin_host.wire import Begun, Config, Tell, answer_of, pack
from orchestrator.ports.notifier import NotDelivered, Notification


class HostedNotifier:
    """`ports.notifier.Notifier` by a class of a plugin."""

    def __init__(self, config: Config, within_s: float) -> None:
        self._config, self._within_s = config, within_s
        self._process: GuestProcess | None = None

    async def send(self, notification: Notification) -> None:
        """As the port says, within a limit."""
        if self._process is not None:
            raise NotDelivered(f"{self._config.name}: an earlier notification still hangs")
        problem = await asyncio.to_thread(self._send, notification)
        if problem:
            raise NotDelivered(f"{self._config.name}: {problem}")

    async def close(self) -> None:
        """Nobody waits for one that is under way."""
        if self._process is not None:
            self._process.strike()

    def _send(self, notification: Notification) -> str:
        """Empty, or what went wrong."""
        told = Tell(notification.severity, notification.title, notification.body)
        try:
            process = self._process = GuestProcess(self._config)
        except JobLost as lost:
            return str(lost)
        try:
            process.send(pack(told))
            packet = process.wait(self._within_s)
            if packet is None:
                return f"it did not answer within {self._within_s:g} s"
            told_it = isinstance(answer_of(packet), Begun)
            return "" if told_it else "it answers something else"
        except Silent:
            return process.wait_for_ending() or "it fell silent"
        except JobLost as lost:
            return str(lost)
        finally:
            self._process = None
            process.bury()
