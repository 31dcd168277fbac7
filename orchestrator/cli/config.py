"""`axenic config`: the cluster document of the leader, with its past. For administrators."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.profiles import SHORT, message_option

HERE: Final = "/configuration"


@click.group(invoke_without_command=True)
@leader_option
@format_option
@click.pass_context
def config(context: click.Context, leader_url: str, form: str) -> None:
    """Print the leader's cluster document, and tell what of it waits for a restart."""
    if context.invoked_subcommand is not None:
        return
    found = ask(leader_url, lambda api: api.get(HERE))
    if form == "json":
        show.print_json(found)
        return
    click.echo(found["text"], nl=False)
    _tell(found)


@config.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@message_option
@leader_option
def save(file: Path, message: str, leader_url: str) -> None:
    """Let it say what FILE says, as a commit of yours."""
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        raise BadRequest(f"{file} is not UTF-8") from None

    async def write(api: Api) -> Any:
        now = await api.get(HERE)
        return await api.put(HERE, {"text": text, "message": message}, match=now["blob"])

    _tell(ask(leader_url, write))


@config.command()
@click.argument("name")
@leader_option
def worker(name: str, leader_url: str) -> None:
    """Print what the worker NAME was told to go by: its hardware. It is changed on its machine."""
    path = f"/workers/{quote(name, safe='')}/documents"
    for each in ask(leader_url, lambda api: api.get(path))["items"]:
        click.echo(each["text"], nl=False)


@config.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@leader_option
@format_option
def log(limit: int, leader_url: str, form: str) -> None:
    """List who changed it, newest first."""
    found = ask(leader_url, lambda api: api.get(f"{HERE}/history", limit=limit))["items"]
    if form == "json":
        show.print_json(found)
        return
    rows = [
        (each["id"][:SHORT], show.wall(each["at_wall_s"]), each["author"], each["message"])
        for each in found
    ]
    show.table(("commit", "when", "by", "what"), rows)


@config.command()
@click.argument("commit")
@leader_option
def diff(commit: str, leader_url: str) -> None:
    """Show what was written differently at COMMIT, against now."""

    async def compare(api: Api) -> Any:
        return await api.get(f"{HERE}/difference", old=await _whole(api, commit))

    click.echo(ask(leader_url, compare)["difference"], nl=False)


@config.command()
@click.argument("commit")
@message_option
@leader_option
def restore(commit: str, message: str, leader_url: str) -> None:
    """Let it say again what it said at COMMIT, as a new commit."""

    async def bring_back(api: Api) -> Any:
        now = await api.get(HERE)
        body = {"commit": await _whole(api, commit), "message": message}
        return await api.post(f"{HERE}/restore", body, match=now["blob"])

    _tell(ask(leader_url, bring_back))


async def _whole(api: Api, commit: str) -> str:
    """The full name of a commit of which a part was said."""
    async for each in api.pages(f"{HERE}/history"):
        if each["id"].startswith(commit):
            return str(each["id"])
    raise BadRequest(f"there is no commit {commit}; 'axenic config log' lists them")


def _tell(now: dict[str, Any]) -> None:
    """What of it is not in force yet."""
    if now["restart_for"]:
        keys = ", ".join(now["restart_for"])
        click.echo(f"Leader and workers go by {keys} once they are started again.", err=True)
