"""`axenic profiles`: the leader's library of profiles, its past, and its remote."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, Refused, ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.files import written_new
from orchestrator.model.text_difference import text_difference

SHORT = 12
"""So much of a commit's name is shown, and enough to name it."""
message_option = click.option("-m", "--message", default="", help="What was changed, and why.")


@click.group(invoke_without_command=True)
@leader_option
@format_option
@click.pass_context
def profiles(context: click.Context, leader_url: str, form: str) -> None:
    """List the library; its subcommands read, change and pull it."""
    if context.invoked_subcommand is not None:
        return

    async def look(api: Api) -> tuple[Any, Any]:
        return await api.get("/library"), [each async for each in api.pages("/library/files")]

    library, files = ask(leader_url, look)
    if form == "json":
        show.print_json({"library": library, "files": files})
        return
    if library["why"]:
        click.secho(f"Without history: {library['why']}", fg="yellow", err=True)
    if not files:
        click.echo("The library is empty; 'axenic profiles save FILE' begins it.")
        return
    rows = [(each["path"], each["name"], each["description"]) for each in files]
    show.table(("path", "name", "description"), rows)


@profiles.command(name="show")
@click.argument("path")
@click.option("--commit", help="As it was then.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file for it.")
@leader_option
def show_(path: str, commit: str | None, out: Path | None, leader_url: str) -> None:
    """Print PATH of the library, or write it to a file."""

    async def read(api: Api) -> Any:
        return await api.get(_path(path), commit=await _whole(api, path, commit))

    text: str = ask(leader_url, read)["text"]
    if out is None:
        click.echo(text, nl=False)
    else:
        with written_new(out, "--out") as file:
            file.write(text.encode())


@profiles.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "path", help="Its path in the library; the file's name if not said.")
@click.option("--replace", is_flag=True, help="Let it take the place of what is there.")
@message_option
@leader_option
def save(file: Path, path: str | None, replace: bool, message: str, leader_url: str) -> None:
    """Keep FILE in the library, as a commit of yours."""
    path = path or file.name
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        raise BadRequest(f"{file} is not UTF-8") from None

    async def write(api: Api) -> Any:
        now = await _now(api, path)
        if now is not None and now["text"] != text and not replace:
            _show_lines(text_difference(now["text"], text, "library", str(file)))
            raise BadRequest(f"{path} says something else; --replace takes its place")
        body = {"text": text, "message": message}
        return await api.put(_path(path), body, match=None if now is None else now["blob"])

    _tell(ask(leader_url, write), "saved")


@profiles.command()
@click.argument("path")
@message_option
@leader_option
def remove(path: str, message: str, leader_url: str) -> None:
    """Take PATH out of the library; with git, its past stays."""

    async def take_away(api: Api) -> None:
        now = await api.get(_path(path))
        await api.post(f"{_path(path)}/remove", {"message": message}, match=now["blob"])

    ask(leader_url, take_away)
    click.echo(f"{path}: taken away")


@profiles.command()
@click.argument("path", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@leader_option
@format_option
def log(path: str | None, limit: int, leader_url: str, form: str) -> None:
    """List who changed the library, or PATH of it, newest first."""
    where = "/library/history" if path is None else f"{_path(path)}/history"
    found = ask(leader_url, lambda api: api.get(where, limit=limit))["items"]
    if form == "json":
        show.print_json(found)
        return
    show.table(
        ("commit", "when", "by", "what"),
        [
            (
                each["id"][:SHORT],
                show.wall(each["at_wall_s"]),
                each["author"],
                each["message"].partition("\n")[0],
            )
            for each in found
        ],
    )


@profiles.command()
@click.argument("path")
@click.argument("old")
@click.argument("new", required=False)
@leader_option
def diff(path: str, old: str, new: str | None, leader_url: str) -> None:
    """Show what was written differently in PATH at OLD and at NEW, or now."""

    async def compare(api: Api) -> Any:
        commits = {"old": await _whole(api, path, old), "new": await _whole(api, path, new)}
        return await api.get(f"{_path(path)}/difference", **commits)

    _show_lines(ask(leader_url, compare)["difference"])


@profiles.command()
@click.argument("path")
@click.argument("commit")
@message_option
@leader_option
def restore(path: str, commit: str, message: str, leader_url: str) -> None:
    """Let PATH say again what it said at COMMIT, as a new commit."""

    async def bring_back(api: Api) -> Any:
        body = {"commit": await _whole(api, path, commit), "message": message}
        now = await _now(api, path)
        match = None if now is None else now["blob"]
        return await api.post(f"{_path(path)}/restore", body, match=match)

    _tell(ask(leader_url, bring_back), "restored")


@profiles.command()
@leader_option
def pull(leader_url: str) -> None:
    """Take over what the library's remote has, if that only adds to what is here."""
    pulled = ask(leader_url, lambda api: api.post("/library/pull"))
    at = f" ({pulled['commit'][:SHORT]})" if pulled["commit"] else ""
    click.echo(f"{pulled['outcome']}: {pulled['text']}{at}")


def _path(path: str) -> str:
    return f"/library/files/{quote(path, safe='')}"


async def _now(api: Api, path: str) -> Any:
    """What the library says now; None if it has no such file."""
    try:
        return await api.get(_path(path))
    except Refused as refused:
        if refused.problem.get("status") != 404:
            raise
        return None


async def _whole(api: Api, path: str, commit: str | None) -> str | None:
    """A commit's whole name, from its beginning as it is shown."""
    if commit is None or len(commit) == 40:
        return commit
    found = [
        each["id"]
        async for each in api.pages(f"{_path(path)}/history", limit=1000)
        if each["id"].startswith(commit)
    ]
    if len(found) != 1:
        which = "there is no" if not found else "there is more than one"
        raise BadRequest(f"{which} commit {commit} of {path}; 'axenic profiles log' lists them")
    return str(found[0])


def _tell(kept: Any, what: str) -> None:
    at = f" in {kept['commit'][:SHORT]}" if kept["commit"] else ""
    click.echo(f"{kept['path']}: {what}{at}")


def _show_lines(difference: str) -> None:
    for line in difference.splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line, fg=colour)
