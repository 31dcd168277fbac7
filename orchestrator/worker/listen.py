"""Messages of other machines that rules start on, or that are signals: topics outside Axenic's
own."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from uuid import uuid4

from orchestrator.model.event import PAYLOAD_MAX
from orchestrator.ports.clock import Clock
from orchestrator.ports.link import Arrival, Link, LinkDown, LinkRefused
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

BURST = 10
PER_S = 1.0
"""What a topic may bring: so many at once, and so many a second from then on."""
WAITING_MAX = 100
RETRY_S = 30.0
TOPIC = "topic"

logger = logging.getLogger(__name__)


class Listen:
    """Subscribes to what the runs of this worker wait for, and to nothing else."""

    def __init__(self, link: Link, clock: Clock, vessels: Vessels) -> None:
        self._link, self._clock, self._vessels = link, clock, vessels
        self.changed = asyncio.Event()
        """Runs began or ended."""

    async def run(self) -> None:
        """Listen until cancelled."""
        tasks: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                self.changed.clear()
                wanted = {topic for unit in self._vessels.units for topic in topics_of(unit)}
                for topic in tasks.keys() - wanted:
                    tasks.pop(topic).cancel()
                for topic in wanted - tasks.keys():
                    listening = self._listen_on(topic)
                    tasks[topic] = group.create_task(listening, name=f"listen to {topic}")
                await self.changed.wait()

    async def _listen_on(self, topic: str) -> None:
        while True:
            try:
                await self._listen(topic)
            except LinkRefused as error:
                self._warn(
                    topic,
                    f"the broker does not let this worker read {topic}, so nothing comes of it: "
                    f"start the broker with --readable-topics '{topic}', or give this worker the "
                    f"right at a broker of your own ({error})",
                )
            except LinkDown as error:
                logger.warning("%s: %s", topic, error)
            await asyncio.sleep(RETRY_S)

    async def _listen(self, topic: str) -> None:
        allowance = Allowance(self._clock.now().monotonic_s)
        async with self._link.subscribe(topic, limit=WAITING_MAX) as arrivals:
            async for arrival in arrivals:
                if not allowance.spend(self._clock.now().monotonic_s):
                    if allowance.news:
                        said = f"{topic} brings more than {PER_S:g} message a second; some are lost"
                        self._warn(topic, said)
                    continue
                self._hear(arrival)

    def _hear(self, arrival: Arrival) -> None:
        text, fault = _text_of(arrival.payload)
        if not arrival.retained:
            for unit in self._vessels.units:
                unit.hear(arrival.topic, text, fault)
        if fault:
            logger.warning("%s: a message that is %s", arrival.topic, fault)
            return
        id_ = _kept_id(arrival) if arrival.retained else f"{TOPIC}:{uuid4().hex}"
        for unit in self._starting(arrival.topic):
            why_not = unit.happen(
                TOPIC, arrival.topic, text, id_, arrival.topic, retained=arrival.retained
            )
            if why_not:
                logger.info("%s: %s", arrival.topic, why_not)

    def _starting(self, topic: str) -> Iterator[VesselUnit]:
        """Those of which some rule starts on it."""
        return (unit for unit in self._vessels.units if topic in _started_by(unit))

    def _waiting(self, topic: str) -> Iterator[VesselUnit]:
        return (unit for unit in self._vessels.units if topic in topics_of(unit))

    def _warn(self, topic: str, text: str) -> None:
        logger.warning("%s", text)
        for unit in self._waiting(topic):
            unit.warn(text)


class Allowance:
    """How many messages a topic may still bring now."""

    def __init__(self, now_s: float) -> None:
        self._left, self._at_s = float(BURST), now_s
        self._told = False
        self.news = False
        """It has run out for the first time since there was plenty."""

    def spend(self, now_s: float) -> bool:
        """Take one, if there is one left."""
        self._left = min(float(BURST), self._left + PER_S * (now_s - self._at_s))
        self._at_s = now_s
        if self._left >= BURST - 1:
            self._told = False
        may = self._left >= 1.0
        self._left -= may
        self.news = not may and not self._told
        self._told = self._told or not may
        return may


def topics_of(unit: VesselUnit) -> frozenset[str]:
    """What a run waits for and takes in, for as long as it goes on."""
    return _started_by(unit) | (frozenset() if unit.view.ended else unit.topics)


def _started_by(unit: VesselUnit) -> frozenset[str]:
    if unit.view.ended:
        return frozenset()
    return frozenset(each.start.name for each in unit.program.listeners.get(TOPIC, ()))


def _text_of(payload: bytes) -> tuple[str, str]:
    """The text of a message, or why it is none."""
    if len(payload) > PAYLOAD_MAX:
        return "", f"more than {PAYLOAD_MAX} bytes"
    try:
        return payload.decode(), ""
    except UnicodeDecodeError:
        return "", "no text"


def _kept_id(arrival: Arrival) -> str:
    """What a broker had kept is one event, however often it is told again."""
    content = hashlib.sha256(arrival.payload).hexdigest()[:16]
    return f"kept:{arrival.topic}:{content}"
