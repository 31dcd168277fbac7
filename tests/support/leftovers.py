"""A test that leaves an asyncio task, a thread or a process behind fails.

What a fixture of a wider scope started beforehand may stay, and so may what that starts in turn.
"""

from __future__ import annotations

import asyncio
import asyncio.runners
import contextlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

GRACE_S = 3.0
POLL_S = 0.02
RUN_VARIABLE = "AXENIC_TEST_RUN"
# Python's own helpers, which live as long as the interpreter.
INTERPRETER_HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")

T = TypeVar("T")

_tasks_left: list[str] = []
_cancel_all_tasks = asyncio.runners._cancel_all_tasks


def _note_and_cancel_all_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Stands in for the last thing a runner does: what is pending here, nobody waited for."""
    _tasks_left.extend(repr(task) for task in asyncio.all_tasks(loop))
    _cancel_all_tasks(loop)


asyncio.runners._cancel_all_tasks = _note_and_cancel_all_tasks

# Everything that a test starts inherits this, also when its parent dies and init adopts it.
os.environ[RUN_VARIABLE] = uuid.uuid4().hex


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Compare before and after; the event loop of the test is closed by then."""
    _tasks_left.clear()
    threads, processes = set(threading.enumerate()), _processes()
    yield
    left = [f"task {task}" for task in _tasks_left]
    left += [f"thread {thread.name}" for thread in _after_grace(lambda: _new_threads(threads))]
    for process in _after_grace(lambda: _new_processes(processes)):
        left.append(f"process {process.pid}: {_command(process)}")
        # One test's leftover must not be the next one's trouble.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    if left:
        pytest.fail("left behind:\n  " + "\n  ".join(left), pytrace=False)


def _after_grace(find: Callable[[], list[T]]) -> list[T]:
    """What is still found when the last moments of ending threads and processes are over."""
    give_up = time.monotonic() + GRACE_S
    while (found := find()) and time.monotonic() < give_up:
        time.sleep(POLL_S)
    return found


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.daemon
    ]


def _new_processes(before: dict[int, psutil.Process]) -> list[psutil.Process]:
    return [
        process
        for pid, process in _processes().items()
        if pid not in before and not _descends_from(process, before)
    ]


def _processes() -> dict[int, psutil.Process]:
    """Living processes of this run by pid: our descendants, and orphans that carry our variable."""
    found = {process.pid: process for process in psutil.Process().children(recursive=True)}
    for pid in _pids_with_our_variable() - found.keys() - {os.getpid()}:
        with contextlib.suppress(psutil.NoSuchProcess):
            found[pid] = psutil.Process(pid)
    return {pid: process for pid, process in found.items() if _counts(process)}


def _pids_with_our_variable() -> set[int]:
    wanted = f"{RUN_VARIABLE}={os.environ[RUN_VARIABLE]}".encode()
    found = set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in environment.read_bytes():
                found.add(int(environment.parent.name))
    return found


def _counts(process: psutil.Process) -> bool:
    """Whether it lives and is not one of Python's own helpers."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
    except psutil.NoSuchProcess:
        return False
    return not any(helper in _command(process) for helper in INTERPRETER_HELPERS)


def _descends_from(process: psutil.Process, ancestors: dict[int, psutil.Process]) -> bool:
    try:
        return any(parent.pid in ancestors for parent in process.parents())
    except psutil.NoSuchProcess:
        return False


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return "gone"
