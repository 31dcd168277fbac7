"""All benches, in the order in which they run, each in a process of its own."""

from __future__ import annotations

import subprocess
from importlib import import_module

import msgspec

from tools.bench.figure import Figure
from tools.bench.processes import CHECKOUT, PYTHON, end, environment
from tools.bench.size import Size

BENCHES = (
    "start",
    "profiles",
    "editing",
    "hostile",
    "conditions",
    "recorder",
    "postgres",
    "broker",
    "footprint",
    "curves",
    "lateness",
    "together",
    "silence",
    "neighbours",
    "fanout",
    "memory",
    "rehearsal",
)
"""Modules beside this one; each has `measure(size) -> list[Figure]`."""
LIMIT_S = {Size.SMALLEST: 60.0, Size.QUICK: 90.0, Size.USUAL: 300.0, Size.FULL: 1800.0}


class Broke(RuntimeError):
    """A bench did not come to its end; the message is the last that it said."""


def measure_here(name: str, size: Size) -> list[Figure]:
    """Run a bench in this process."""
    figures: list[Figure] = import_module(f"tools.bench.{name}").measure(size)
    return figures


def measure_apart(name: str, size: Size) -> list[Figure]:
    """Run a bench in a fresh process, so that none inherits another's heap.

    Raises:
        Broke: it failed, or took too long.
    """
    command = [PYTHON, "-m", "tools.bench", name, "--here", "--size", size.value]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
        env=environment(),
    )
    try:
        out, err = process.communicate(timeout=LIMIT_S[size])
    except subprocess.TimeoutExpired:
        raise Broke(f"took longer than {LIMIT_S[size]:g} s") from None
    finally:
        end(process)
    if process.returncode != 0:
        said = err.decode(errors="replace").strip().splitlines()
        raise Broke(said[-1] if said else f"ended with {process.returncode}")
    return msgspec.json.decode(out, type=list[Figure])
