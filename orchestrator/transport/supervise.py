"""Starting a child process again when it dies."""

from __future__ import annotations

import asyncio
import logging
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import Random

from orchestrator.transport.backoff import Backoff
from orchestrator.transport.process import BrokerError

BACKOFF = Backoff(first_s=0.2, limit_s=10.0)
STABLE_S = 30.0

Run = Callable[[], AbstractAsyncContextManager[Process]]

logger = logging.getLogger(__name__)


class Child:
    """The process that runs just now, under whatever id."""

    def __init__(self) -> None:
        self.pid = 0
        self.starts = 0

    async def keep(self, run: Run, first: asyncio.Future[None]) -> None:
        """Run the process until cancelled; tell through `first` how the first start went."""
        delays_s = BACKOFF.delays_s(Random())
        loop = asyncio.get_running_loop()
        while True:
            started_s = loop.time()
            try:
                async with run() as process:
                    self.pid = process.pid
                    self.starts += 1
                    if not first.done():
                        first.set_result(None)
                    code = await process.wait()
                    logger.error("the broker ended by itself (%d): starting it again", code)
            except (BrokerError, OSError) as error:
                if not first.done():
                    first.set_exception(BrokerError(str(error)))
                    return
                logger.error("the broker cannot be started again yet: %s", error)
            if loop.time() - started_s > STABLE_S:
                delays_s = BACKOFF.delays_s(Random())
            await asyncio.sleep(next(delays_s))


@asynccontextmanager
async def keep_running(run: Run) -> AsyncIterator[Child]:
    """Keep a process running for the context; raise BrokerError if it never starts."""
    child = Child()
    first = asyncio.get_running_loop().create_future()
    keeping = asyncio.create_task(child.keep(run, first), name="keep broker running")
    try:
        await asyncio.wait((first, keeping), return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            await keeping  # crashed: raises why
        await first
        yield child
    finally:
        keeping.cancel()
        await asyncio.wait((keeping,))
