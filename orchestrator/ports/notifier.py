"""How people far away are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orchestrator.ports.records import Severity


class NotDelivered(Exception):
    """It did not go out this time; worth trying again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A message to people."""

    severity: Severity
    title: str
    body: str


class Notifier(Protocol):
    """Sends one notification at a time."""

    async def send(self, notification: Notification) -> None:
        """Return once it is on its way to everybody who is to be told.

        Raises:
            NotDelivered: saying who could not be reached.
        """
        ...
