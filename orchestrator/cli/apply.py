"""`axenic apply` and `axenic rollback`: change what runs, after a look at what that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import click

from orchestrator.cli.api import Refused, ask, leader_option
from orchestrator.cli.difference import print_difference
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.experiments import explain
from orchestrator.cli.pairs import pairs

Command = TypeVar("Command", bound=Callable[..., Any])


def _agreed(command: Command) -> Command:
    """What a person has to agree to."""
    for option in (
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option(
            "--move-to", default="", metavar="PHASE", help="For vessels whose phase is gone."
        ),
        click.option("--accept-jumps", is_flag=True, help="Settings may be others at once."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("profile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "experiment", required=True, metavar="EXPERIMENT", help="What runs.")
@click.option("--input", "inputs", multiple=True, metavar="K=V", help="A value for an input.")
@_agreed
@leader_option
def apply(
    profile: Path,
    experiment: str,
    inputs: tuple[str, ...],
    accept_jumps: bool,
    move_to: str,
    yes: bool,
    leader_url: str,
) -> None:
    """Let EXPERIMENT go on by PROFILE: show the difference, ask, and change just that."""
    from orchestrator.cli.prepare import upload_of

    upload = upload_of(profile)
    body = {**upload, "inputs": pairs(inputs, "--input")}
    path = f"/experiments/{quote(experiment, safe='')}"
    try:
        shown = ask(leader_url, lambda api: api.post(f"{path}/difference", body))
        _agree(shown, experiment, yes=yes)
        terms = {
            "difference": shown["hash"],
            "accept_jumps": accept_jumps,
            "move_to": move_to,
        }
        made = ask(leader_url, lambda api: api.post(f"{path}/revisions", {**body, **terms}))
    except Refused as refusal:
        explain(refusal, {upload["file"]: upload["text"], **upload["files"]}, "text")
        raise SystemExit(1) from None
    _tell(made)


@click.command()
@click.argument("experiment")
@click.option(
    "--revision", type=click.IntRange(min=1), help="To which; to the one before if not said."
)
@_agreed
@leader_option
def rollback(
    experiment: str,
    revision: int | None,
    accept_jumps: bool,
    move_to: str,
    yes: bool,
    leader_url: str,
) -> None:
    """Let EXPERIMENT go on by an earlier revision: show the difference, ask, and go back."""
    path = f"/experiments/{quote(experiment, safe='')}"
    shown = ask(leader_url, lambda api: api.get(f"{path}/difference", revision=revision))
    _agree(shown, experiment, yes=yes)
    body = {
        "difference": shown["hash"],
        "revision": revision,
        "accept_jumps": accept_jumps,
        "move_to": move_to,
    }
    _tell(ask(leader_url, lambda api: api.post(f"{path}/rollback", body)))


def _agree(shown: Mapping[str, Any], experiment: str, *, yes: bool) -> None:
    print_difference(shown, experiment)
    if not yes and not click.confirm("\nGo on by this?", default=False):
        raise BadRequest("nothing was changed")


def _tell(made: Mapping[str, Any]) -> None:
    number = made["revision"]
    click.echo(f"{made['id']} goes on by revision {number}; workers that are away follow later")
