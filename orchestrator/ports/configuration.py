"""What a cluster has in common, as a document of its leader's, with its past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.ports.library import Commit, Edit


class DocumentRefused(Exception):
    """It is wrong: the user mends it."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = [each for each in diagnostics if each.severity == "error"]
        super().__init__(errors[0].message if errors else "it is no axenic: cluster/1 document")
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """The document as it is now."""

    file: str
    """On the leader's machine."""
    text: str
    blob: str
    """The hash of its content."""
    differs: tuple[str, ...]
    """Keys that say something else than when the leader started."""


class Configuration(Protocol):
    """Blocks: call it in a thread."""

    def read(self) -> Configured:
        """As it is now, whoever wrote it."""
        ...

    def save(self, text: str, edit: Edit) -> Configured:
        """Check it, keep it with its past, and write the file.

        Raises:
            DocumentRefused: with all that is wrong.
            ChangedSince: somebody else was faster.
        """
        ...

    def history(self, *, limit: int, after: str | None = None) -> Sequence[Commit]:
        """Newest first.

        Raises:
            LibraryRefused: there is no git here.
            NotKept: there is no such commit.
        """
        ...

    def text_at(self, commit: str) -> str:
        """What it said then.

        Raises:
            NotKept: there is no such commit.
        """
        ...
