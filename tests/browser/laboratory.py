"""A laboratory for the browser: the real server over a store that a small generator fills.

`python -m tests.browser.laboratory` serves it, for whoever works on the pages.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from orchestrator.store.gallery import FolderGallery
from orchestrator.store.memory import MemoryStore
from tests.browser.laboratory_ledger import BEGAN_S, EXPERIMENT, Laboratory, RunningClock
from tests.browser.laboratory_past import prepare
from tests.browser.laboratory_pictures import take_pictures

__all__ = ["EXPERIMENT", "Laboratory", "laboratory"]
TICK_S: Final = 0.2


@asynccontextmanager
async def laboratory(
    *, speed: float = 60.0, hours: float = 26.0, moving: bool = True, port: int = 0
) -> AsyncIterator[Laboratory]:
    """Serve a running experiment, so many hours old; `moving`: it goes on being measured."""
    with TemporaryDirectory() as folder:
        lab = Laboratory(
            store=MemoryStore(),
            clock=RunningClock(BEGAN_S + hours * 3600.0, speed),
            noise=random.Random(1),
            port=port,
            gallery=FolderGallery(Path(folder)),
        )
        await prepare(lab, hours * 3600.0)
        await take_pictures(lab, hours * 3600.0)
        await lab.plug()
        task = asyncio.create_task(_go_on(lab), name="measure") if moving else None
        try:
            yield lab
        finally:
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await lab.unplug()


async def _go_on(lab: Laboratory) -> None:
    while True:
        await lab.measure()
        await asyncio.sleep(TICK_S)


async def _main() -> None:
    parser = argparse.ArgumentParser(description="Serve a laboratory for looking at the pages.")
    parser.add_argument("--port", type=int, default=8430)
    parser.add_argument("--speed", type=float, default=60.0)
    chosen = parser.parse_args()
    async with laboratory(port=chosen.port, speed=chosen.speed) as lab:
        sys.stdout.write(f"{lab.url}/experiments/{EXPERIMENT}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
