"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from orchestrator.cli.exits import BadRequest


def make_folder(folder: Path, option: str) -> None:
    """Make a folder that a person named.

    Raises:
        BadRequest: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadRequest(f"{option} {folder}: {error.strerror}") from error


@contextmanager
def written_whole(target: Path, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Write a file beside its place and move it there at the end; nothing stays after a failure."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
