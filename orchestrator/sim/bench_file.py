"""The bench on disk: one file that is replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

FORMAT = "bench/1"


class BenchFileBroken(ValueError):
    """The file is none of ours; whoever wants a new bench has to take it away."""


def write_bench(path: Path, reactors: dict[str, Any]) -> None:
    """Replace the file: after a crash there is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode({"format": FORMAT, "reactors": reactors}))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_bench(path: Path) -> dict[str, Any] | None:
    """Return what was kept, None if nothing was.

    Raises:
        BenchFileBroken: it cannot be understood.
    """
    try:
        document = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise BenchFileBroken(f"{path}: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BenchFileBroken(f"{path} is no {FORMAT}")
    reactors: dict[str, Any] = document["reactors"]
    return reactors
