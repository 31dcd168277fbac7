"""`axenic alerts`: what people should know, and what they say to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import click

from orchestrator.cli import show
from orchestrator.cli.api import ask, format_option, leader_option
from orchestrator.cli.quantity_option import QUANTITY

note_option = click.option("--note", default="", help="Why; kept with the alert.")


@click.group(invoke_without_command=True)
@click.option("--experiment", help="Of this experiment only.")
@click.option("--all", "all_", is_flag=True, help="Those that are seen or over, too.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@leader_option
@format_option
@click.pass_context
def alerts(
    context: click.Context,
    experiment: str | None,
    all_: bool,
    limit: int,
    leader_url: str,
    form: str,
) -> None:
    """List what people should know, newest first; say that it is seen, over, or not wanted."""
    if context.invoked_subcommand is not None:
        return
    query = {"experiment": experiment, "open": "false" if all_ else "true", "limit": limit}
    asked = {name: value for name, value in query.items() if value is not None}
    found = ask(leader_url, lambda api: api.get("/alerts", **asked))["items"]
    if form == "json":
        show.print_json(found)
    elif not found:
        click.echo("There is nothing that you should know.")
    else:
        show.table(
            ("id", "severity", "state", "raised", "times", "kind", "where", "told", "what"),
            [
                (
                    str(each["id"]),
                    each["severity"],
                    _state(each),
                    show.wall(each["raised_wall_s"]),
                    str(each["count"]),
                    each["source"],
                    _where(each),
                    _told(each),
                    each["text"],
                )
                for each in found
            ],
        )


@alerts.command()
@click.argument("ids", nargs=-1, required=True, type=click.IntRange(min=1))
@note_option
@leader_option
def ack(ids: tuple[int, ...], note: str, leader_url: str) -> None:
    """Say that you have seen the alerts IDS."""
    for each in ids:
        said = _say(leader_url, each, "acknowledge", note)
        click.echo(f"{each}: seen by {said['acknowledged_by']}")


@alerts.command()
@click.argument("ids", nargs=-1, required=True, type=click.IntRange(min=1))
@note_option
@leader_option
def resolve(ids: tuple[int, ...], note: str, leader_url: str) -> None:
    """Say that what the alerts IDS tell is over."""
    for each in ids:
        said = _say(leader_url, each, "resolve", note)
        by = f", as {said['resolved_by']} says" if said["resolved_by"] else " already, by itself"
        click.echo(f"{each}: over{by}")


@alerts.command()
@click.option("--kind", "source", help="As `axenic alerts` shows it: offline, calibration, ….")
@click.option("--reactor", "place", help="A worker with all that it has, or worker/reactor.")
@click.option("--experiment", help="An experiment.")
@click.option("--for", "for_s", type=QUANTITY["time"], required=True, help="How long: 2 h, 3 d.")
@click.option("--reason", default="", help="Why; others see it.")
@leader_option
def silence(
    source: str | None,
    place: str | None,
    experiment: str | None,
    for_s: float,
    reason: str,
    leader_url: str,
) -> None:
    """Let nobody be told of some alerts for a while."""
    body = {
        "source": source,
        "place": place,
        "experiment": experiment,
        "for_s": for_s,
        "reason": reason,
    }
    made = ask(leader_url, lambda api: api.post("/silences", body))
    click.echo(f"silence {made['id']} until {show.wall(made['until_wall_s'])}")


@alerts.command()
@leader_option
@format_option
def silences(leader_url: str, form: str) -> None:
    """List the silences in force."""
    found = ask(leader_url, lambda api: api.get("/silences"))["items"]
    if form == "json":
        show.print_json(found)
    elif not found:
        click.echo("Nothing is silenced.")
    else:
        show.table(
            ("id", "kind", "reactor", "experiment", "until", "by", "reason"),
            [
                (
                    str(each["id"]),
                    *(each[name] or "any" for name in ("source", "place", "experiment")),
                    show.wall(each["until_wall_s"]),
                    each["actor"],
                    each["reason"],
                )
                for each in found
            ],
        )


@alerts.command()
@click.argument("silence_id", metavar="SILENCE", type=click.IntRange(min=1))
@leader_option
def end(silence_id: int, leader_url: str) -> None:
    """End SILENCE before its time."""
    ask(leader_url, lambda api: api.post(f"/silences/{silence_id}/end", {}))
    click.echo("ended")


@alerts.command()
@leader_option
@format_option
def routes(leader_url: str, form: str) -> None:
    """List the ways by which people are told, with how each does."""
    found = ask(leader_url, lambda api: api.get("/alerts/routes"))["items"]
    if form == "json":
        show.print_json(found)
    elif not found:
        click.echo("Nobody is told of alerts: see `notifications:` of a cluster document.")
    else:
        show.table(
            ("route", "leads to", "tells", "of", "when", "last told", "waiting", "problem"),
            [
                (
                    each["name"],
                    " or ".join(each["to"]),
                    ", ".join(each["severities"]) + (", over" if each["resolved"] else ""),
                    ", ".join(each["users"]) or "all",
                    _hours(each),
                    show.wall(each["told_wall_s"]),
                    str(each["waiting"]),
                    f"{each['problem']} ({each['tries']} times)" if each["problem"] else "",
                )
                for each in found
            ],
        )


@alerts.command()
@click.argument("route", required=False)
@leader_option
@format_option
def test(route: str | None, leader_url: str, form: str) -> None:
    """Send a test message by ROUTE, or by each one, and show which arrived."""
    query = f"?{urlencode({'route': route})}" if route else ""
    tried = ask(leader_url, lambda api: api.post(f"/alerts/routes/test{query}"))["items"]
    if form == "json":
        show.print_json(tried)
    else:
        for each in tried:
            ended = each["problem"] or f"went out within {each['took_s']:.1f} s"
            click.echo(f"{each['route']}: {ended}")
    if any(each["problem"] for each in tried):
        raise SystemExit(1)


def _hours(route: dict[str, Any]) -> str:
    quiet = route["quiet"]
    if quiet is None:
        return "always"
    but = f", but {' and '.join(quiet['loud'])}" if quiet["loud"] else ""
    now = ", quiet now" if route["quiet_until_wall_s"] is not None else ""
    return f"not {quiet['from']} to {quiet['until']} {quiet['timezone']}{but}{now}"


def _say(leader_url: str, alert: int, what: str, note: str) -> dict[str, Any]:
    path = f"/alerts/{alert}/{what}?{urlencode({'note': note})}"
    said: dict[str, Any] = ask(leader_url, lambda api: api.post(path))
    return said


def _state(alert: dict[str, Any]) -> str:
    if alert["state"] == "silenced":
        return f"silenced until {show.wall(alert['silenced_until_wall_s'])}"
    by = {"acknowledged": alert["acknowledged_by"], "resolved": alert["resolved_by"]}
    name = by.get(alert["state"])
    return f"{alert['state']} by {name}" if name else str(alert["state"])


def _told(alert: dict[str, Any]) -> str:
    """Whom it reached."""
    if alert["delivery"] == "expired":
        return "nobody could be notified"
    told = [each["route"] for each in alert["deliveries"] if each["told_wall_s"] is not None]
    waits = alert["delivery"] == "waiting"
    return ", ".join(dict.fromkeys(told)) or ("waits" if waits else "")


def _where(alert: dict[str, Any]) -> str:
    return " ".join(filter(None, (alert["experiment"], alert["vessel"] or alert["worker"]))) or "–"
