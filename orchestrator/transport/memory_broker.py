"""A broker within one process: for rehearsals, simulations and tests.

It keeps retained messages, wills and rights as a real one does, and breaks on request: from a seed
it loses, doubles and delays messages, and it can be stopped and started like a process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from orchestrator.ports.link import Arrival, LinkDown, LinkRefused, Will
from orchestrator.transport.filters import matches
from orchestrator.transport.inbox import Inbox
from orchestrator.transport.users import User


class Client(Protocol):
    """What the broker sees of a link."""

    identifier: str
    user: str
    will: Will | None

    def lose(self) -> None:
        """Notice that the connection is gone, and with it what was on its way."""

    def receive(self, arrival: Arrival, *, delay_s: float) -> None:
        """Deliver now or a little later, never before what was sent earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What may go wrong with a message, as chances from 0 to 1."""

    lost: float = 0.0
    """It never arrives; at QoS 1 the sender gets LinkDown."""
    unconfirmed: float = 0.0
    """It arrives, and the sender gets LinkDown all the same."""
    doubled: float = 0.0
    """It arrives twice."""
    delay_s_max: float = 0.0
    """It arrives up to so much later, in order."""
    repeated: float = 0.0
    """It arrives once more, after later ones, as a broker may send what nobody confirmed."""
    repeated_s_max: float = 0.0
    """Up to so much later."""


class MemoryBroker:
    """What links in this process talk through."""

    def __init__(
        self,
        *,
        users: Mapping[str, User] | None = None,
        faults: Faults | None = None,
        random: Random | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.retained: dict[str, bytes] = {}
        self._users = users
        self._random = random or Random(0)
        self._links: dict[str, Client] = {}
        self._up = asyncio.Event()
        self._up.set()

    def stop(self, *, forget: bool = False) -> None:
        """Die as if killed: no will is said; retained messages are forgotten on request."""
        self._up.clear()
        for link in tuple(self._links.values()):
            link.lose()
        self._links.clear()
        if forget:
            self.retained.clear()

    def start(self) -> None:
        """Come back; links connect by themselves."""
        self._up.set()

    async def wait_up(self) -> None:
        """Return once there is somebody to talk to."""
        await self._up.wait()

    def attach(self, link: Client) -> None:
        """Take a link in; an older one of the same identifier is thrown out."""
        if not self._up.is_set():
            raise LinkDown("the broker is not running")
        if self._users is not None and link.user not in self._users:
            raise LinkRefused(f"nobody here is called {link.user}")
        older = self._links.get(link.identifier)
        if older is not None:
            self.drop(older)
        self._links[link.identifier] = link

    def detach(self, link: Client) -> None:
        """Let a link go that said goodbye."""
        if self._links.get(link.identifier) is link:
            del self._links[link.identifier]

    def drop(self, link: Client) -> None:
        """Lose a link that said nothing; its will is said for it."""
        if self._links.get(link.identifier) is not link:
            return
        self.detach(link)
        link.lose()
        will = link.will
        if will is not None and self._may_write(link, will.topic):
            self._pass_on(will.topic, will.payload, retain=will.retain)

    def take(self, link: Client, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        """Take a message from a link and pass it on, unless a fault strikes."""
        if not self._may_write(link, topic):
            if qos == 0:
                return
            raise LinkRefused(f"{link.user} may not publish to {topic}")
        if self._strikes(self.faults.lost):
            if qos == 0:
                return
            raise LinkDown(f"{topic} was lost on its way")
        for _ in range(2 if self._strikes(self.faults.doubled) else 1):
            self._pass_on(topic, payload, retain=retain, qos=qos)
        if qos > 0 and self._strikes(self.faults.unconfirmed):
            raise LinkDown(f"nobody confirmed {topic}")

    def admit(self, link: Client, inbox: Inbox) -> None:
        """Check a subscription and hand over what was kept for it."""
        user = self._user(link)
        refused = [one for one in inbox.filters if user and not user.may_read(one)]
        if refused:
            raise LinkRefused(f"{link.user} may not subscribe to {', '.join(refused)}")
        for topic, payload in tuple(self.retained.items()):
            if any(matches(one, topic) for one in inbox.filters):
                inbox.put(Arrival(topic=topic, payload=payload, retained=True))

    def _pass_on(self, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> None:
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        arrival = Arrival(topic=topic, payload=payload, retained=False)
        for link in tuple(self._links.values()):
            user = self._user(link)
            if user is None or user.may_read(topic):
                link.receive(arrival, delay_s=self._delay_s())
                if qos > 0 and self._strikes(self.faults.repeated):
                    self._repeat(link, arrival)

    def _repeat(self, link: Client, arrival: Arrival) -> None:
        later_s = self._random.uniform(0, self.faults.repeated_s_max)
        asyncio.get_running_loop().call_later(later_s, self._receive_again, link, arrival)

    def _receive_again(self, link: Client, arrival: Arrival) -> None:
        if self._links.get(link.identifier) is link:
            link.receive(arrival, delay_s=0.0)

    def _user(self, link: Client) -> User | None:
        return None if self._users is None else self._users[link.user]

    def _may_write(self, link: Client, topic: str) -> bool:
        user = self._user(link)
        return user is None or user.may_write(topic)

    def _strikes(self, chance: float) -> bool:
        return chance > 0 and self._random.random() < chance

    def _delay_s(self) -> float:
        return self._random.uniform(0, self.faults.delay_s_max) if self.faults.delay_s_max else 0.0
