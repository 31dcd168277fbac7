"""`axenic maintenance`: what keeps the leader's store safe, how it fared, and a run of it now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import click

from orchestrator.cli import show
from orchestrator.cli.api import ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest

LOOK_S = 0.5


@click.group(invoke_without_command=True)
@leader_option
@format_option
@click.pass_context
def maintenance(context: click.Context, leader_url: str, form: str) -> None:
    """Show the steps of maintenance, how they fared, and the newest run."""
    if context.invoked_subcommand is not None:
        return
    found = ask(leader_url, lambda api: api.get("/maintenance"))
    if form == "json":
        show.print_json(found)
        return
    due = found["next_wall_s"]
    click.echo(f"Due next: {show.wall(due)}" if due is not None else "Done when somebody asks.")
    show.table(
        ("step", "tried", "done", "last done", "does"),
        [
            (
                step["name"],
                str(step["tried"]),
                f"{step['success_rate']:.0%}" if step["tried"] else "–",
                show.wall(step["last_done_wall_s"]) if step["last_done_wall_s"] else "never",
                step["does"],
            )
            for step in found["steps"]
        ],
    )
    disk = found["disk"]
    if disk["free_mib"] is not None:
        free, warn, refuse = disk["free_mib"], disk["warn_mib"], disk["refuse_mib"]
        click.echo(
            f"Disk: {free} MiB are left; people are warned below {warn} MiB, and nothing starts "
            f"below {refuse} MiB."
        )
    if found["newest"] is not None:
        _show_run(found["newest"])


@maintenance.command()
@click.argument("steps", nargs=-1)
@leader_option
@format_option
def run(steps: tuple[str, ...], leader_url: str, form: str) -> None:
    """Do STEPS now, or all of them, and follow them to their end. For administrators."""
    body = {"steps": list(steps)}
    begun = ask(leader_url, lambda api: api.post("/maintenance/runs", body))
    path, shown = f"/maintenance/runs/{begun['id']}", ""
    while begun["state"] == "running":
        time.sleep(LOOK_S)
        begun = ask(leader_url, lambda api: api.get(path))
        now = _under_way(begun)
        if form == "text" and now != shown:
            click.echo(now, err=True)
            shown = now
    if form == "json":
        show.print_json(begun)
    else:
        _show_run(begun)
    if begun["state"] != "done":
        raise BadRequest(f"run {begun['id']} of maintenance: {begun['state']}")


@maintenance.command()
@leader_option
@format_option
def runs(leader_url: str, form: str) -> None:
    """List runs of maintenance, newest first."""
    found = ask(leader_url, lambda api: api.get("/maintenance/runs"))
    if form == "json":
        show.print_json(found["items"])
        return
    show.table(
        ("run", "began", "by", "state", "steps"),
        [
            (
                str(each["id"]),
                show.wall(each["began_wall_s"]),
                each["actor"] or "the schedule",
                each["state"],
                ", ".join(f"{step['name']} {step['state']}" for step in each["steps"]),
            )
            for each in found["items"]
        ],
    )


def _under_way(run: Mapping[str, Any]) -> str:
    for step in run["steps"]:
        if step["state"] == "running":
            return f"{step['name']}: {step['share'] or 0.0:.0%}"
    return "…"


def _show_run(run: Mapping[str, Any]) -> None:
    by = f"by {run['actor']}" if run["actor"] else "by the schedule"
    click.echo(f"Run {run['id']}, {show.wall(run['began_wall_s'])}, {by}: {run['state']}")
    for step in run["steps"]:
        click.echo(f"  {step['name']}: {step['state']}{'; ' if step['text'] else ''}{step['text']}")
