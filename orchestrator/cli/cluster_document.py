"""The cluster document that a leader was started with: read, written, and kept with its past."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from orchestrator.cli.files import written_whole
from orchestrator.ports.configuration import Configured, DocumentRefused
from orchestrator.ports.library import (
    ChangedSince,
    Commit,
    Edit,
    Kept,
    Library,
    LibraryUnusable,
    blob_of,
)

NAME: Final = "cluster.yaml"
"""In its history, whatever the file is called."""
MACHINE: Final = "the machine"


class ClusterDocument:
    """`ports.configuration.Configuration`; what others write into the file is noticed."""

    def __init__(self, path: Path, past: Library, at_wall_s: float) -> None:
        """`past` is of this document alone. The leader goes by what it says now."""
        self._path, self._past = path.absolute(), past
        self._lock = threading.Lock()
        self._in_force = self._data(self._text()) or {}
        self._notice(at_wall_s)

    def read(self) -> Configured:
        text = self._text()
        now, then = self._data(text) or {}, self._in_force
        return Configured(
            file=str(self._path),
            text=text,
            blob=blob_of(text.encode()),
            differs=tuple(
                sorted(key for key in now.keys() | then.keys() if now.get(key) != then.get(key))
            ),
        )

    def save(self, text: str, edit: Edit) -> Configured:
        self._checked(text)
        with self._lock:
            before = self._text()
            blob = blob_of(before.encode())
            if not edit.whatever and edit.expected != blob:
                kept = Kept(path=self._path.name, text=before, blob=blob, commit=None)
                raise ChangedSince(self._path.name, kept)
            self._notice(edit.at_wall_s)
            self._past.save(NAME, text, replace(edit, whatever=True))
            mode = self._path.stat().st_mode & 0o777
            with written_whole(self._path, mode) as file:
                file.write(text.encode())
        return self.read()

    def history(self, *, limit: int, after: str | None = None) -> Sequence[Commit]:
        return self._past.history(NAME, limit=limit, after=after)

    def text_at(self, commit: str) -> str:
        return self._past.read(NAME, commit).text

    def _notice(self, at_wall_s: float) -> None:
        """What somebody wrote into the file belongs to its past too."""
        message = "As it was found on the machine"
        edit = Edit(by=MACHINE, at_wall_s=at_wall_s, message=message, whatever=True)
        self._past.save(NAME, self._text(), edit)

    def _text(self) -> str:
        try:
            return self._path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryUnusable(f"{self._path} cannot be read: {error}") from error

    def _data(self, text: str) -> Mapping[str, Any] | None:
        try:
            return self._checked(text)
        except DocumentRefused:
            return None

    def _checked(self, text: str) -> Mapping[str, Any]:
        from orchestrator.documents.check import check_text
        from orchestrator.documents.files import Folder
        from orchestrator.documents.secrets import Secrets

        folder, name = self._path.parent, self._path.name
        checked = check_text(text, name, files=Folder(folder), secrets=Secrets(folder))
        if checked.cluster is None:
            raise DocumentRefused(checked.diagnostics)
        return checked.cluster
