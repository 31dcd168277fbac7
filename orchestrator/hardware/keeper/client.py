"""The worker's end of the keeper.

Orders that never wait, and a heartbeat from the worker's own loop.

The beat comes from the loop on purpose: a worker whose loop hangs is as good as dead.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from orchestrator.hardware.keeper.core import RunEnd
from orchestrator.hardware.keeper.start import KeeperNotStarted
from orchestrator.hardware.keeper.wire import (
    Beat,
    Begin,
    Cut,
    Drive,
    Ended,
    FromKeeper,
    Hello,
    MakeSafe,
    Quit,
    Recall,
    Recalled,
    Restarting,
    RunRefused,
    Safe,
    StopPumps,
    TurnedAway,
    Welcome,
    from_keeper,
)
from orchestrator.hardware.lines import (
    BACKLOG_BYTES_MAX,
    LINE_BYTES_MAX,
    Lines,
    LineTooLong,
    line_of,
)
from orchestrator.ports.reactor import DeviceFault

log = logging.getLogger(__name__)

BEAT_S = 0.25
ANSWER_S = 2.0
CONNECT_S = 10.0
RETRY_S = 0.1
RETRY_S_MAX = 1.0
LOST = "the keeper was lost in the middle of it"

Tell = Callable[[RunEnd, bool], None]
"""How a run ended, and whether that is uncertain."""


class KeeperClient:
    """Holds a keeper; comes back to it, or to a new one, when it was lost."""

    def __init__(
        self, path: Path, *, worker: str, start: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._path, self._worker, self._start = path, worker, start
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._beat: asyncio.TimerHandle | None = None
        self._ready = asyncio.Event()
        self._duties: dict[str, float] = {}
        self._runs: dict[str, tuple[str, float, Tell]] = {}
        self._safe: dict[int, asyncio.Future[str]] = {}
        self._recalls: dict[str, asyncio.Future[Ended | None]] = {}
        self._numbers = 0
        self._refusal = ""
        self._leaving = False
        self.session = ""
        """Of the keeper that was met last."""

    async def __aenter__(self) -> Self:
        """Find the keeper.

        Raises:
            DeviceFault: it cannot be had.
        """
        self._task = asyncio.create_task(self._stay_connected(), name="hold the keeper")
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._ready.wait()
        except TimeoutError:
            await self._close()
            reason = self._refusal or f"no keeper answers on {self._path}"
            raise DeviceFault(reason) from None
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def connected(self) -> bool:
        """Whether the keeper hears us."""
        return self._writer is not None

    def drive(self, output: str, duty: float) -> None:
        """Hold an output at a duty; said again to a keeper that comes back."""
        self._duties[output] = duty
        self._send(Drive(output, duty))

    def begin(self, run: str, pump: str, for_s: float, tell: Tell) -> None:
        """Turn a pump for so many clock seconds; `tell` is called once."""
        if run in self._runs:
            refused = RunEnd(run=run, pump=pump, on_s=0.0, for_s=for_s, reason="it is under way")
            return tell(refused, False)
        self._runs[run] = (pump, for_s, tell)
        if not self._send(Begin(run, pump, for_s)):
            self._end_run(run, 0.0, "there is no keeper")
        return None

    def stop_pumps(self, pumps: Iterable[str]) -> None:
        """End what turns."""
        self._send(StopPumps(list(pumps)))

    async def make_safe(self, outputs: Iterable[str]) -> None:
        """Turn outputs and pumps off.

        Raises:
            DeviceFault: the keeper did not confirm in time, or could not do it.
        """
        outputs = list(outputs)
        for output in outputs:
            self._duties.pop(output, None)
        self._numbers += 1
        number = self._numbers
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._safe[number] = answer
        try:
            if not self._send(MakeSafe(number, outputs)):
                raise DeviceFault("there is no keeper to turn outputs off; it has done so itself")
            async with asyncio.timeout(ANSWER_S):
                fault = await answer
        except TimeoutError:
            raise DeviceFault("the keeper did not confirm that all is off") from None
        finally:
            del self._safe[number]
        if fault:
            raise DeviceFault(fault)

    async def recall(self, run: str) -> Ended | None:
        """Ask what became of a run, perhaps begun by the worker that was here before.

        It says what the pump did, for people and the trace; a dose that its worker did not see to
        its end stays unknown.
        """
        answer = self._recalls.setdefault(run, asyncio.get_running_loop().create_future())
        try:
            if not self._send(Recall(run)):
                return None
            async with asyncio.timeout(ANSWER_S):
                return await asyncio.shield(answer)
        except TimeoutError:
            return None
        finally:
            self._recalls.pop(run, None)

    def announce_restart(self) -> None:
        """Say that this worker will be back: pumps stop, stirring and heat stay a while."""
        self._leaving = True
        self._send(Restarting())
        self._stop_beating()

    async def dismiss(self) -> None:
        """Turn everything off and end the keeper, unless a restart was announced."""
        if self._leaving or self._task is None:
            return
        self._leaving = True
        if self._send(Quit()):
            await asyncio.wait((self._task,), timeout=ANSWER_S)

    async def _close(self) -> None:
        self._stop_beating()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _stay_connected(self) -> None:
        wait_s = RETRY_S
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(
                    str(self._path), limit=LINE_BYTES_MAX
                )
            except OSError:
                await self._start_keeper()
            else:
                try:
                    if await self._talk(reader, writer):
                        wait_s = RETRY_S
                finally:
                    self._let_go(writer)
            if self._leaving:
                return
            await asyncio.sleep(wait_s)
            wait_s = min(2.0 * wait_s, RETRY_S_MAX)

    async def _start_keeper(self) -> None:
        if self._start is None:
            return
        try:
            await self._start()
        except KeeperNotStarted as error:
            self._refusal = str(error)
            log.error("%s", error)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Hold one connection until it ends; True if the keeper took us on."""
        lines, taken_on = Lines(from_keeper), False
        writer.write(line_of(Hello(self._worker)))
        try:
            while data := await reader.read(LINE_BYTES_MAX):
                for message in lines.feed(data):
                    if isinstance(message, Welcome):
                        taken_on = True
                        self._take_up(message, writer)
                    self._hear(message)
        except (OSError, LineTooLong, msgspec.MsgspecError) as error:
            log.warning("lost the keeper: %s", error)
        return taken_on

    def _take_up(self, welcome: Welcome, writer: asyncio.StreamWriter) -> None:
        self._writer, self.session, self._refusal = writer, welcome.session, ""
        self._say_duties()
        self._beat_on()
        self._ready.set()

    def _hear(self, message: FromKeeper) -> None:
        match message:
            case Ended(run, on_s, _, reason):
                self._end_run(run, on_s, reason)
            case RunRefused(run, reason):
                self._end_run(run, 0.0, reason)
            case Cut(reason):
                log.error("the keeper turned everything off: %s", reason)
                self._say_duties()
            case Safe(number, fault):
                answer = self._safe.get(number)
                if answer is not None and not answer.done():
                    answer.set_result(fault)
            case Recalled(run, ended):
                recall = self._recalls.get(run)
                if recall is not None and not recall.done():
                    recall.set_result(ended)
            case TurnedAway(reason):
                self._refusal = reason
            case Welcome():
                pass

    def _let_go(self, writer: asyncio.StreamWriter) -> None:
        """The connection is over: what was under way may have got anywhere."""
        writer.close()
        if self._writer is writer:
            self._writer = None
            self._ready.clear()
            self._stop_beating()
            for run in list(self._runs):
                self._end_run(run, self._runs[run][1], LOST, uncertain=True)
            for answer in self._safe.values():
                if not answer.done():
                    answer.set_result(LOST)

    def _end_run(self, run: str, on_s: float, reason: str, *, uncertain: bool = False) -> None:
        under_way = self._runs.pop(run, None)
        if under_way is not None:
            pump, for_s, tell = under_way
            tell(RunEnd(run=run, pump=pump, on_s=on_s, for_s=for_s, reason=reason), uncertain)

    def _say_duties(self) -> None:
        for output, duty in self._duties.items():
            self._send(Drive(output, duty))

    def _beat_on(self) -> None:
        self._stop_beating()
        if self._send(Beat()):
            self._beat = asyncio.get_running_loop().call_later(BEAT_S, self._beat_on)

    def _stop_beating(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _send(self, message: object) -> bool:
        """Hand a line to the socket; False if nobody is there to take it."""
        writer = self._writer
        if writer is None or writer.is_closing():
            return False
        if writer.transport.get_write_buffer_size() > BACKLOG_BYTES_MAX:
            log.error("the keeper does not listen; hanging up on it")
            writer.transport.abort()
            return False
        writer.write(line_of(message))
        return True
