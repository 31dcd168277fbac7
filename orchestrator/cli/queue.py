"""`axenic queue`: what waits and why, and what people do with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import Refused, ask, format_option, leader_option
from orchestrator.cli.exits import BadRequest
from orchestrator.cli.experiments import explain
from orchestrator.cli.moments import moment_option
from orchestrator.cli.pairs import pairs

ON = "VESSEL=REACTOR|tag:TAG|pool:POOL"


@click.group(invoke_without_command=True)
@leader_option
@format_option
@click.pass_context
def queue(context: click.Context, leader_url: str, form: str) -> None:
    """List what waits, in the order of turns; its subcommands change it."""
    if context.invoked_subcommand is None:
        show_queue(ask(leader_url, lambda api: api.get("/queue")), form)


def show_queue(found: Mapping[str, Any], form: str) -> None:
    """Each entry with the reason why it waits, and when it may start."""
    if form == "json":
        show.print_json(found)
        return
    if found["hold"] is not None:
        hold = found["hold"]
        note = f": {hold['note']}" if hold["note"] else ""
        click.secho(f"The queue is held by {hold['by']}{note}", fg="yellow")
    if not found["entries"]:
        click.echo("Nothing waits.")
        return
    show.table(
        ("turn", "experiment", "name", "by", "priority", "waits since", "why", "may start"),
        [
            (
                str(each["position"]),
                each["experiment"]["id"],
                each["experiment"]["name"],
                each["experiment"]["actor"],
                str(each["experiment"]["priority"] or "–"),
                show.wall(each["experiment"]["created_wall_s"]),
                each["reason"] or "starts now",
                when(each),
            )
            for each in found["entries"]
        ],
    )


def when(entry: Mapping[str, Any]) -> str:
    """An estimate in words, with what it is known from."""
    soon, late = (entry[f"{bound}_wall_s"] for bound in ("earliest", "latest"))
    if soon is None:
        return "not by itself"
    if late is None:
        words = f"not before {show.wall(soon)}"
    elif late - soon < 60:
        words = show.wall(soon)
    else:
        words = f"{show.wall(soon)} to {show.wall(late)}"
    return f"{words} ({entry['basis']})"


@queue.command()
@click.argument("experiment")
@click.option("--before", metavar="OTHER", help="To where OTHER stands.")
@click.option("--first", is_flag=True, help="Before all others.")
@click.option("--last", is_flag=True, help="Behind all others.")
@leader_option
def move(experiment: str, before: str | None, first: bool, last: bool, leader_url: str) -> None:
    """Move EXPERIMENT among your own entries; administrators move it among all."""
    to = [before] if before else []
    to += ["first"] * first + ["last"] * last
    if len(to) != 1:
        raise click.UsageError("say where: --before OTHER, --first or --last")
    ask(leader_url, lambda api: api.post(f"{path_of(experiment)}/move", {"to": to[0]}))
    show_queue(ask(leader_url, lambda api: api.get("/queue")), "text")


@queue.command()
@click.argument("experiment", required=False)
@click.option("--note", default="", help="Why; everybody sees it.")
@leader_option
def hold(experiment: str | None, note: str, leader_url: str) -> None:
    """Keep EXPERIMENT from starting; without it the whole queue, for maintenance."""
    path = f"{path_of(experiment)}/hold" if experiment else "/queue/hold"
    ask(leader_url, lambda api: api.post(path, {"note": note}))
    click.echo(f"{experiment or 'the queue'} is held")


@queue.command()
@click.argument("experiment", required=False)
@leader_option
def release(experiment: str | None, leader_url: str) -> None:
    """Let EXPERIMENT start as soon as it may; without it the whole queue."""
    path = f"{path_of(experiment)}/release" if experiment else "/queue/release"
    ask(leader_url, lambda api: api.post(path))
    click.echo(f"{experiment or 'the queue'} is released")


@queue.command()
@click.argument("experiment")
@leader_option
@format_option
def copy(experiment: str, leader_url: str, form: str) -> None:
    """Queue the same as EXPERIMENT once more, for yourself."""
    made = ask(leader_url, lambda api: api.post(f"{path_of(experiment)}/copy"))
    if form == "json":
        show.print_json(made)
    else:
        click.echo(f"{made['id']}  {made['name']}  {made['state']}")


@queue.command()
@click.argument("experiment")
@click.option("--name", help="Another name.")
@click.option("--description", help="Another description.")
@click.option("--tag", "tags", multiple=True, help="Its tags, all anew.")
@click.option("--label", "labels", multiple=True, metavar="VESSEL=TEXT", help="What vessels hold.")
@click.option("--on", "bindings", multiple=True, metavar=ON, help="Where vessels run, all anew.")
@click.option("--priority", type=int, help="From -9 to 9; for administrators.")
@moment_option("--not-before", help="It starts then or later: 2026-12-01T08:00, or +2h.")
@click.option("--every", metavar="CRON", help="Start again at each such moment; '' is once.")
@click.option("--zone", help="Where that cron entry lives.")
@click.option("--input", "inputs", multiple=True, metavar="K=V", help="A value for an input.")
@click.option(
    "--profile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another profile.",
)
@click.option("--accept", "accepted", multiple=True, metavar="CHECK", help="Start in spite of it.")
@leader_option
def edit(experiment: str, leader_url: str, **given: Any) -> None:
    """Change EXPERIMENT: all of it while it waits, its words at any time."""
    from orchestrator.cli.prepare import upload_of

    upload = upload_of(given["profile"]) if given["profile"] else {}
    changes = {**changes_of(given), **upload}
    if not changes:
        raise click.UsageError("say what to change; 'axenic queue edit --help' lists it")
    before = ask(leader_url, lambda api: api.get(path_of(experiment)))
    try:
        made = ask(
            leader_url,
            lambda api: api.patch(path_of(experiment), changes, version=before["version"]),
        )
    except Refused as refusal:
        texts = {upload["file"]: upload["text"], **upload["files"]} if upload else {}
        explain(refusal, texts, "text")
        raise SystemExit(1) from None
    click.echo(f"{made['id']} is changed: {', '.join(sorted(changes))}")


def changes_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What options say is to be different."""
    plain = {"name": "name", "description": "description", "priority": "priority"}
    plain |= {"not_before": "not_before_wall_s", "every": "every", "zone": "every_zone"}
    changes = {to: given[name] for name, to in plain.items() if given[name] is not None}
    lists = {name: list(given[name]) for name in ("tags", "accepted") if given[name]}
    mappings = {
        name: pairs(given[name], option)
        for name, option in (("labels", "--label"), ("bindings", "--on"), ("inputs", "--input"))
        if given[name]
    }
    return {**changes, **lists, **mappings}


@queue.command()
@click.argument("experiment")
@leader_option
@format_option
def preflight(experiment: str, leader_url: str, form: str) -> None:
    """Show all that is looked at before EXPERIMENT starts, each check with its result."""
    checks = ask(leader_url, lambda api: api.get(f"{path_of(experiment)}/preflight"))["checks"]
    if form == "json":
        show.print_json(checks)
        return
    show.table(
        ("check", "result", "vessel", "what was found"),
        [(one["name"], one["result"], one["vessel"] or "–", one["text"]) for one in checks],
    )


@queue.command()
@click.argument("experiment")
@leader_option
def abandon(experiment: str, leader_url: str) -> None:
    """Take EXPERIMENT for cancelled, whose workers are gone for good; for administrators."""
    made = ask(leader_url, lambda api: api.post(f"{path_of(experiment)}/abandon"))
    if made["wanted"] != "cancelled":
        raise BadRequest(f"{experiment} is {made['state']}")
    click.echo(f"{experiment} is given up; a worker that comes back ends it")


def path_of(experiment: str) -> str:
    """Its address below /api."""
    return f"/experiments/{quote(experiment, safe='')}"
