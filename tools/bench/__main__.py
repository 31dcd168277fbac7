"""`python -m tools.bench [NAME…] [--quick | --full] [--json FILE] [--write]`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import msgspec

from tools.bench.figure import Figure
from tools.bench.page import write_page
from tools.bench.size import Size
from tools.bench.suite import BENCHES, Broke, measure_apart, measure_here
from tools.bench.table import machine, show

BUSY = 0.7
"""Load above which neighbours are felt on two cores."""


def main() -> int:
    """Measure what was asked for; 1 if a bench broke. A budget that is missed is a result."""
    asked = _arguments()
    size = Size(asked.size)
    if asked.here:
        signal.signal(signal.SIGTERM, _end_in_order)
        (name,) = asked.names
        sys.stdout.buffer.write(msgspec.json.encode(measure_here(name, size)))
        return 0
    if os.getloadavg()[0] > BUSY:
        print("axenic bench: this machine is busy; what waits will look worse", file=sys.stderr)
    began = machine()
    measured: dict[str, list[Figure]] = {}
    failures: dict[str, str] = {}
    for name in asked.names or BENCHES:
        print(f"axenic bench: {name} …", file=sys.stderr, flush=True)
        try:
            measured[name] = measure_apart(name, size)
        except Broke as broke:
            failures[name] = str(broke)
    show(began, measured, failures)
    if asked.json:
        document = {"machine": began, "size": size, "figures": measured, "broke": failures}
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2))
    if asked.write:
        write_page(began, size, measured, failures)
    return 1 if failures else 0


def _end_in_order(number: int, _frame: object) -> None:
    """Let every block that was entered be left, so that no child stays behind."""
    sys.exit(128 + number)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--size", choices=[each.value for each in Size], default=Size.USUAL.value)
    for each in (Size.QUICK, Size.FULL):
        parser.add_argument(f"--{each.value}", dest="size", action="store_const", const=each.value)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument("--write", action="store_true", help="put the figures into the docs")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(BENCHES))
    if asked.write and asked.names:
        parser.error("--write takes all benches, so that the page holds one run")
    if unknown:
        parser.error(f"there is no bench {unknown[0]}; there are {', '.join(BENCHES)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
