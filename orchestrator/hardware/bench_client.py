"""The worker's wires to a simulated bench: sensors, and what a person does at the vessel."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from orchestrator.hardware.bench_wire import Do, Done, Read, Shown, from_bench
from orchestrator.hardware.lines import LINE_BYTES_MAX, Lines, LineTooLong, line_of
from orchestrator.ports.reactor import DeviceFault

log = logging.getLogger(__name__)

ANSWER_S = 2.0
RETRY_S = 0.1
WAITING_MAX = 1000

Deliver = Callable[[float | None, str], None]


class BenchClient:
    """One connection to a bench, made again whenever it breaks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._reads: dict[int, tuple[str, Deliver, asyncio.TimerHandle]] = {}
        self._doings: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = 0

    async def __aenter__(self) -> Self:
        """Connect; a bench that is not there yet is waited for behind this."""
        self._task = asyncio.create_task(self._stay_connected(), name="hold the bench")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self._ready.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def read(self, reactor: str, sensor: str, deliver: Deliver) -> None:
        """Ask a sensor; answered once, within 2 s."""
        if self._writer is None:
            return deliver(None, "the bench does not answer")
        if len(self._reads) >= WAITING_MAX:
            return deliver(None, "the bench is too slow")
        number = self._number()
        give_up = asyncio.get_running_loop().call_later(ANSWER_S, self._give_up, number)
        self._reads[number] = (sensor, deliver, give_up)
        self._writer.write(line_of(Read(id=number, reactor=reactor, sensor=sensor)))
        return None

    async def do(self, reactor: str, verb: str, **args: Any) -> dict[str, Any]:
        """Do what a person would do at the bench.

        Raises:
            DeviceFault: it could not be done, or the bench does not answer.
        """
        if self._writer is None:
            raise DeviceFault("the bench does not answer")
        number = self._number()
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._doings[number] = answer
        self._writer.write(line_of(Do(id=number, reactor=reactor, verb=verb, args=args)))
        try:
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError:
            raise DeviceFault(f"the bench did not {verb} in time") from None
        finally:
            self._doings.pop(number, None)

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_unix_connection(
                    str(self._path), limit=LINE_BYTES_MAX
                )
                self._writer = writer
                self._ready.set()
                try:
                    await self._listen(reader)
                finally:
                    self._let_go(writer)
            await asyncio.sleep(RETRY_S)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        lines = Lines(from_bench)
        try:
            while data := await reader.read(LINE_BYTES_MAX):
                for message in lines.feed(data):
                    self._hear(message)
        except (LineTooLong, msgspec.MsgspecError) as error:
            log.warning("lost the bench: %s", error)

    def _hear(self, message: Shown | Done) -> None:
        if isinstance(message, Shown):
            waiting = self._reads.pop(message.id, None)
            if waiting is not None:
                _, deliver, give_up = waiting
                give_up.cancel()
                deliver(message.value, message.fault)
            return
        answer = self._doings.pop(message.id, None)
        if answer is not None and not answer.done():
            if message.error:
                answer.set_exception(DeviceFault(message.error))
            else:
                answer.set_result(message.result)

    def _give_up(self, number: int) -> None:
        sensor, deliver, _ = self._reads.pop(number)
        deliver(None, f"the {sensor} did not answer within {ANSWER_S:g} s")

    def _let_go(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        self._writer = None
        reads, self._reads = self._reads, {}
        for _, deliver, give_up in reads.values():
            give_up.cancel()
            deliver(None, "the bench was lost")
        for answer in self._doings.values():
            if not answer.done():
                answer.set_exception(DeviceFault("the bench was lost"))

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers
