"""Processes that are measured as a whole: time from start to end, memory, processor time."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

LIMIT_S = 60.0
END_LIMIT_S = 20.0
CHECKOUT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
Process: TypeAlias = subprocess.Popen[bytes]


class Failed(RuntimeError):
    """A process that was to be measured did not do its work."""


def whole_s(command: Sequence[str], limit_s: float = LIMIT_S, code: int = 0) -> float:
    """Seconds from starting a command to its end, with the kernel telling of the end at once.

    Raises:
        Failed: it did not end in time, or not with the code that it should.
    """
    began_s = perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        took_s = _until_it_ends(process, began_s, limit_s)
    if process.returncode != code:
        raise Failed(f"{' '.join(command)[:200]} ended with {process.returncode}")
    return took_s


def whole_and_cpu_s(
    command: Sequence[str], limit_s: float = LIMIT_S, code: int = 0
) -> tuple[float, float]:
    """The same, and the processor time of the command and all that it started."""
    before_s = _children_s()
    took_s = whole_s(command, limit_s, code)
    return took_s, _children_s() - before_s


def environment() -> dict[str, str]:
    """Ours, with the checkout to import from and no coverage or warnings to slow it down."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    return {**kept, "PYTHONPATH": str(CHECKOUT)}


@contextmanager
def child(command: Sequence[str]) -> Iterator[Process]:
    """A process with a pipe to talk through, ended with the block."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=environment(),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: Process) -> None:
    """Ask it to end; make it, if it does not."""
    if process.poll() is None:
        process.terminate()
    try:
        process.communicate(timeout=END_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def tell(process: Process, line: str) -> None:
    """Say a line to a child."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())


def line_from(process: Process, limit_s: float = LIMIT_S) -> str:
    """The next line that a child says, and nothing beyond it.

    Raises:
        Failed: it says nothing in time, or has ended.
    """
    assert process.stdout is not None
    ends_s, line = perf_counter() + limit_s, b""
    while not line.endswith(b"\n"):
        left_s = max(0.0, ends_s - perf_counter())
        ready, _, _ = select.select([process.stdout], [], [], left_s)
        letter = process.stdout.read(1) if ready else b""
        if not letter:
            raise Failed(f"{process.args!s:.200} said nothing within {limit_s:g} s")
        line += letter
    return line.decode().strip()


def memory_mb(pid: int) -> tuple[float, float]:
    """(PSS, RSS): with its share of what it shares, and with all of it."""
    found: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        found[name] = int(value) / 1024.0
    return found["Pss:"], found["Rss:"]


def cpu_s(pid: int) -> float:
    """Processor time that a process's threads have used so far."""
    ran_ns = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        ran_ns += int(path.read_text().split()[0])
    return ran_ns / 1e9


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _until_it_ends(process: Process, began_s: float, limit_s: float) -> float:
    handle = os.pidfd_open(process.pid)
    try:
        if not select.select([handle], [], [], limit_s)[0]:
            process.kill()
            raise Failed(f"{process.args!s:.200} did not end within {limit_s:g} s")
        return perf_counter() - began_s
    finally:
        os.close(handle)
