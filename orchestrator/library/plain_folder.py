"""A library without git: files in a folder, without a past."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from orchestrator.library.parts import beside_in, content_of, found_in
from orchestrator.ports.library import (
    FILE_BYTES_MAX,
    FILES_MAX,
    ChangedSince,
    Commit,
    Edit,
    Entry,
    Kept,
    LibraryRefused,
    NotKept,
    Place,
    Pulled,
    Standing,
    blob_of,
    is_name,
    refuse_name,
)

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderLibrary:
    """`ports.library.Library` on a folder that people may edit by other means, too."""

    def __init__(self, root: Path, why: str) -> None:
        self._root = root
        self._why = why
        self._one_at_a_time = threading.Lock()

    def standing(self) -> Standing:
        """A folder, and why."""
        return Standing(
            kind="folder", where=str(self._root), why=self._why, branch="", commit=None, remote=""
        )

    def entries(self, commit: str | None = None) -> Sequence[Entry]:
        """All documents below the folder."""
        self._refuse_past(commit)
        found = []
        for path in self._paths():
            with contextlib.suppress(NotKept):
                content = self._content(path)
                found.append(Entry(path=path, blob=blob_of(content), size_bytes=len(content)))
        return found

    def read(self, path: str, commit: str | None = None) -> Kept:
        """One of them."""
        refuse_name(path)
        self._refuse_past(commit)
        content = self._content(path)
        text = content.decode("utf-8", "replace")
        return Kept(path=path, text=text, blob=blob_of(content), commit=None)

    def beside(self, path: str, commit: str | None = None) -> Mapping[str, str]:
        """What a profile there may include."""
        return beside_in(path, self.entries(commit), lambda each: self.read(each.path).text)

    def find(self, text: str, files: Mapping[str, str]) -> Place | None:
        """Where the same content stands."""
        path = found_in(self.entries(), text, files)
        return None if path is None else Place(path=path, commit=None)

    def save(self, path: str, text: str, edit: Edit) -> Kept:
        """Write the whole file, or none of it."""
        content = content_of(path, text)
        with self._one_at_a_time:
            self._refuse_changed(path, edit)
            try:
                self._write(path, content)
            except OSError as error:
                raise LibraryRefused(f"{path} cannot be written: {error.strerror}") from error
        return Kept(path=path, text=text, blob=blob_of(content), commit=None)

    def remove(self, path: str, edit: Edit) -> None:
        """Take a file away, for good."""
        refuse_name(path)
        with self._one_at_a_time:
            self._content(path)
            self._refuse_changed(path, edit)
            try:
                with self._folder_of(path, make=False) as (folder, name):
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            except OSError as error:
                raise LibraryRefused(f"{path} cannot be removed: {error.strerror}") from error

    def history(
        self,
        path: str | None = None,  # noqa: ARG002
        *,
        limit: int = 50,  # noqa: ARG002
        after: str | None = None,  # noqa: ARG002
    ) -> Sequence[Commit]:
        """There is none."""
        raise LibraryRefused(f"this library has no history: {self._why}")

    def pull(self) -> Pulled:
        """There is nothing to pull into."""
        raise LibraryRefused(f"this library cannot be pulled: {self._why}")

    def _refuse_past(self, commit: str | None) -> None:
        if commit is not None:
            raise NotKept(f"there is no commit {commit}: {self._why}")

    def _refuse_changed(self, path: str, edit: Edit) -> None:
        if edit.whatever:
            return
        try:
            now: Kept | None = self.read(path)
        except NotKept:
            now = None
        if (now.blob if now else None) != edit.expected:
            raise ChangedSince(path, now)

    def _paths(self) -> list[str]:
        """Regular files with good names; links are passed over, to folders as well."""
        found: list[str] = []
        for folder, folders, names in os.walk(self._root, followlinks=False):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            inside = Path(folder).relative_to(self._root)
            found += [str(inside / name) for name in names if is_name(str(inside / name))]
            if len(found) > FILES_MAX:
                raise LibraryRefused(f"{self._root} holds over {FILES_MAX} documents")
        return sorted(found)

    def _content(self, path: str) -> bytes:
        try:
            with self._folder_of(path, make=False) as (folder, name):
                file = os.open(name, _FILE, dir_fd=folder)
                with os.fdopen(file, "rb") as opened:
                    if not stat.S_ISREG(os.fstat(file).st_mode):
                        raise NotKept(f"there is no file {path}")
                    content = opened.read(FILE_BYTES_MAX + 1)
        except OSError as error:
            raise NotKept(f"there is no file {path}") from error
        if len(content) > FILE_BYTES_MAX:
            raise NotKept(f"{path} is too large for a document")
        return content

    def _write(self, path: str, content: bytes) -> None:
        with self._folder_of(path, make=True) as (folder, name):
            half = f".{name}.{os.getpid()}"
            with contextlib.suppress(FileNotFoundError):  # of one that was cut off
                os.unlink(half, dir_fd=folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(half, flags, 0o644, dir_fd=folder)
            with os.fdopen(file, "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(file)
            os.rename(half, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)

    @contextmanager
    def _folder_of(self, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
        """The folder of a file, gone into step by step and never through a link."""
        *folders, name = path.split("/")
        at = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for each in folders:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(each, dir_fd=at)
                below = os.open(each, _DIRECTORY, dir_fd=at)
                os.close(at)
                at = below
            yield at, name
        finally:
            os.close(at)
