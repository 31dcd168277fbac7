"""`axenic statistics`: what became of all that was started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.cli.api import ask, format_option, leader_option
from orchestrator.cli.moments import moment_option

since_option = moment_option("--since", help="Only what began then or later: 2026-11-01, or -30d.")
until_option = moment_option("--until", help="Only what began before then.")
limit_option = click.option(
    "--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="At most so many."
)
cursor_option = click.option("--cursor", help="What the page before ended with.")


@click.group(invoke_without_command=True)
@click.option(
    "--by",
    type=click.Choice(["profile", "vessel", "user"]),
    default="profile",
    show_default=True,
    help="What is counted together; a vessel is known by its reactor.",
)
@since_option
@until_option
@limit_option
@cursor_option
@leader_option
@format_option
@click.pass_context
def statistics(
    context: click.Context,
    by: str,
    since: float | None,
    until: float | None,
    limit: int,
    cursor: str | None,
    leader_url: str,
    form: str,
) -> None:
    """Count what became of attempts: success rates, last successes, lengths against estimates."""
    if context.invoked_subcommand is not None:
        return
    asked = {"by": by, "since_wall_s": since, "until_wall_s": until}
    more = {"limit": limit, "cursor": cursor}
    found = ask(leader_url, lambda api: api.get("/statistics", **asked, **more))
    if form == "json":
        show.print_json(found)
        return
    head = (
        by,
        "attempts",
        "success",
        "failed",
        "cancelled",
        "last success",
        "lasted",
        "of estimate",
    )
    total = {**found["total"], "name": "all"}
    show.table(head, [_tally(each) for each in (*found["items"], total)])
    _go_on(found)


@statistics.command()
@click.option("--profile", help="Only of this profile, by its own name.")
@click.option("--vessel", metavar="WORKER[/REACTOR]", help="Only on this reactor.")
@click.option("--user", help="Only of this user.")
@since_option
@until_option
@limit_option
@cursor_option
@leader_option
@format_option
def attempts(
    profile: str | None,
    vessel: str | None,
    user: str | None,
    since: float | None,
    until: float | None,
    limit: int,
    cursor: str | None,
    leader_url: str,
    form: str,
) -> None:
    """List attempts, newest first, with how long they were expected to last."""
    asked = {"profile": profile, "vessel": vessel, "user": user, "since_wall_s": since}
    more = {"until_wall_s": until, "limit": limit, "cursor": cursor}
    found = ask(leader_url, lambda api: api.get("/attempts", **asked, **more))
    if form == "json":
        show.print_json(found)
        return
    head = ("attempt", "profile", "by", "on", "began", "state", "lasted", "expected", "actions")
    show.table(head, [_attempt(each) for each in found["items"]])
    _go_on(found)


@statistics.command()
@click.argument("attempt")
@click.option("--vessel", help="Only of this vessel.")
@limit_option
@cursor_option
@leader_option
@format_option
def steps(
    attempt: str,
    vessel: str | None,
    limit: int,
    cursor: str | None,
    leader_url: str,
    form: str,
) -> None:
    """List phases and actions of ATTEMPT with their outcomes; 'axenic trace' tells why."""
    path = f"/attempts/{quote(attempt, safe='')}/steps"
    asked = {"vessel": vessel, "limit": limit, "cursor": cursor}
    found = ask(leader_url, lambda api: api.get(path, **asked))
    if form == "json":
        show.print_json(found)
        return
    show.table(
        ("after", "vessel", "step", "name", "detail", "outcome"),
        [
            (
                show.span(each["began_process_s"]),
                each["vessel"],
                each["kind"],
                each["name"],
                each["detail"],
                ": ".join(filter(None, (each["outcome"], each["reason"]))) or "–",
            )
            for each in found["items"]
        ],
    )
    _go_on(found)


def _go_on(found: Mapping[str, Any]) -> None:
    if found["next"]:
        click.echo(f"There is more: --cursor {found['next']}")


def _tally(tally: Mapping[str, Any]) -> tuple[str, ...]:
    rate, ratio = tally["success_rate"], tally["mean_ratio"]
    return (
        tally["name"],
        str(tally["attempts"]),
        "–" if rate is None else f"{rate:.0%}",
        str(tally["failed"]),
        str(tally["cancelled"]),
        show.wall(tally["last_success_wall_s"]),
        show.span(tally["mean_duration_s"]),
        "–" if ratio is None else f"{ratio:.0%}, {tally['within']} of {tally['estimated']} within",
    )


def _attempt(attempt: Mapping[str, Any]) -> tuple[str, ...]:
    least_s, most_s = attempt["expected_least_s"], attempt["expected_most_s"]
    bounds = " to ".join(dict.fromkeys((show.span(least_s), show.span(most_s))))
    return (
        attempt["attempt"],
        attempt["profile"],
        attempt["actor"],
        ", ".join(attempt["vessels"].values()),
        show.wall(attempt["began_wall_s"]),
        attempt["state"],
        show.span(attempt["duration_s"]),
        "–" if most_s is None else f"{bounds} ({attempt['expected_basis']})",
        ", ".join(f"{count} {outcome}" for outcome, count in attempt["outcomes"].items()),
    )
