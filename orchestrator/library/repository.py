"""A bare repository, asked and changed by git's own plumbing.

A commit is made wholly beside the branch; the branch then moves in one step, from the commit that
was looked at and from no other. Whoever dies in between leaves objects that nobody refers to.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from orchestrator.library.run_git import LIMIT_S, GitFailed, run_git
from orchestrator.ports.library import (
    FILE_BYTES_MAX,
    FILES_MAX,
    Commit,
    Edit,
    Entry,
    LibraryRefused,
    LibraryUnusable,
    NotKept,
    is_name,
)

NOTHING: Final = "0" * 40
NO: Final = 1
"""What git ends with where that is its answer, and no trouble."""
_UNHEARD_OF: Final = "Not a valid"
LOOSE_MAX: Final = 5000
"""Some 1,200 saves."""
TIDY_LIMIT_S: Final = 60.0
LOCK_OF_NOBODY_S: Final = LIMIT_S + 10.0
"""No git of ours lives as long as a lock that is older; its owner lost power."""
_HASH: Final = re.compile(r"[0-9a-f]{40}")
_LOG: Final = "--format=%H%x00%an%x00%at%x00%B"
_PLAIN_FILES: Final = (b"100644", b"100755")
_CRUD: Final = re.compile(r"[^\w .@+-]")
_ADDRESS: Final = re.compile(r"[^a-z0-9._-]+")


class Repository:
    """One branch of it."""

    def __init__(self, path: Path, branch: str) -> None:
        self.path = path
        self.branch = branch
        self._ref = f"refs/heads/{branch}"

    def head(self) -> str | None:
        """The newest commit."""
        return self._resolved(self._ref)

    def commit(self, name: str) -> str:
        """The full name of a commit that belongs to the branch.

        Raises:
            NotKept: it does not.
        """
        head = self.head()
        if head is not None and _HASH.fullmatch(name) and self.is_ancestor(name, head):
            return name
        raise NotKept(f"there is no commit {name[:40]} in the library")

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether the newer one holds all of the older; what is not there is held by none.

        Raises:
            LibraryUnusable: git does not say.
        """
        try:
            self._git("merge-base", "--is-ancestor", older, newer)
        except GitFailed as error:
            if error.code == NO or _UNHEARD_OF in str(error):
                return False
            raise
        return True

    def entries(self, commit: str) -> list[Entry]:
        """Its documents; links, modules of others and strange names are passed over."""
        found = []
        for line in self._git("ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0"):
            about, _, name = line.partition(b"\t")
            path = name.decode("utf-8", "replace")
            mode, _kind, blob, size = about.split() if line else (b"", b"", b"", b"-")
            if mode not in _PLAIN_FILES or not is_name(path):
                continue
            if size == b"BAD":
                raise LibraryUnusable(f"{self.path} lost {path}: 'git fsck' there tells how much")
            if int(size) <= FILE_BYTES_MAX:
                found.append(Entry(path=path, blob=blob.decode(), size_bytes=int(size)))
        if len(found) > FILES_MAX:
            raise LibraryRefused(f"the library holds over {FILES_MAX} documents")
        return found

    def texts(self, blobs: Sequence[str]) -> dict[str, str]:
        """Contents by their hashes."""
        asked = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs)).encode()
        wrote, found, at = self._git("cat-file", "--batch", given=asked), {}, 0
        while at < len(wrote):
            end = wrote.index(b"\n", at)
            blob, _kind, size = wrote[at:end].split()
            at = end + 1 + int(size)
            found[blob.decode()] = wrote[end + 1 : at].decode("utf-8", "replace")
            at += 1
        return found

    def with_change(self, head: str | None, path: str, content: bytes | None) -> str:
        """The tree of a commit with one file more, another or less (None)."""
        with tempfile.TemporaryDirectory(prefix="axenic-", dir=self.path) as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if head is not None:
                self._git("read-tree", head, more=index)
            if content is None:
                line = f"0 {NOTHING}\t{path}\0"
            else:
                blob = self._git("hash-object", "-w", "--stdin", given=content).decode().strip()
                line = f"100644 {blob}\t{path}\0"
            self._git("update-index", "-z", "--index-info", given=line.encode(), more=index)
            return self._git("write-tree", more=index).decode().strip()

    def add(self, tree: str, head: str | None, edit: Edit, message: str) -> str:
        """Move the branch on by a commit of its author's.

        Raises:
            MovedOn: the branch is not at `head` any more.
        """
        words = ["commit-tree", tree, *(["-p", head] if head else [])]
        made = self._git(*words, given=message.encode(), more=_identity(edit)).decode().strip()
        self.move(made, head)
        return made

    def move(self, to: str, head: str | None) -> None:
        """Let the branch be there, if it is where it was.

        Raises:
            MovedOn: it is not.
        """
        words = ("update-ref", self._ref, to, head or NOTHING)
        try:
            self._git(*words)
        except GitFailed as error:
            if "File exists" in str(error) and self._free_of_the_dead():
                self._git(*words)
            elif self.head() != head:
                raise MovedOn from error
            else:
                raise

    def log(self, start: str, path: str | None, limit: int, skip: int) -> list[Commit]:
        """Newest first."""
        words = ["log", "-z", f"-n{limit}", f"--skip={skip}", _LOG, start, "--"]
        wrote = self._git(*words, *([path] if path else [])).decode("utf-8", "replace")
        parts = wrote.split("\0")
        return [
            Commit(id=commit.strip(), author=author, at_wall_s=float(at), message=message.strip())
            for commit, author, at, message in zip(*[iter(parts)] * 4, strict=False)
        ]

    def with_blob(self, blob: str, limit: int) -> list[str]:
        """The newest commits in which a content came or went."""
        head = self.head()
        if head is None:
            return []
        words = ("log", f"-n{limit}", "--format=%H", f"--find-object={blob}", head)
        return self._git(*words).decode().split()

    def fetch(self, remote: str, branch: str, limit_s: float) -> str:
        """What a remote's branch is at, with all that belongs to it."""
        there = "refs/axenic/remote"
        words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc")
        self._git(*words, "--", remote, f"+refs/heads/{branch}:{there}", limit_s=limit_s)
        found = self._resolved(there)
        if found is None:
            raise GitFailed(f"the remote has no branch {branch}")
        return found

    def ahead(self, newer: str, older: str) -> int:
        """How many commits the one has and the other lacks."""
        return int(self._git("rev-list", "--count", f"{older}..{newer}"))

    def tidy(self, loose_max: int = LOOSE_MAX) -> None:
        """Pack what many saves left lying about, while nobody writes yet; else it waits."""
        if int(self._git("count-objects").split()[0]) > loose_max:
            self._git("gc", "--quiet", limit_s=TIDY_LIMIT_S)

    def _resolved(self, name: str) -> str | None:
        try:
            wrote = self._git("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
        except GitFailed as error:
            if "dubious ownership" in str(error) or not (self.path / "HEAD").is_file():
                raise LibraryUnusable(f"{self.path} cannot be used: {error}") from error
            if error.code != NO:
                raise
            return None
        return wrote.decode().strip()

    def _free_of_the_dead(self) -> bool:
        """Take away the locks of a move whose owner lost power: of the branch, and of HEAD, which
        git holds for its log."""
        for name in (self._ref, "HEAD"):
            lock = self.path / f"{name}.lock"
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime < LOCK_OF_NOBODY_S:
                    return False
                lock.unlink()
        return True

    def _git(
        self,
        *words: str,
        given: bytes = b"",
        more: Mapping[str, str] | None = None,
        limit_s: float = LIMIT_S,
    ) -> bytes:
        return run_git(self.path, *words, given=given, more=more, limit_s=limit_s)


class MovedOn(Exception):
    """Somebody else changed the branch meanwhile: look again."""


def make_repository(path: Path, branch: str) -> None:
    """An empty one, there wholly or not at all.

    Raises:
        LibraryUnusable: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        half = Path(folder) / "half"
        try:
            run_git(
                None,
                "init",
                "--quiet",
                "--bare",
                "--template=",
                f"--initial-branch={branch}",
                str(half),
            )
            half.rename(path)
        except (GitFailed, OSError) as error:
            raise LibraryUnusable(f"no library can be made at {path}: {error}") from error


def clear_halves(path: Path) -> None:
    """Take away what writers left who were cut off; only while nobody else writes."""
    for each in path.glob("axenic-*"):
        shutil.rmtree(each, ignore_errors=True)


def _identity(edit: Edit) -> dict[str, str]:
    """Its author as git can write it down; the leader commits."""
    name = _CRUD.sub("", edit.by).strip(" .") or "somebody"
    address = _ADDRESS.sub("-", edit.by.lower()).strip("-.") or "somebody"
    at = f"@{max(0, int(edit.at_wall_s))} +0000"
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": f"{address}@axenic.invalid",
        "GIT_AUTHOR_DATE": at,
        "GIT_COMMITTER_NAME": "Axenic",
        "GIT_COMMITTER_EMAIL": "leader@axenic.invalid",
        "GIT_COMMITTER_DATE": at,
    }
