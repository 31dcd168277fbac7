"""What systemd is told of a service: that it is ready, that it lives, that it stops.

A datagram to the socket that it names; without one nothing is told. It is patted only by a loop
that really turns, and after whoever else has to live has answered.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

SHARE = 0.25
"""Of the time that systemd waits: what does not answer in a quarter of it is asked again in the
third, so that one late answer is no death."""
READY_AGAIN_S = 0.5
READY_TRIES = 100
log = logging.getLogger(__name__)


class ServiceManager:
    """Speaks the protocol of `sd_notify`."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.patience_s = _patience_s(environment)
        """It wants to hear of us at least so often; 0 where it does not care."""

    def tell(self, *lines: str) -> bool:
        """Say something; a service goes on whether it is heard or not. True if it was."""
        if not self._address:
            return True
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)
                out.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.warning("the service manager was not told %s: %s", lines[0], error)
            return False
        return True


async def _nobody() -> None:
    """Only the loop itself has to live."""


@asynccontextmanager
async def supervised(
    ready: asyncio.Event | None = None,
    lives: Callable[[], Awaitable[None]] = _nobody,
    manager: ServiceManager | None = None,
) -> AsyncIterator[None]:
    """Tell of a service for as long as the block runs.

    `lives` returns once all that it depends on has answered, and raises if it does not.
    """
    manager = manager or ServiceManager()
    task = asyncio.create_task(_tell(manager, ready, lives), name="tell the service manager")
    try:
        yield
    finally:
        manager.tell("STOPPING=1")
        task.cancel()
        await asyncio.wait((task,))


async def _tell(
    manager: ServiceManager, ready: asyncio.Event | None, lives: Callable[[], Awaitable[None]]
) -> None:
    if ready is not None:
        await ready.wait()
    for _ in range(READY_TRIES):  # a busy manager's queue may be full, and it waits for this
        if manager.tell("READY=1"):
            break
        await asyncio.sleep(READY_AGAIN_S)
    while manager.patience_s > 0.0:
        period_s = SHARE * manager.patience_s
        try:
            async with asyncio.timeout(period_s):
                await lives()
        except Exception as error:  # whatever it is, we must not say that all is well
            log.error("not well: %s", str(error) or type(error).__name__)
        else:
            manager.tell("WATCHDOG=1")
        await asyncio.sleep(period_s)


def _patience_s(environment: Mapping[str, str]) -> float:
    """How long systemd waits, if it is this process that it watches."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    try:
        return int(environment.get("WATCHDOG_USEC", "0")) / 1e6
    except ValueError:
        return 0.0
