"""One question to a process that was started for it, asked without holding anybody up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from orchestrator.jobs.guest import JobLost
from orchestrator.plugin_host.hearing import Hearing
from orchestrator.plugin_host.process import GuestProcess

START_S: Final = 5.0
"""So much longer the first answer of a process may take."""


async def ask_once(start: Callable[[], GuestProcess], packet: bytes, within_s: float) -> bytes:
    """Answer what it says; the process ends with that.

    Raises:
        JobLost: it said nothing, in time or at all.
    """
    answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def hear(packet: bytes) -> None:
        if not answer.done():
            answer.set_result(packet)

    def lose(why: str) -> None:
        if not answer.done():
            answer.set_exception(JobLost(why))

    hearing = Hearing(start(), packet=hear, lost=lose)
    limit_s = within_s + START_S
    try:
        hearing.process.send(packet)
        async with asyncio.timeout(limit_s):
            said = await answer
    except TimeoutError:
        hearing.strike()
        raise JobLost(f"it did not answer within {limit_s:g} s") from None
    except BaseException:
        hearing.strike()
        raise
    hearing.ask_to_end()
    return said
