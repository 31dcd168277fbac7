"""Where included files come from: a folder on this machine, or what came along with a document.

A file is known by its path from the including document's folder, with slashes, such as
`parts/growth.yaml`. Nothing outside that folder can be named.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.read import read

SECRETS: Final = "secrets.yaml"
"""Never included, never uploaded, never shown."""
NAMES_MAX: Final = 1000
"""So many of a folder's names are looked at."""


class NotThere(Exception):
    """There is no such file or folder; `near` are names that it may have been meant to be."""

    def __init__(self, said: str, near: list[str]) -> None:
        super().__init__(said)
        self.near = near


class NotReadable(Exception):
    """It is there, but cannot be read; the text says why."""


class Outside(Exception):
    """It lies outside of the folder."""


class Files(Protocol):
    """What a document may include."""

    def read(self, name: str, /) -> bytes:
        """Read a file; NotThere, NotReadable or Outside."""
        ...

    def within(self, folder: str, /) -> list[str]:
        """List the documents directly in a folder, sorted; NotThere, NotReadable or Outside."""
        ...


class Folder:
    """A folder of this machine, and what is below it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str, /) -> bytes:
        """Read a file; a link may lead to another one of the folder, but not out of it."""
        path = self._path(name)
        if not path.exists():
            folder = posixpath.dirname(name)
            raise NotThere("there is no such file", self._names(folder))
        content = read(path)
        if isinstance(content, Diagnostic):
            raise NotReadable(content.message)
        return content

    def within(self, folder: str, /) -> list[str]:
        """List the documents directly in a folder."""
        path = self._path(folder)
        if not path.exists():
            above = posixpath.dirname(folder)
            raise NotThere("there is no such folder", self._names(above, folders=True))
        try:
            with os.scandir(path) as entries:
                found = [each.name for each in islice(entries, NAMES_MAX)]
        except OSError as error:
            raise NotReadable(f"cannot be read: {error.strerror}") from error
        return sorted(posixpath.join(folder, name) for name in found if is_document(name))

    def _path(self, name: str) -> Path:
        path = self._root / name
        try:
            inside = path.resolve().is_relative_to(self._root.resolve())
        except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a NUL
            raise NotReadable(f"cannot be read: {error}") from error
        if not inside:
            raise Outside
        return path

    def _names(self, folder: str, *, folders: bool = False) -> list[str]:
        try:
            with os.scandir(self._root / folder) as entries:
                found = [
                    each.name
                    for each in islice(entries, NAMES_MAX)
                    if (each.is_dir() if folders else is_document(each.name))
                ]
        except OSError:
            return []
        return [posixpath.join(folder, name) for name in found]


class Bundle:
    """What came along with a document: its included files by name, and nothing else."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def read(self, name: str, /) -> bytes:
        """Read a file of the bundle."""
        try:
            return self._files[name].encode("utf-8", "surrogatepass")
        except KeyError:
            message = "it is not among the files that came with the document"
            raise NotThere(message, list(self._files)) from None

    def within(self, folder: str, /) -> list[str]:
        """List the bundle's documents that lie directly in a folder."""
        found = [name for name in self._files if posixpath.dirname(name) == folder]
        if not found:
            message = "no file of it is among those that came with the document"
            raise NotThere(message, sorted({posixpath.dirname(name) for name in self._files}))
        return sorted(found)


NO_FILES: Final = Bundle({})


def is_document(name: str) -> bool:
    """Tell whether a file of a folder is a document that may be included."""
    return name.endswith((".yaml", ".yml")) and not name.startswith(".") and name != SECRETS
