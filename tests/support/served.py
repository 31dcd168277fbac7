"""A server on a loop of its own, for clients that wait for its answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.documents.catalogue import load_catalogue
from orchestrator.ports.configuration import Configuration
from orchestrator.ports.library import Library
from orchestrator.server.app import make_app
from orchestrator.server.serve import listening
from orchestrator.store.memory import MemoryStore
from tests.server.office import DeskMachine, DeskOffice, StandingClock, check


class Served:
    """Where it is, what is behind it, and how to do something on its loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, library: Library | None) -> None:
        self.url = ""
        self.store = MemoryStore()
        self.office = DeskOffice(self.store)
        self.office.library = library
        self._loop = loop

    def on_its_loop(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do something there, and answer what came of it."""

        async def do() -> Any:
            return await work()

        return asyncio.run_coroutine_threadsafe(do(), self._loop).result(30)


@contextmanager
def served(
    library: Library | None = None, configured: Configuration | None = None
) -> Iterator[Served]:
    """A leader's server without a leader."""
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found = Served(loop, library)

    async def serve() -> None:
        app = make_app(
            found.office,
            store=found.store,
            check=check,
            clock=StandingClock(),
            catalogue=load_catalogue(),
            kept=library,
            machine=DeskMachine(),
            configured=configured,
        )
        async with listening(app, port=0) as url:
            found.url = url
            ready.set()
            await ended.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="a served leader")
    thread.start()
    assert ready.wait(10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
