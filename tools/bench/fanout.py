"""Many open pages, each told of every update."""

from __future__ import annotations

import asyncio
import re
from contextlib import ExitStack
from functools import partial
from statistics import median
from time import monotonic
from urllib.parse import urlsplit

from tools.bench.figure import Budget, Figure
from tools.bench.made_readings import EXPERIMENT
from tools.bench.processes import PYTHON, Failed, Process, child, line_from, tell
from tools.bench.sampling import percentile
from tools.bench.size import Size

PER_SECOND = 10
OPEN_LIMIT_S = 30.0
AT_ONCE = 50
"""Pages that are opened at a time; a listening socket has only so much patience."""
SETTLE_S = 0.3
_MADE_AT = re.compile(rb'"at_process_s": ?([0-9.e+]+)')
_BUDGET = Budget(text="≤ 0.5 × plain aiohttp", of="ratio", most=0.5)


def measure(size: Size) -> list[Figure]:
    """The server's share of a core, and how late the updates reach the pages."""
    pages = size.of((10,), (200,), (100, 1_000))
    return [figure for count in pages for figure in _figures(count, size)]


def _figures(pages: int, size: Size) -> list[Figure]:
    seconds, times = size.of(0.5, 2.0, 5.0), size.of(1, 3, 3)
    rounds = [
        [asyncio.run(_served(kind, pages, seconds)) for kind in ("ours", "plain")]
        for _ in range(times)
    ]
    (cpu, late_s), (plain_cpu, plain_late_s) = (
        [median(column) for column in zip(*each, strict=True)] for each in zip(*rounds, strict=True)
    )
    what = f"{pages} open pages × {PER_SECOND} updates a second"
    return [
        Figure(
            what=f"{what}, share of a core",
            ours=100.0 * cpu,
            unit="%",
            baseline=100.0 * plain_cpu,
            baseline_is="plain aiohttp",
            budget=_BUDGET,
            quoted="with 1,000: plain aiohttp 27 %; a prototype 11 %",
        ),
        Figure(
            what=f"{what}, made → arrived, p99",
            ours=1e3 * late_s,
            unit="ms",
            baseline=1e3 * plain_late_s,
            baseline_is="plain aiohttp",
            budget=_BUDGET,
            quoted="with 1,000: plain aiohttp 43 ms; a prototype 18",
        ),
    ]


async def _served(kind: str, pages: int, seconds: float) -> tuple[float, float]:
    """(share of a core, p99 of the seconds by which updates arrive late)"""
    with child((PYTHON, "-m", "tools.bench.stream_server", kind)) as server, ExitStack() as stack:
        address = await asyncio.to_thread(line_from, server)
        opened = await _open(address, pages, stack)
        await _told(server, 1.0)  # warm
        for page in opened:
            page.arrived.clear()
        cpu = await _told(server, seconds)
        await asyncio.sleep(SETTLE_S)
        late_s = [late for page in opened for late in page.lateness_s()]
    expected = pages * round(seconds * PER_SECOND)
    if len(late_s) != expected:
        raise Failed(f"{len(late_s)} of {expected} updates arrived from {kind}")
    return cpu, percentile(late_s, 0.99)


async def _told(server: Process, seconds: float) -> float:
    tell(server, f"{seconds} {PER_SECOND}")
    return float(await asyncio.to_thread(line_from, server))


async def _open(address: str, pages: int, stack: ExitStack) -> list[Page]:
    loop, where = asyncio.get_running_loop(), urlsplit(address)
    host, port = where.hostname or "", where.port or 0
    opened: list[Page] = []
    async with asyncio.timeout(OPEN_LIMIT_S):
        for first in range(0, pages, AT_ONCE):
            some = [Page(where.netloc) for _ in range(min(AT_ONCE, pages - first))]
            for page in some:
                await loop.create_connection(partial(_itself, page), host, port)
                stack.callback(page.close)
            for page in some:
                await page.opened.wait()
            opened += some
    return opened


def _itself(page: Page) -> Page:
    return page


class Page(asyncio.Protocol):
    """A browser that only notes when something came."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._transport: asyncio.Transport | None = None
        self.opened = asyncio.Event()
        self.arrived: list[tuple[float, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        asked = f"GET /api/stream?experiment={EXPERIMENT} HTTP/1.1\r\nHost: {self._host}\r\n\r\n"
        transport.write(asked.encode())

    def data_received(self, data: bytes) -> None:
        """Note it; what it says is looked at later."""
        self.arrived.append((monotonic(), data))
        if not self.opened.is_set() and b"retry:" in data:
            self.opened.set()

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()

    def lateness_s(self) -> list[float]:
        """Seconds from the making of each update to its arrival."""
        return [
            at_s - float(made_s) for at_s, data in self.arrived for made_s in _MADE_AT.findall(data)
        ]
