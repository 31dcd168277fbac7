"""Where in the user's documents something stands, as a plan keeps it."""

from __future__ import annotations

from pathlib import PurePath

from orchestrator.model.plan import Source
from orchestrator.model.profile import Source as Written


def place(source: Written) -> Source:
    """The file by its own name, an included one by its path from the profile.

    Where all of them lay together does not change what is planned.
    """
    return Source(file=source.name or PurePath(source.file).name, line=source.line)
