"""Find out what a folder is, and open it as a library."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from orchestrator.library.git_library import GitLibrary
from orchestrator.library.plain_folder import FolderLibrary
from orchestrator.library.repository import Repository, clear_halves, make_repository
from orchestrator.library.run_git import GitFailed, git_is_there
from orchestrator.ports.library import Library, LibraryUnusable

BRANCH: Final = "main"
_LOG = logging.getLogger(__name__)


def open_library(path: Path, *, remote: str = "", branch: str = BRANCH) -> Library:
    """A bare repository is a library with a past, a folder of files one without.

    What is not there yet, or is empty, becomes a repository where there is git.

    Raises:
        LibraryUnusable: it is something else, or cannot be made.
    """
    if (path / ".git").exists():
        raise LibraryUnusable(
            f"{path} is a work tree, in which others write too. Let the leader keep a repository "
            f"of its own and pull from there: --library-remote {path.absolute()}"
        )
    if _is_repository(path):
        if not git_is_there():
            raise LibraryUnusable(f"{path} is a git repository, and git is not installed here")
        clear_halves(path)
        repository = Repository(path, branch)
        try:
            repository.tidy()
        except GitFailed as error:
            _LOG.warning("%s is not tidy: %s", path, error)
        return GitLibrary(repository, remote)
    try:
        is_new = not path.exists() or not any(path.iterdir())
        if is_new and git_is_there():
            if path.exists():
                path.rmdir()
            make_repository(path, branch)
            return GitLibrary(Repository(path, branch), remote)
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryUnusable(f"{path} cannot be used: {error}") from error
    if remote:
        why = "git is not installed here" if is_new else f"{path} is a plain folder"
        raise LibraryUnusable(f"a library with a remote needs git, but {why}")
    return FolderLibrary(
        path,
        "git is not installed on the leader's machine"
        if is_new
        else "it is a plain folder; give the leader an empty one, and it keeps a repository there",
    )


def _is_repository(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()
