"""The worker's wires to a simulated bench: sensors, and what a person does at the vessel."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from orchestrator.hardware.bench_wire import (
    Do,
    Done,
    FromBench,
    Photograph,
    Read,
    Shown,
    from_bench,
)
from orchestrator.hardware.wires import Wires
from orchestrator.model.picture import Shot
from orchestrator.ports.reactor import DeviceFault

ANSWER_S = 2.0
WAITING_MAX = 1000
LOST = "the bench was lost"

Deliver = Callable[[Any, str], None]
"""Takes a value or a picture, None with the fault in words."""


class BenchClient:
    """One connection to a bench, made again whenever it breaks."""

    def __init__(self, path: Path) -> None:
        self._wires = Wires(path, from_bench, self)
        self._there = asyncio.Event()
        self._reads: dict[int, tuple[str, Deliver, asyncio.TimerHandle]] = {}
        self._doings: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = 0

    async def __aenter__(self) -> Self:
        """Connect; a bench that is not there yet is waited for behind this."""
        self._wires.open("hold the bench")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self._there.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._wires.close()

    def read(self, reactor: str, sensor: str, deliver: Deliver) -> None:
        """Ask a sensor; answered once, within 2 s."""
        number = self._number()
        self._ask(Read(id=number, reactor=reactor, sensor=sensor), number, sensor, deliver)

    def photograph(self, reactor: str, camera: str, _shot: Shot, deliver: Deliver) -> None:
        """Ask a camera; answered once, within 2 s."""
        number = self._number()
        self._ask(Photograph(id=number, reactor=reactor, camera=camera), number, camera, deliver)

    def _ask(self, asked: Read | Photograph, number: int, device: str, deliver: Deliver) -> None:
        if len(self._reads) >= WAITING_MAX:
            return deliver(None, "the bench is too slow")
        if not self._wires.send(asked):
            return deliver(None, "the bench does not answer")
        give_up = asyncio.get_running_loop().call_later(ANSWER_S, self._give_up, number)
        self._reads[number] = (device, deliver, give_up)
        return None

    async def do(self, reactor: str, verb: str, **args: Any) -> dict[str, Any]:
        """Do what a person would do at the bench.

        Raises:
            DeviceFault: it could not be done, or the bench does not answer.
        """
        number = self._number()
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._doings[number] = answer
        try:
            if not self._wires.send(Do(id=number, reactor=reactor, verb=verb, args=args)):
                raise DeviceFault("the bench does not answer")
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError:
            raise DeviceFault(f"the bench did not {verb} in time") from None
        finally:
            self._doings.pop(number, None)

    def joined(self) -> None:
        """The bench is there."""
        self._there.set()

    def hear(self, message: FromBench) -> None:
        """The bench answers."""
        if not isinstance(message, Done):
            waiting = self._reads.pop(message.id, None)
            if waiting is not None:
                _, deliver, give_up = waiting
                give_up.cancel()
                found = message.value if isinstance(message, Shown) else message.picture
                deliver(found, message.fault)
            return
        answer = self._doings.get(message.id)
        if answer is None or answer.done():
            return
        if message.error:
            answer.set_exception(DeviceFault(message.error))
        else:
            answer.set_result(message.result)

    def lost(self) -> None:
        """The bench is gone."""
        self._there.clear()
        reads, self._reads = self._reads, {}
        for _, deliver, give_up in reads.values():
            give_up.cancel()
            deliver(None, LOST)
        for answer in self._doings.values():
            if not answer.done():
                answer.set_exception(DeviceFault(LOST))

    def _give_up(self, number: int) -> None:
        sensor, deliver, _ = self._reads.pop(number)
        deliver(None, f"the {sensor} did not answer within {ANSWER_S:g} s")

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers
