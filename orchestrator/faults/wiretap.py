"""A broker that remembers what was said, for whoever has to find out what went wrong."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from orchestrator.transport.memory_broker import Client, MemoryBroker

SAID_MAX = 50_000
LIVE = "/live/"
Said = tuple[float, str, str, bytes]
"""moment, who, topic, payload"""


class ListenedBroker(MemoryBroker):
    """Keeps the newest messages but for live values, which say nothing new."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.said: deque[Said] = deque(maxlen=SAID_MAX)

    def take(self, link: Client, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        if LIVE not in topic:
            now_s = asyncio.get_running_loop().time()
            self.said.append((now_s, link.identifier, topic, payload))
        super().take(link, topic, payload, qos=qos, retain=retain)
