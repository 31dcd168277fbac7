"""A library in git: every change is a commit by its author."""

from __future__ import annotations

import posixpath
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from orchestrator.library.parts import beside_in, blob_of_text, content_of, found_in
from orchestrator.library.repository import MovedOn, Repository
from orchestrator.library.run_git import GitFailed
from orchestrator.ports.library import (
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
    refuse_name,
)

FETCH_LIMIT_S: Final = 25.0
TURNS_MAX: Final = 5
EARLIER_MAX: Final = 20
"""So many commits in which a content came or went are looked at for a profile's place."""
_PASSWORD: Final = re.compile(r"(?<=://)[^@/]*@")


class GitLibrary:
    """`ports.library.Library` on a bare repository."""

    def __init__(self, repository: Repository, remote: str = "") -> None:
        self._repository = repository
        self._remote = remote
        self._one_at_a_time = threading.Lock()
        self._pulling = threading.Lock()

    def standing(self) -> Standing:
        """Where it is, and how far."""
        return Standing(
            kind="git",
            where=str(self._repository.path),
            why="",
            branch=self._repository.branch,
            commit=self._repository.head(),
            remote=_PASSWORD.sub("", self._remote),
        )

    def entries(self, commit: str | None = None) -> Sequence[Entry]:
        """All documents of the newest commit, or of another."""
        at = self._at(commit)
        return self._repository.entries(at) if at else []

    def read(self, path: str, commit: str | None = None) -> Kept:
        """One of them."""
        refuse_name(path)
        at = self._at(commit)
        kept = self._kept(at, path) if at else None
        if kept is None:
            raise NotKept(f"there is no {path} in the library{f' at {commit}' if commit else ''}")
        return kept

    def beside(self, path: str, commit: str | None = None) -> Mapping[str, str]:
        """What a profile there may include."""
        near = beside_in(path, self.entries(commit), lambda each: each.blob)
        texts = self._repository.texts(list(near.values())) if near else {}
        return {name: texts[blob] for name, blob in near.items()}

    def find(self, text: str, files: Mapping[str, str]) -> Place | None:
        """Where the same content stands, now or as it was."""
        head = self._repository.head()
        if head is None:
            return None
        blob = blob_of_text(text)
        for commit in (head, *self._repository.with_blob(blob, EARLIER_MAX)):
            path = found_in(self._repository.entries(commit), text, files)
            if path is not None:
                return Place(path=path, commit=commit)
        return None

    def save(self, path: str, text: str, edit: Edit) -> Kept:
        """Commit a text."""
        content = content_of(path, text)
        what = edit.message or f"Write {path}"
        return self._changed(path, content, replace(edit, message=what)) or self.read(path)

    def remove(self, path: str, edit: Edit) -> None:
        """Commit that it is gone."""
        refuse_name(path)
        self.read(path)
        what = edit.message or f"Take {path} away"
        self._changed(path, None, replace(edit, message=what))

    def history(
        self, path: str | None = None, *, limit: int = 50, after: str | None = None
    ) -> Sequence[Commit]:
        """Newest first."""
        if path is not None:
            refuse_name(path)
        start = self._at(after)
        if start is None:
            return []
        found = self._repository.log(start, path, limit, 1 if after else 0)
        if not found and path is not None and after is None:
            raise NotKept(f"there never was a {path} in the library")
        return found

    def pull(self) -> Pulled:
        """Go on to what the remote has, never back and never sideways."""
        if not self._remote:
            raise LibraryRefused(
                "no remote is declared: 'axenic leader --library-remote URL', or 'library: "
                "{remote: URL}' in the cluster document"
            )
        with self._pulling:
            try:
                there = self._repository.fetch(self._remote, self._repository.branch, FETCH_LIMIT_S)
            except GitFailed as error:
                said = _PASSWORD.sub("", str(error))
                raise LibraryRefused(f"the remote could not be pulled: {said}") from error
            return self._forwarded(there)

    def _forwarded(self, there: str) -> Pulled:
        repository = self._repository
        for _ in range(TURNS_MAX):
            head = repository.head()
            if head == there:
                return Pulled(outcome="up-to-date", commit=head, text="nothing new")
            if head is not None and repository.is_ancestor(there, head):
                text = f"the remote lacks {repository.ahead(head, there)} commits of this library"
                return Pulled(outcome="ahead", commit=head, text=text)
            if head is not None and not repository.is_ancestor(head, there):
                raise self._diverged(head, there)
            new = repository.ahead(there, head) if head else 0
            repository.entries(there)
            try:
                repository.move(there, head)
            except MovedOn:
                continue
            return Pulled(outcome="forwarded", commit=there, text=f"{new or 'all'} commits new")
        raise LibraryRefused("others change the library all the time: try again")

    def _diverged(self, head: str, there: str) -> LibraryRefused:
        repository, branch = self._repository, self._repository.branch
        here, remote = repository.ahead(head, there), repository.ahead(there, head)
        return LibraryRefused(
            f"the library has {here} commits that the remote lacks, and the remote {remote} that "
            "the library lacks, so nothing was changed. Bring them together where you have the "
            f"remote's clone, on the leader's machine: 'git pull --no-rebase {repository.path} "
            f"{branch}', mend what git asks you to, 'git push', and pull again"
        )

    def _changed(self, path: str, content: bytes | None, edit: Edit) -> Kept | None:
        """The file as it is kept; None if it is no more, or was so already."""
        repository = self._repository
        with self._one_at_a_time:
            for _ in range(TURNS_MAX):
                head = repository.head()
                now = self._kept(head, path) if head else None
                if not edit.whatever and (now.blob if now else None) != edit.expected:
                    raise ChangedSince(path, now)
                if content is not None and now and now.blob == blob_of(content):
                    return now
                self._refuse_clash(path, head)
                try:
                    tree = repository.with_change(head, path, content)
                    made = repository.add(tree, head, edit, edit.message)
                except MovedOn:
                    continue
                except (GitFailed, OSError) as error:
                    raise LibraryRefused(f"git did not keep {path}: {error}") from error
                return self._kept(made, path)
        raise LibraryRefused("others change the library all the time: try again")

    def _refuse_clash(self, path: str, head: str | None) -> None:
        for each in self._repository.entries(head) if head else ():
            longer, shorter = sorted((each.path, path), key=len, reverse=True)
            if longer.startswith(f"{shorter}/"):
                raise LibraryRefused(f"{shorter} cannot be a file and a folder")

    def _kept(self, commit: str, path: str) -> Kept | None:
        for each in self._repository.entries(commit):
            if each.path == posixpath.normpath(path):
                text = self._repository.texts([each.blob])[each.blob]
                return Kept(path=path, text=text, blob=each.blob, commit=commit)
        return None

    def _at(self, commit: str | None) -> str | None:
        return self._repository.head() if commit is None else self._repository.commit(commit)
