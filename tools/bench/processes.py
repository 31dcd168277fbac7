"""Processes that are measured as a whole: time from start to end, memory, processor time."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

LIMIT_S = 60.0
END_LIMIT_S = 10.0
CHECKOUT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Failed(RuntimeError):
    """A process that was to be measured did not do its work."""


def whole_s(command: Sequence[str], limit_s: float = LIMIT_S) -> float:
    """Seconds from starting a command to its end, with the kernel telling of the end at once.

    Raises:
        Failed: it did not end in time, or not well.
    """
    began_s = perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        took_s = _until_it_ends(process, began_s, limit_s)
    if process.returncode != 0:
        raise Failed(f"{' '.join(command)[:200]} ended with {process.returncode}")
    return took_s


def environment() -> dict[str, str]:
    """Ours, with the checkout to import from and no coverage or warnings to slow it down."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    return {**kept, "PYTHONPATH": str(CHECKOUT)}


@contextmanager
def child(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A process with a pipe to talk through, ended with the block."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask it to end; make it, if it does not."""
    if process.poll() is None:
        process.terminate()
    try:
        process.communicate(timeout=END_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def line_from(process: subprocess.Popen[str], limit_s: float = LIMIT_S) -> str:
    """The next line that a child says.

    Raises:
        Failed: it says nothing in time, or has ended.
    """
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], limit_s)
    line = process.stdout.readline() if ready else ""
    if not line:
        raise Failed(f"{process.args!s:.200} said nothing within {limit_s:g} s")
    return line.strip()


def pss_mb(pid: int) -> float:
    """Memory that is a process's own, with its share of what it shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024.0
    raise Failed(f"the kernel does not tell how much memory {pid} has")


def cpu_s(pid: int) -> float:
    """Processor time that a process has used so far, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def _until_it_ends(process: subprocess.Popen[bytes], began_s: float, limit_s: float) -> float:
    handle = os.pidfd_open(process.pid)
    try:
        if not select.select([handle], [], [], limit_s)[0]:
            process.kill()
            raise Failed(f"{process.args!s:.200} did not end within {limit_s:g} s")
        return perf_counter() - began_s
    finally:
        os.close(handle)
