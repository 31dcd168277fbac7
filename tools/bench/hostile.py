"""What a megabyte that means harm costs `axenic check`: processor time, and memory in all."""

from __future__ import annotations

import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from orchestrator.documents.pieces import PIECES_MAX
from tools.bench.commands import commands
from tools.bench.figure import Budget, Figure
from tools.bench.processes import whole_and_cpu_s
from tools.bench.size import Size

_FULL: Final = 1024 * 1024 - 100
MEMORY_MAX_MB: Final = 400.0
_MEGABYTES: Final[dict[str, str]] = {
    "brackets": "[" * _FULL,
    "one list": "[" + "a, " * (_FULL // 3) + "]",
    "list items": "- a\n" * 99_999,
    "text": "a: !!str " + "x " * (_FULL // 2 - 5),
    "keys": "axenic: profile/1\n" + "".join(f"key{n}: 1\n" for n in range(90_000)),
    "as many pieces as a document may have": "a: &a [" + "a, " * (PIECES_MAX - 10) + "]",
    "as many phases": "axenic: profile/1\nname: x\nvessels: {a: {volume: 15 mL}}\nphases:\n"
    + "".join(f"  - name: p{n}\n    duration: 1 h\n" for n in range(PIECES_MAX // 6 - 10)),
}


def measure(size: Size) -> list[Figure]:
    """Each hostile document by itself, whole process; then the most memory that one took."""
    times = size.of(1, 3, 7)
    with TemporaryDirectory() as made:
        folder = Path(made)
        run = commands(folder)
        figures = []
        for name, content in _MEGABYTES.items():
            path = folder / "hostile.yaml"
            path.write_text(content)
            command = (*run.axenic, "check", str(path))
            cpu_s = min(whole_and_cpu_s(command, code=1)[1] for _ in range(times))
            figures.append(_figure(name, cpu_s))
    return [*figures, _memory()]


def _figure(name: str, cpu_s: float) -> Figure:
    return Figure(
        what=f"axenic check of a hostile document: {name}",
        ours=1e3 * cpu_s,
        unit="ms",
        budget=Budget(text="under a second of processor time", most=1000.0),
        note="best of its rounds, whole process",
    )


def _memory() -> Figure:
    most_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Figure(
        what="memory of the largest of these checks",
        ours=most_kib / 1024,
        unit="MB",
        budget=Budget(text=f"{MEMORY_MAX_MB:g} MB", most=MEMORY_MAX_MB),
    )
