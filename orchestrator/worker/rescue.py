"""Frees the worker's loop from what does not let go of it.

All jobs of a worker are stepped in one loop. One that turns in an endless loop, or waits without
giving way, would keep every vessel waiting, the keeper would turn everything off, and nobody would
know for whom. So the loop's own beat holds two alarms off, which cost nothing while it turns:

- the first breaks the step of a built-in job off, as if the job had raised something: it is lost,
  its outputs are off, it begins anew by its policy, and all other jobs go on;
- the second ends the process, when even that was in vain or nobody's step is to blame. It is
  carried out by a thread that needs nothing of the interpreter, and writes down first where
  everything stood, so that the next process can say so.
"""

from __future__ import annotations

import asyncio
import faulthandler
import resource
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

from orchestrator.jobs.guest import Guest, JobLost
from orchestrator.worker.regulate import Regulate
from orchestrator.worker.running import Running

BEAT_S: Final = 0.2
STEP_S: Final = 0.5
"""A job that has worked for so long without pause is broken off: before the keeper's patience ends,
and thousands of times longer than a step takes."""
WORKED_S: Final = 0.3
"""That much of it the process really worked; less, and the machine may be to blame."""
AGAIN_S: Final = 0.1
"""So soon it is looked again, where that is not the case: who has had the machine for so long, and
is in the same call of the same step, waits for something of its own."""
SHORT_SHARE: Final = 0.3
"""Of that time threads of ours may have waited for the processor."""
WAIT_S: Final = 3.0
"""After so long it does not matter any more who is to blame."""
PROCESS_S: Final = 20.0
"""The process is ended when its loop has not turned for so long."""
LINES_MAX: Final = 6
"""Of where it stood, innermost first."""
_CALLERS: Final[frozenset[CodeType]] = frozenset(
    {method.__code__ for method in (Regulate._step, Regulate._begin, Regulate._stop, Regulate._try)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What an alarm saw."""

    call: FrameType | None
    """Of the step that the loop is in."""
    at_s: float
    starved_s: float
    """For which threads of ours had waited for the processor, by then; NaN if nobody knows."""
    fetched: int
    """Pages that had to be had from a disk, by then."""

    def was_left_alone(self, before: _Look | None) -> bool:
        """Whether the machine did its part since the look before, and the call has not ended."""
        return (
            before is not None
            and self.call is before.call
            and self.starved_s - before.starved_s < SHORT_SHARE * (self.at_s - before.at_s)
            and self.fetched == before.fetched
        )


class JobHung(JobLost):
    """A job kept the loop for itself."""


class Rescue:
    """Both alarms, held off by the beat of the loop that it is begun in."""

    def __init__(self, words: Path) -> None:
        """`words` is where the process writes down why it was ended."""
        self._words = words
        self._beat: asyncio.TimerHandle | None = None
        self._at_s = self._worked_s = 0.0
        self._look: _Look | None = None
        """Of the alarm before, since the loop turned last."""

    @property
    def last_words(self) -> str:
        """Where the process before this one hung when it was ended; empty if it was not."""
        try:
            return _in_short(self._words.read_text(errors="replace"))
        except OSError:
            return ""

    @asynccontextmanager
    async def at_hand(self) -> AsyncIterator[None]:
        """Keep watch for as long as the block runs; belongs to the main thread."""
        with self._words.open("w") as words:
            before = signal.signal(signal.SIGALRM, self._alarm)
            self._dump_to = words
            self._turn()
            try:
                yield
            finally:
                if self._beat is not None:
                    self._beat.cancel()
                signal.setitimer(signal.ITIMER_REAL, 0.0)
                signal.signal(signal.SIGALRM, before)
                faulthandler.cancel_dump_traceback_later()

    def _turn(self) -> None:
        """The loop turns: hold both alarms off."""
        if time.monotonic() - self._at_s >= BEAT_S:
            self._wind_up()
            faulthandler.dump_traceback_later(PROCESS_S, exit=True, file=self._dump_to)
        self._beat = asyncio.get_running_loop().call_later(BEAT_S, self._turn)

    def _wind_up(self) -> None:
        """From now on the time counts for which a step may keep the loop."""
        self._at_s, self._worked_s, self._look = time.monotonic(), time.process_time(), None
        signal.setitimer(signal.ITIMER_REAL, STEP_S)

    def _alarm(self, _number: int, frame: FrameType | None) -> None:
        """The loop does not turn: break off the step that keeps it, if a step it is."""
        waited_s = time.monotonic() - self._at_s
        worked_s = time.process_time() - self._worked_s
        job, place, call = _stepping(frame)
        before, self._look = self._look, _look(call)
        waits = worked_s < WORKED_S and self._look.was_left_alone(before)
        if job and (worked_s >= WORKED_S or waits or waited_s >= WAIT_S):
            self._wind_up()  # another may hang before the loop turns again
            raise JobHung(f"it kept the worker for itself for {waited_s:.1f} s, {place}")
        if waited_s < PROCESS_S:
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)


def _look(call: FrameType | None) -> _Look:
    fetched = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
    return _Look(call=call, at_s=time.monotonic(), starved_s=_starved_s(), fetched=fetched)


def _starved_s() -> float:
    """For how long threads of this process were ready and not let run, all in all."""
    try:
        told = [path.read_text() for path in Path("/proc/self/task").glob("*/schedstat")]
    except OSError:  # one of them ended just now
        return nan
    return sum(int(each.split()[1]) for each in told) / 1e9 if told else nan


def _stepping(frame: FrameType | None) -> tuple[str, str, FrameType | None]:
    """The built-in job in whose step the loop is, where in it, and that call of it; empty if in
    none."""
    place = "" if frame is None else f"in {frame.f_code.co_qualname}, line {frame.f_lineno}"
    inner: FrameType | None = None
    while frame is not None:
        if frame.f_code in _CALLERS and inner is not None:
            running: Running = frame.f_locals["running"]
            own = {getattr(type(running.job), name).__code__ for name in ("begin", "step", "end")}
            in_it = inner.f_code in own and not isinstance(running.job, Guest)
            return (running.name, place, inner) if in_it else ("", "", None)
        inner, frame = frame, frame.f_back
    return "", "", None


def _in_short(dump: str) -> str:
    """The innermost places of the thread that was at work last, from what `faulthandler` wrote."""
    _, found, rest = dump.rpartition("(most recent call first):\n")
    if not found:
        return ""
    lines = [line.strip() for line in rest.splitlines() if line.strip().startswith("File ")]
    return " ← ".join(line.removeprefix("File ") for line in lines[:LINES_MAX])
