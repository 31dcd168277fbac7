"""Where a leader keeps its library of profiles, and from where it pulls."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.quantity_option import QUANTITY

if TYPE_CHECKING:
    from orchestrator.ports.library import Library

OFTEN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWish:
    """What was said of it."""

    folder: Path
    remote: str = ""
    branch: str = "main"
    pull_every_s: float | None = None
    webhook_secret: str = ""

    def open(self) -> Library:
        """Open or make it.

        Raises:
            LibraryUnusable: the folder is something else.
        """
        from orchestrator.library.open_library import open_library

        return open_library(self.folder, remote=self.remote, branch=self.branch)


def library_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options, and its function a `LibraryWish`."""

    @functools.wraps(command)
    def with_wish(
        data: Path,
        library: Path | None,
        library_remote: str,
        library_branch: str,
        pull_every: float | None,
        webhook_secret: str,
        **others: Any,
    ) -> Any:
        wish = LibraryWish(
            folder=library or data / "library",
            remote=library_remote,
            branch=library_branch,
            pull_every_s=None if pull_every is None else max(pull_every, OFTEN_S),
            webhook_secret=webhook_secret,
        )
        return command(data=data, wish=wish, **others)

    for option in reversed(_OPTIONS):
        with_wish = option(with_wish)
    return with_wish


_OPTIONS = (
    click.option(
        "--library",
        type=click.Path(path_type=Path),
        help="Folder of the library of profiles; 'library' in --data if not said.",
    ),
    click.option(
        "--library-remote",
        default="",
        metavar="URL",
        help="A git repository that the library is pulled from.",
    ),
    click.option("--library-branch", default="main", show_default=True),
    click.option(
        "--pull-every",
        type=QUANTITY["time"],
        metavar="TIME",
        help="Pull the library at start and so often: '15 min'.",
    ),
    click.option(
        "--webhook-secret",
        default="",
        envvar="AXENIC_WEBHOOK_SECRET",
        show_envvar=True,
        help="With which the remote's host signs its calls; better not on the command line.",
    ),
)
