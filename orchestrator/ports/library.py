"""Where a laboratory keeps its profiles: a git repository of the leader's, or a plain folder.

A file is known by its path with slashes (`growth/batch.yaml`), its content by the hash that git
gives it. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

PATH_LENGTH_MAX: Final = 200
DEPTH_MAX: Final = 8
FILE_BYTES_MAX: Final = 1024 * 1024
FILES_MAX: Final = 2000
ENDINGS: Final = (".yaml", ".yml")
SECRETS: Final = "secrets.yaml"


class LibraryUnusable(RuntimeError):
    """It cannot be opened, or git does not do what it should: a person must act."""


class LibraryRefused(Exception):
    """What was asked cannot be done as things stand; the text says why and what would help."""


class NameRefused(ValueError):
    """It is no name of a document in a library."""


class NotKept(LookupError):
    """The library holds no such file, or no such version of it."""


class ChangedSince(Exception):
    """Somebody else was faster; `now` is what the file holds, None if it is gone."""

    def __init__(self, path: str, now: Kept | None) -> None:
        what = "was taken away" if now is None else "says something else"
        super().__init__(f"{path} {what} since you read it")
        self.now = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the library."""

    path: str
    blob: str
    """The hash of its content."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file as it is, or was at a commit."""

    path: str
    text: str
    blob: str
    commit: str | None
    """The library's, from which this was read; None without git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One change, by somebody."""

    id: str
    author: str
    at_wall_s: float
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Who changes something, when, and what for."""

    by: str
    at_wall_s: float
    message: str = ""
    expected: str | None = None
    """The hash of the content that was read; None: there is no such file yet."""
    whatever: bool = False
    """It does not matter what the file says now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the library a content stands."""

    path: str
    commit: str | None


PullOutcome = Literal["up-to-date", "forwarded", "ahead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull came to."""

    outcome: PullOutcome
    """`ahead`: the remote has nothing new, and lacks commits of the library."""
    commit: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The library as a whole."""

    kind: Literal["git", "folder"]
    where: str
    why: str
    """Why there is no history; empty with git."""
    branch: str
    commit: str | None
    """The newest; None while there is none, and without git."""
    remote: str
    """From where it is pulled, without passwords; empty if from nowhere."""


class Library(Protocol):
    """Files, and with git their past."""

    def standing(self) -> Standing: ...

    def entries(self, commit: str | None = None) -> Sequence[Entry]:
        """All documents by path, links and strange names left out.

        Raises:
            NotKept: there is no such commit.
        """
        ...

    def read(self, path: str, commit: str | None = None) -> Kept:
        """One of them.

        Raises:
            NameRefused, NotKept
        """
        ...

    def beside(self, path: str, commit: str | None = None) -> Mapping[str, str]:
        """What a profile there may include: texts by paths from its folder."""
        ...

    def find(self, text: str, files: Mapping[str, str]) -> Place | None:
        """Where the library has just this profile with just these included files, if anywhere."""
        ...

    def save(self, path: str, text: str, edit: Edit) -> Kept:
        """Keep a text as a commit of its author's; the same text again changes nothing.

        Raises:
            NameRefused, ChangedSince
            LibraryRefused: it is too large, or a folder has that name.
        """
        ...

    def remove(self, path: str, edit: Edit) -> None:
        """Take a file away; with git, its past stays.

        Raises:
            NameRefused, NotKept, ChangedSince
        """
        ...

    def history(
        self, path: str | None = None, *, limit: int = 50, after: str | None = None
    ) -> Sequence[Commit]:
        """Newest first, of all or of one file, from the commit that follows `after` on.

        Raises:
            NameRefused, NotKept
            LibraryRefused: there is no git here.
        """
        ...

    def pull(self) -> Pulled:
        """Take over what the remote has, if that only adds to what is here.

        Raises:
            LibraryRefused: both have changed, the remote cannot be reached, or there is none.
        """
        ...


def refuse_name(path: str) -> None:
    """Let only names of documents through that stay in their folder.

    Raises:
        NameRefused: saying why.
    """
    parts = path.split("/")
    if len(path) > PATH_LENGTH_MAX or not path.isprintable() or "\\" in path:
        raise NameRefused(f"{path[:60]!r} is no name of a file")
    if any(part in ("", ".", "..") for part in parts):
        raise NameRefused(f"'{path}' leads out of the library, or nowhere")
    if any(part.startswith(".") for part in parts):
        raise NameRefused(f"'{path}': names that begin with a dot are git's and the system's")
    if len(parts) > DEPTH_MAX:
        raise NameRefused(f"'{path}' lies more than {DEPTH_MAX} folders deep")
    if not path.endswith(ENDINGS):
        raise NameRefused(f"'{path}': the library keeps documents, which end in .yaml or .yml")
    if parts[-1] == SECRETS:
        raise NameRefused(f"'{path}': secrets are never kept in a library")


def is_name(path: str) -> bool:
    """Whether `refuse_name` lets it through."""
    try:
        refuse_name(path)
    except NameRefused:
        return False
    return True


def blob_of(content: bytes) -> str:
    """The hash by which git knows a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
