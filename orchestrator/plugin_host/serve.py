"""Loads one job and steps it when told to, with no more room than it was given.

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

from orchestrator.jobs.guest import Place
from orchestrator.jobs.job import Job
from orchestrator.plugin_host import wire

MB: Final = 1_000_000
NICENESS: Final = 5
"""The worker comes first where there are too few processors."""
FIRST_TO_GO: Final = "1000"
"""Where memory runs out, the kernel shall take this process and no other."""
PR_SET_PDEATHSIG: Final = 1


def serve(fd: int, config: wire.Config) -> None:
    """Answer until told to end, or until nobody is there any more."""
    link = socket.socket(fileno=fd)
    _keep_to_limits(config.memory_mb)
    random.seed(config.seed)
    job: Job[Any] | None = None
    state: Any = None
    while packet := link.recv(wire.PACKET_BYTES_MAX):
        try:
            message = wire.to_guest.decode(packet)
            if isinstance(message, wire.Begin):
                job = _load(config)
                state = job.begin(message.memory, message.now_s)
                answer = wire.pack(wire.Begun())
            elif isinstance(message, wire.Do) and job is not None:
                step = job.step(state, wire.view_of(message.view), message.now_s)
                state, answer = step.state, wire.pack_done(step)
            elif isinstance(message, wire.Tell):
                _load(config).send(message.severity, message.title, message.body)
                answer = wire.pack(wire.Begun())
            else:
                break
            if len(answer) > wire.PACKET_BYTES_MAX:
                raise ValueError(f"its answer of {len(answer)} bytes is too long")
            link.send(answer)
        except Exception as error:
            traceback.print_exc()
            link.send(wire.pack(wire.Broke(_in_words(error, config))))
            return
    if job is not None:
        job.end(state)


def _load(config: wire.Config) -> Any:
    """Make what the class makes: a job, or a notifier."""
    sys.path.insert(0, config.folder)
    kind = getattr(import_module(config.module), config.attribute)
    place = Place(
        vessel=config.vessel,
        simulated=config.simulated,
        options=config.options,
        seed=config.seed,
    )
    return kind(place)


def _keep_to_limits(memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
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
