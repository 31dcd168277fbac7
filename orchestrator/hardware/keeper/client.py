"""The worker's end of the keeper.

Orders that never wait, and a heartbeat from the worker's own loop.

The beat comes from the loop on purpose: a worker whose loop hangs is as good as dead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

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
    Hold,
    Interlocked,
    LetGo,
    MakeSafe,
    Pressed,
    Quit,
    Recall,
    Recalled,
    Restarting,
    RunRefused,
    Safe,
    StopPumps,
    TurnedAway,
    Unfit,
    Welcome,
    from_keeper,
)
from orchestrator.hardware.wires import Wires
from orchestrator.ports.reactor import DeviceFault

log = logging.getLogger(__name__)

BEAT_S = 0.25
ANSWER_S = 2.0
CONNECT_S = 10.0
LOST = "the keeper was lost in the middle of it"

T = TypeVar("T")
Tell = Callable[[RunEnd, bool], None]
"""How a run ended, and whether that is uncertain."""


class KeeperClient:
    """Holds a keeper; comes back to it, or to a new one, when it was lost."""

    def __init__(
        self,
        path: Path,
        *,
        worker: str,
        start: Callable[[], Awaitable[None]] | None = None,
        devices: Iterable[str] = (),
    ) -> None:
        """`start` is called when no keeper answers; `devices` are those that it has to hold."""
        self._path, self._worker, self._start = path, worker, start
        self._devices = set(devices)
        missing = None if start is None else self._start_keeper
        self._wires = Wires(path, from_keeper, self, missing)
        self._held = asyncio.Event()
        """The keeper has taken us on."""
        self._answered = asyncio.Event()
        """It has, or it has said that it never will."""
        self._beat: asyncio.TimerHandle | None = None
        self._leaving = False
        self._refusal = ""
        self._duties: dict[str, float] = {}
        self._holds: dict[str, str] = {}
        self.blocked: dict[str, str] = {}
        """Outputs that an interlock keeps off although they were driven, and why."""
        self.on_interlock: Callable[[], None] = _nobody
        """Hears that this has changed."""
        self._pressed = False
        self._on_press: Callable[[], None] | None = None
        self._runs: dict[str, tuple[str, float, Tell]] = {}
        self._safe: dict[int, asyncio.Future[str]] = {}
        self._recalls: dict[str, asyncio.Future[Ended | None]] = {}
        self._numbers = 0

    async def __aenter__(self) -> Self:
        """Find the keeper.

        Raises:
            DeviceFault: it cannot be had.
        """
        self._wires.open("hold the keeper")
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._answered.wait()
        except TimeoutError:
            await self._close()
            raise DeviceFault(self._refusal or f"no keeper answers on {self._path}") from None
        except BaseException:
            await self._close()
            raise
        if not self._held.is_set():
            await self._close()
            raise DeviceFault(self._refusal)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()

    # ---- orders

    def drive(self, output: str, duty: float) -> None:
        """Hold an output at a duty; said again to a keeper that comes back."""
        self._duties[output] = duty
        self._say(Drive(output, duty))

    def begin(self, run: str, pump: str, for_s: float, tell: Tell) -> None:
        """Turn a pump for so many clock seconds; `tell` is called once."""
        if run in self._runs:
            refused = RunEnd(run=run, pump=pump, on_s=0.0, for_s=for_s, reason="it is under way")
            return tell(refused, False)
        self._runs[run] = (pump, for_s, tell)
        if not self._say(Begin(run, pump, for_s)):
            self._end_run(run, 0.0, "there is no keeper")
        return None

    def stop_pumps(self, pumps: Iterable[str]) -> None:
        """End what turns."""
        self._say(StopPumps(list(pumps)))

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
            if not self._say(MakeSafe(number, outputs)):
                raise DeviceFault("there is no keeper to turn outputs off; it has done so itself")
            async with asyncio.timeout(ANSWER_S):
                fault = await answer
        except TimeoutError:
            raise DeviceFault("the keeper did not confirm that all is off") from None
        finally:
            del self._safe[number]
        if fault:
            raise DeviceFault(fault)

    def hold(self, outputs: Iterable[str], reason: str) -> None:
        """Keep outputs and pumps off, whatever is ordered; said again to a keeper that comes
        back."""
        outputs = list(outputs)
        for output in outputs:
            self._duties.pop(output, None)
        self._holds.update(dict.fromkeys(outputs, reason))
        self._say(Hold(outputs, reason))

    def let_go(self, outputs: Iterable[str]) -> None:
        """Allow again what was held, unless a button is still pressed."""
        outputs = list(outputs)
        for output in outputs:
            self._holds.pop(output, None)
        self._say(LetGo(outputs))

    def on_press(self, react: Callable[[], None]) -> None:
        """Hear of the stop button that the keeper has, also of a press before this."""
        self._on_press = react
        if self._pressed:
            react()

    async def recall(self, run: str) -> Ended | None:
        """Ask what became of a run, perhaps begun by the worker that was here before.

        It says what the pump did, for people and the trace; a dose that its worker did not see to
        its end stays unknown.
        """
        answer = self._recalls.setdefault(run, asyncio.get_running_loop().create_future())
        try:
            if not self._say(Recall(run)):
                return None
            async with asyncio.timeout(ANSWER_S):
                return await asyncio.shield(answer)
        except TimeoutError:
            return None
        finally:
            self._recalls.pop(run, None)

    # ---- leaving

    def announce_restart(self) -> None:
        """Say that this worker will be back: pumps stop, stirring and heat stay a while."""
        self._leave(Restarting())

    async def dismiss(self) -> None:
        """Turn everything off and end the keeper, unless a restart was announced."""
        if not self._leaving and self._leave(Quit()):
            await self._wires.cut(ANSWER_S)

    def _leave(self, word: Quit | Restarting) -> bool:
        self._leaving = True
        self._wires.leave()
        said = self._say(word)
        self._stop_beating()
        return said

    async def _close(self) -> None:
        self._stop_beating()
        await self._wires.close()

    # ---- what the wires tell

    def joined(self) -> None:
        """Somebody answers on the keeper's socket."""
        self._wires.send(Hello(self._worker))

    def hear(self, message: FromKeeper) -> None:
        """The keeper says something."""
        match message:
            case Welcome(_, outputs, pumps):
                self._meet({*outputs, *pumps})
            case Ended(run, on_s, _, reason, held):
                self._end_run(run, on_s, reason, held=held)
            case RunRefused(run, reason, held):
                self._end_run(run, 0.0, reason, held=held)
            case Interlocked(output, reason):
                self._interlocked(output, reason)
            case Cut(reason):
                log.error("the keeper turned everything off: %s", reason)
                self._say_duties()
            case Pressed():
                self._pressed = True
                if self._on_press is not None:
                    self._on_press()
            case Safe(number, fault):
                _answer(self._safe.get(number), fault)
            case Recalled(run, ended):
                _answer(self._recalls.get(run), ended)
            case TurnedAway(reason):
                self._refusal = reason
            case Unfit(reason):
                self._refusal = reason
                log.log(logging.ERROR if self._answered.is_set() else logging.DEBUG, "%s", reason)
                self._answered.set()

    def _meet(self, devices: set[str]) -> None:
        """Take the keeper, unless it was started for other hardware: then a new one is needed."""
        if self._devices and devices != self._devices:
            self._refusal = "the keeper was started for other hardware"
            log.warning("%s; ending it", self._refusal)
            self._wires.send(Quit())
            return
        self._refusal = ""
        self._held.set()
        self._answered.set()
        for output, reason in self._holds.items():
            self._say(Hold([output], reason))
        self._say_duties()
        self._beat_on()

    def lost(self) -> None:
        """The keeper is gone: what was under way may have got anywhere."""
        self._held.clear()
        self._stop_beating()
        for run in list(self._runs):
            self._end_run(run, self._runs[run][1], LOST, uncertain=True)
        for answer in self._safe.values():
            _answer(answer, LOST)
        self.blocked.clear()
        self.on_interlock()

    def _interlocked(self, output: str, reason: str) -> None:
        if reason:
            self.blocked[output] = reason
        else:
            self.blocked.pop(output, None)
        self.on_interlock()

    async def _start_keeper(self) -> None:
        assert self._start is not None
        try:
            await self._start()
        except KeeperNotStarted as error:
            self._refusal = str(error)
            log.error("%s", error)

    def _end_run(
        self, run: str, on_s: float, reason: str, *, uncertain: bool = False, held: bool = False
    ) -> None:
        under_way = self._runs.pop(run, None)
        if under_way is not None:
            pump, for_s, tell = under_way
            ended = RunEnd(run=run, pump=pump, on_s=on_s, for_s=for_s, reason=reason, held=held)
            tell(ended, uncertain)

    def _say_duties(self) -> None:
        for output, duty in self._duties.items():
            self._say(Drive(output, duty))

    def _say(self, message: object) -> bool:
        """Say something to a keeper that has taken us on; False if there is none."""
        return self._held.is_set() and self._wires.send(message)

    def _beat_on(self) -> None:
        self._stop_beating()
        if self._say(Beat()):
            self._beat = asyncio.get_running_loop().call_later(BEAT_S, self._beat_on)

    def _stop_beating(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None


def _nobody() -> None:
    """Nobody wants to know."""


def _answer(waiting: asyncio.Future[T] | None, answer: T) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(answer)
