"""Everything between a worker and its link; vessels neither wait for it nor fall with it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from orchestrator.messages import topics
from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.codec import BadMessage, decode, encode
from orchestrator.messages.orders import CommandMessage, CommandResult, PlanMessage
from orchestrator.messages.outbox import Accepted
from orchestrator.messages.reports import AnnounceMessage, Capabilities
from orchestrator.ports.link import Arrival, Link, LinkDown, LinkRefused, Overflow
from orchestrator.worker.follow import Follow
from orchestrator.worker.listen import Listen
from orchestrator.worker.live import Live, signal_of
from orchestrator.worker.obey import Obey
from orchestrator.worker.outbox import Outbox
from orchestrator.worker.peers import Peers
from orchestrator.worker.report import Report

LETTERS_MAX = 1000
RETRY_S = 1.0
RETRY_S_MAX = 30.0
GOODBYE_S = 1.0
CONNECT_S = 3600.0

logger = logging.getLogger(__name__)
Letter = tuple[str, msgspec.Struct, bool]


class Correspondence:
    """Takes what arrives, sends what is to be said, and says it all again at each connect."""

    def __init__(
        self,
        *,
        worker: str,
        link: Link,
        capabilities: Callable[[], Capabilities],
        calibrations: Callable[[], CalibrationsMessage],
        report: Report,
        outbox: Outbox,
        live: Live,
        peers: Peers,
        follow: Follow,
        obey: Obey,
        listen: Listen,
    ) -> None:
        self._worker, self._link = worker, link
        self._capabilities, self._calibrations = capabilities, calibrations
        self._report, self._outbox, self._live = report, outbox, live
        self._peers, self._follow, self._obey = peers, follow, obey
        self._listen_outside = listen
        self._letters: deque[Letter] = deque(maxlen=LETTERS_MAX)
        self._some = asyncio.Event()
        link.on_connect(self._greet)

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin; each part on its own, and again if it breaks."""
        parts: tuple[tuple[str, Callable[[], Awaitable[None]]], ...] = (
            ("listen", self._listen),
            ("listen to peers", self._listen_to_peers),
            ("listen to other machines", self._listen_outside.run),
            ("send letters", self._send_letters),
            ("send the outbox", self._outbox.run),
            ("tell the state", self._report.run),
            ("show values", self._live.run),
        )
        for name, part in parts:
            tasks.create_task(_on_and_on(name, part), name=name)

    def say(self, topic: str, message: msgspec.Struct, *, retain: bool = False) -> None:
        """Send soon; the oldest is given up if a thousand wait."""
        self._letters.append((topic, message, retain))
        self._some.set()

    def announce(self, message: AnnounceMessage) -> None:
        """Tell peers on other workers."""
        topic = topics.announce(self._worker, message.attempt, message.vessel)
        self.say(topic, message, retain=True)

    def calibrated(self, message: CalibrationsMessage) -> None:
        """Tell what devices were compared with now, and what they offer by that."""
        self.say(topics.calibrations(self._worker), message, retain=True)
        self.say(topics.capabilities(self._worker), self._capabilities(), retain=True)

    def reply(self, result: CommandResult) -> None:
        """Answer a command."""
        self.say(topics.command_result(self._worker, result.id), result)

    async def say_goodbye(self) -> None:
        """The last message: stopped on purpose."""
        if not self._link.connected:
            return
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self._report.tell("stopped")
        except (LinkDown, LinkRefused, TimeoutError) as error:
            logger.warning("nobody heard the goodbye: %s", error)

    # ---- what is sent

    async def _greet(self) -> None:
        """A broker may have forgotten everything."""
        await self._link.publish(
            topics.capabilities(self._worker), encode(self._capabilities()), retain=True
        )
        await self._link.publish(
            topics.calibrations(self._worker), encode(self._calibrations()), retain=True
        )
        await self._report.tell("ready")
        for message in self._peers.own.values():
            self.announce(message)
        self._outbox.again()

    async def _send_letters(self) -> None:
        while True:
            while not self._letters:
                self._some.clear()
                await self._some.wait()
            topic, message, retain = self._letters[0]
            try:
                await self._link.publish(topic, encode(message), retain=retain)
            except LinkRefused as error:
                logger.error("%s: %s", topic, error)
            except LinkDown:
                await self._link.wait_connected(CONNECT_S)
                continue
            if self._letters:
                self._letters.popleft()

    # ---- what arrives

    async def _listen(self) -> None:
        takes = {
            topics.plan(self._worker): self._take_plan,
            topics.command(self._worker): self._take_command,
            topics.outbox_accepted(self._worker): self._take_accepted,
        }
        async with self._link.subscribe(*takes, overflow=Overflow.DROP_OLDEST) as arrivals:
            async for arrival in arrivals:
                try:
                    await takes[arrival.topic](arrival.payload)
                except BadMessage as error:
                    logger.error("%s: %s", arrival.topic, error)

    async def _take_plan(self, payload: bytes) -> None:
        answer = await self._follow.take(decode(payload, PlanMessage))
        if not answer.accepted:
            logger.warning("the plan was refused: %s", answer.reason)
        self.say(topics.plan_accepted(self._worker), answer)
        self._report.changed.set()
        self._outbox.again()

    async def _take_command(self, payload: bytes) -> None:
        self._obey.take(decode(payload, CommandMessage))
        self._report.changed.set()

    async def _take_accepted(self, payload: bytes) -> None:
        await self._outbox.accept(decode(payload, Accepted))

    async def _listen_to_peers(self) -> None:
        filters = (topics.every_worker("announce/#"), topics.every_worker("live/#"))
        async with self._link.subscribe(*filters) as arrivals:
            async for arrival in arrivals:
                if topics.worker_of(arrival.topic) != self._worker:
                    self._hear(arrival)

    def _hear(self, arrival: Arrival) -> None:
        worker = topics.worker_of(arrival.topic)
        try:
            if "/announce/" in arrival.topic:
                self._peers.heard(worker, decode(arrival.payload, AnnounceMessage))
            elif not arrival.retained:
                _, reactor, signal = signal_of(arrival.topic)
                self._peers.saw(worker, reactor, signal, float(arrival.payload))
        except (BadMessage, ValueError) as error:
            logger.warning("%s: %s", arrival.topic, error)


async def _on_and_on(name: str, part: Callable[[], Awaitable[None]]) -> None:
    """Keep a part going: trouble with the network or the disk is met with patience."""
    wait_s = RETRY_S
    loop = asyncio.get_running_loop()
    while True:
        began_s = loop.time()
        try:
            await part()
            return
        except (LinkDown, LinkRefused, TimeoutError) as error:
            logger.warning("%s: %s", name, error)
        except Exception:
            logger.exception("%s broke down", name)
        if loop.time() - began_s > RETRY_S_MAX:
            wait_s = RETRY_S
        await asyncio.sleep(wait_s)
        wait_s = min(2.0 * wait_s, RETRY_S_MAX)
