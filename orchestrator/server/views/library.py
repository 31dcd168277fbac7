"""A laboratory's own profiles, and their past."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from orchestrator.server.views.common import Limit

COMMIT = "^[0-9a-f]{40}$"
CommitName = Annotated[str, msgspec.Meta(pattern=COMMIT, description="The whole hash of a commit.")]
Message = Annotated[str, msgspec.Meta(max_length=500)]
DocumentText = Annotated[str, msgspec.Meta(max_length=1024 * 1024)]


class LibraryStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The library as a whole."""

    kind: Literal["git", "folder"]
    """Only `git` has history, difference, restore and pull."""
    where: str
    """On the leader's machine."""
    why: str
    """Why there is no history; empty with git."""
    branch: str
    commit: str | None
    """The newest; null while there is none."""
    remote: str
    """From where it is pulled; empty if from nowhere."""


class LibraryFile(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the library."""

    path: str
    blob: str
    """The hash of its content, which is its `ETag`."""
    size_bytes: int
    is_profile: bool
    name: str
    """A profile's; else the file's."""
    description: str
    tags: list[str]


class CommitQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which version; the newest if none is named."""

    commit: CommitName | None = None


class LibraryText(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is, or was."""

    path: str
    file: str
    """Its name, without its folder."""
    text: str
    files: dict[str, str]
    """What it includes, by paths from its folder."""
    blob: str
    commit: str | None
    """Of the library, from which this was read."""


class NewText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a document is to say."""

    text: DocumentText
    message: Message = ""
    """What was changed, and why."""


class Removal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a document goes."""

    message: Message = ""


class Restoration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version is to come back."""

    commit: CommitName
    message: Message = ""


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How far back."""

    limit: Limit = 50
    cursor: CommitName | None = None
    """`next` of the page before."""


class LibraryCommit(msgspec.Struct, frozen=True, kw_only=True):
    """One change, by somebody."""

    id: str
    author: str
    at_wall_s: float
    message: str


class ComparedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Between which two versions."""

    old: CommitName
    new: CommitName | None = None
    """The newest if none is named."""


class TextDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What was written differently."""

    old: str
    new: str | None
    difference: str
    """As `diff -u` writes it; empty where nothing is another."""


class PullResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull came to."""

    outcome: Literal["up-to-date", "forwarded", "ahead"]
    """`ahead`: the remote has nothing new, and lacks commits of this library."""
    commit: str | None
    text: str
