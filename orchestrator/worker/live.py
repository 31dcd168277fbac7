"""Newest values for eyes: a few a second of each, QoS 0, retained; who misses one sees the next."""

from __future__ import annotations

import asyncio

from orchestrator.messages import topics
from orchestrator.ports.link import Link, LinkDown

FLUSH_S = 0.25
"""Room seconds between two values of the same signal."""
WAITING_MAX = 10_000
LONG_NAMES = {
    "od600": ("od_reading", "od600"),
    "growth_rate": ("growth_rate", "growth_rate"),
    "volume": ("dosing", "volume"),
}
SHORT_NAMES = {long: short for short, long in LONG_NAMES.items()}


class Live:
    """What is to be shown, newest only."""

    def __init__(self, worker: str, link: Link) -> None:
        self._worker, self._link = worker, link
        self._waiting: dict[tuple[str, str], float] = {}
        self._some = asyncio.Event()

    def show(self, reactor: str, signal: str, value: float) -> None:
        """Show a value soon, unless a newer one comes before."""
        if self._link.connected and len(self._waiting) < WAITING_MAX:
            self._waiting[reactor, signal] = value
            self._some.set()

    async def run(self) -> None:
        """Show for ever."""
        while True:
            await self._some.wait()
            self._some.clear()
            waiting, self._waiting = self._waiting, {}
            for (reactor, signal), value in waiting.items():
                await self._publish(reactor, signal, value)
            await asyncio.sleep(FLUSH_S)

    async def _publish(self, reactor: str, signal: str, value: float) -> None:
        topic = topics.live(self._worker, reactor, *job_and_name(signal))
        try:
            await self._link.publish(topic, f"{value:.7g}".encode(), qos=0, retain=True)
        except LinkDown:
            return


def job_and_name(signal: str) -> tuple[str, str]:
    """The last two levels of a signal's topic."""
    job, _, name = signal.partition(".")
    return LONG_NAMES.get(signal, (job, name))


def signal_of(topic: str) -> tuple[str, str, str]:
    """Worker, reactor and canonical signal of a `live` topic."""
    _, _, worker, _, reactor, job, name = topic.split("/")
    return worker, reactor, SHORT_NAMES.get((job, name), f"{job}.{name}")
