"""What an `axenic: cluster/1` document says, as defaults of a command's options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.exits import BadRequest

CLUSTER = "axenic.cluster"
"""Where a command's context names the document."""


def _take(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    """Let the document stand behind what is said on the command line and in the environment."""
    if path is not None:
        cluster = read_cluster(path)
        context.meta[CLUSTER] = path
        context.default_map = {**(context.default_map or {}), **defaults_of(cluster)}
        if "plugins" in cluster:
            _plug_in(path.parent / cluster["plugins"])


def _plug_in(folder: Path) -> None:
    """Let this command, and all that it starts, find plugins there if nobody said where."""
    from orchestrator.documents.catalogue import look_again
    from orchestrator.documents.plugins import VARIABLE

    os.environ.setdefault(VARIABLE, str(folder.absolute()))
    look_again()


cluster_option = click.option(
    "--cluster",
    type=click.Path(dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_take,
    help="A cluster/1 document; options said here come before what it says.",
)


def read_cluster(path: Path) -> Mapping[str, Any]:
    """The document's data, secrets put in.

    Raises:
        BadRequest: it is something else.
        SystemExit: it is wrong, and all that is wrong has been shown.
    """
    from orchestrator.documents.check import check_file
    from orchestrator.documents.report import report

    checked = check_file(path)
    if not checked.is_good:
        click.echo(report([checked]), nl=False, err=True)
        raise SystemExit(1)
    if checked.cluster is None:
        raise BadRequest(f"{path} is a {checked.kind} document; --cluster takes axenic: cluster/1")
    return checked.cluster


def defaults_of(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Options with what the document says of them; a command takes those that it has."""
    host, _, port = str(cluster.get("listen", "")).rpartition(":")
    library, upkeep = cluster.get("library", {}), cluster.get("maintenance", {})
    said = {
        "broker": cluster.get("broker"),
        "store": cluster.get("store"),
        "host": host,
        "port": port,
        "notify": cluster.get("notifications"),
        "timezone": cluster.get("timezone"),
        "open_per_user": cluster.get("open_per_user"),
        "library": library.get("folder"),
        "library_remote": library.get("remote"),
        "library_branch": library.get("branch"),
        "pull_every": library.get("pull_every"),
        "webhook_secret": library.get("webhook_secret"),
        "maintenance": upkeep.get("schedule"),
        "backups": upkeep.get("folder"),
        "keep_backups": upkeep.get("keep"),
        "sync": upkeep.get("sync"),
        "pools": [
            f"{name}={','.join(members)}" for name, members in cluster.get("pools", {}).items()
        ],
    }
    return {option: value for option, value in said.items() if value}
