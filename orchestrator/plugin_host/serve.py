"""Loads what a plugin brings and does with it what it is told, with no more room than it was given.

Here runs code that nobody has looked at. It may block, eat, print and die: that is the worker's
reason to have it here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import resource
import signal
import socket
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec

from orchestrator.jobs.guest import Place, Question, Refused
from orchestrator.jobs.job import Job
from orchestrator.plugin_host import wire

MB: Final = 1_000_000
NICENESS: Final = 5
"""At a vessel the worker comes first where there are too few processors; a rehearsal waits."""
FIRST_TO_GO: Final = "1000"
"""Where memory runs out, the kernel shall take this process and no other."""
PR_SET_PDEATHSIG: Final = 1


def serve(fd: int, config: wire.Config) -> None:
    """Answer until nobody is there any more."""
    link = socket.socket(fileno=fd)
    _keep_to_limits(config.memory_mb)
    if not config.simulated:
        os.nice(NICENESS)
    random.seed(config.seed)
    part = _Part(config)
    while packet := link.recv(wire.PACKET_BYTES_MAX):
        try:
            answer = part.answer(wire.to_guest.decode(packet))
            if len(answer) > wire.PACKET_BYTES_MAX:
                raise ValueError(f"its answer of {len(answer)} bytes is too long")
            link.send(answer)
        except Exception as error:
            traceback.print_exc()
            link.send(wire.pack(wire.Broke(_in_words(error, config))))
            return
    part.end()


class _Part:
    """A job, a driver, a notifier, a route, a self-test, a fit: which, is seen by what is asked."""

    def __init__(self, config: wire.Config) -> None:
        self._config = config
        self._job: Job[Any] | None = None
        self._state: Any = None
        self._device: Any = None

    def answer(self, message: wire.ToGuest) -> bytes:
        """Do what is asked."""
        if isinstance(message, wire.Do):
            assert self._job is not None, "begin comes first"
            view = wire.view_of(message.view)
            step = self._job.step(self._state, view, message.now_s)
            self._state = step.state
            return wire.pack_done(step)
        if isinstance(message, wire.Read):
            self._device = self._device or self._load()
            return wire.pack(wire.Value(float(self._device.read())))
        if isinstance(message, wire.Ask):
            self._device = self._device or self._load()
            return _said(self._device, message)
        if isinstance(message, wire.Try):
            self._device = self._load()
            found = self._device.test()
            return wire.pack(wire.Tried(found.result, str(found.figure), str(found.reason)))
        if isinstance(message, wire.Fit):
            laid = self._load().fit(message.points)
            return wire.pack(wire.Laid([(float(raw), float(actual)) for raw, actual in laid]))
        if isinstance(message, wire.Load):
            self._load()
        elif isinstance(message, wire.Begin):
            self._job = self._load()
            self._state = self._job.begin(message.memory, message.now_s)
        else:
            self._load().send(message.severity, message.title, message.body)
        return wire.pack(wire.Begun())

    def end(self) -> None:
        """Let it let go of what it holds."""
        if self._job is not None:
            self._job.end(self._state)
        if hasattr(self._device, "close"):
            self._device.close()

    def _load(self) -> Any:
        config = self._config
        sys.path.insert(0, config.folder)
        kind = getattr(import_module(config.module), config.attribute)
        place = Place(
            vessel=config.vessel,
            simulated=config.simulated,
            options=config.options,
            seed=config.seed,
        )
        return kind(place)


def _said(route: Any, asked: wire.Ask) -> bytes:
    question = Question(query=asked.query, body=asked.body, actor=asked.actor, role=asked.role)
    try:
        body = msgspec.json.encode(route.answer(question))
    except Refused as refused:
        return wire.pack(wire.Declined(refused.status, str(refused)))  # type: ignore[arg-type]
    return wire.pack(wire.Said(body))


def _keep_to_limits(memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # not Linux, or not allowed: the limit above still holds
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _in_words(error: Exception, config: wire.Config) -> str:
    """What went wrong, and in which line of the plugin."""
    if isinstance(error, MemoryError):
        return f"it wanted more than the {config.memory_mb} MB that it may have"
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(config.folder)]
    return f"{text} ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else text
