"""The link: how leader and workers reach each other, whatever carries the messages."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

OnConnect = Callable[[], Awaitable[None]]


class LinkDown(Exception):
    """Nobody confirmed the message: try again when the link is up."""


class LinkRefused(Exception):
    """The broker said no, and would say so again: rights or credentials need changing."""


class Overflow(enum.Enum):
    """What a full subscription gives up when one more message arrives."""

    DROP_OLDEST = "drop_oldest"
    """For values of which only the newest counts."""
    DROP_NEWEST = "drop_newest"
    """For work that is sent again until it is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message as it came in."""

    topic: str
    payload: bytes
    retained: bool
    """True for what the broker had kept from before the subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker says for us when we fall silent without a goodbye."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True


class Subscription(Protocol):
    """The arrivals of one subscription, oldest first; it ends when the link is closed."""

    def __aiter__(self) -> Self: ...

    async def __anext__(self) -> Arrival: ...

    @property
    def dropped(self) -> int:
        """Messages given up so far because they were not taken in time."""


class Link(Protocol):
    """A connection that comes back by itself.

    Entering returns at once; connecting goes on behind it. What arrives is what MQTT promises at
    QoS 1: at least once, in order per sender, a retained message again at each connect.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    @property
    def connected(self) -> bool:
        """Whether a message published now has somebody to take it."""

    async def wait_connected(self, timeout_s: float) -> None:
        """Return once connected; raise LinkDown after the time, LinkRefused if turned away."""

    def on_connect(self, callback: OnConnect) -> None:
        """Call back after each connect, once subscriptions are renewed.

        Whoever owns retained state publishes it here, since a broker may have forgotten it.
        """

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        """Return once the broker has taken the message (QoS 1) or it has left (QoS 0).

        Raises LinkDown if that did not happen, at once while disconnected, and LinkRefused if
        the broker says that we may not.
        """

    def subscribe(
        self, *filters: str, limit: int = 1000, overflow: Overflow = Overflow.DROP_OLDEST
    ) -> AbstractAsyncContextManager[Subscription]:
        """Receive what matches any of the filters, at most `limit` messages waiting.

        Works while disconnected too: the subscription is made, and made again, at each connect.
        Entering raises LinkRefused if the broker refuses it; refused at a later connect, the
        iteration raises it.
        """
