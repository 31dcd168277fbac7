"""Saves one text after the other in a library until it is killed."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from orchestrator.library.open_library import open_library
from orchestrator.ports.library import Edit


def text_of(number: int) -> str:
    """Long enough to be torn."""
    return f"# {number}\n" * 3000


if __name__ == "__main__":
    library = open_library(Path(sys.argv[1]))
    for number in itertools.count(int(sys.argv[2])):
        edit = Edit(by="ada", at_wall_s=1.8e9, whatever=True)
        library.save("growth/batch.yaml", text_of(number), edit)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
