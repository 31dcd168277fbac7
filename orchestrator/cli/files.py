"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from orchestrator.cli.exits import BadRequest


def make_folder(folder: Path, option: str, *, mode: int = 0o777) -> None:
    """Make a folder that a person named.

    Raises:
        BadRequest: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
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


@contextmanager
def written_new(target: Path, option: str) -> Iterator[BinaryIO]:
    """Write a file that was not there before; whole, and never over another one.

    Raises:
        BadRequest: there is one already, or it cannot be written there.
    """
    draft: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        draft = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        os.link(draft, target)  # which, unlike a rename, fails where there is something
    except FileExistsError as error:
        raise BadRequest(
            f"{option} {target}: there is a file already; choose another name"
        ) from error
    except OSError as error:
        raise BadRequest(f"{option} {target}: {error.strerror}") from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
