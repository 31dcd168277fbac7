"""`axenic note` and `axenic audit`: what people wrote, and who did what."""

from __future__ import annotations

import json
from typing import Any

import click

from orchestrator.cli import show
from orchestrator.cli.api import Api, ask, format_option, leader_option
from orchestrator.cli.moments import moment_option
from orchestrator.cli.queue import path_of


@click.command()
@click.argument("experiment")
@click.argument("text", required=False)
@click.option("--vessel", help="What it is about; the whole experiment, if not said.")
@moment_option("--at", help="Pin it to that moment of the charts: 2026-12-01T08:00, or -10min.")
@leader_option
@format_option
def note(
    experiment: str,
    text: str | None,
    vessel: str | None,
    at: float | None,
    leader_url: str,
    form: str,
) -> None:
    """Write TEXT about EXPERIMENT; without TEXT, list what was written."""
    path = f"{path_of(experiment)}/notes"
    if text is not None:
        body = {"text": text, "vessel": vessel, "pinned_wall_s": at}
        ask(leader_url, lambda api: api.post(path, body))
        click.echo("noted")
        return
    found = ask(leader_url, lambda api: _all_notes(api, path))
    if form == "json":
        show.print_json(found)
        return
    show.table(
        ("written", "by", "vessel", "about", "note"),
        [
            (
                show.wall(each["at_wall_s"]),
                each["actor"],
                each["vessel"] or "–",
                show.wall(each["pinned_wall_s"]),
                each["text"],
            )
            for each in found
        ],
    )


async def _all_notes(api: Api, path: str) -> list[Any]:
    return [each async for each in api.pages(path)]


@click.command()
@click.argument("experiment", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@leader_option
@format_option
def audit(experiment: str | None, limit: int, leader_url: str, form: str) -> None:
    """List who did what with EXPERIMENT; without it, with everything (for administrators)."""
    path = f"{path_of(experiment)}/audit" if experiment else "/audit"
    found = ask(leader_url, lambda api: api.get(path, limit=limit))["items"]
    if form == "json":
        show.print_json(found)
        return
    show.table(
        ("when", "who", "as", "from", "what", "experiment", "asked", "outcome"),
        [
            (
                show.wall(each["at_wall_s"]),
                each["actor"],
                each["role"],
                each["address"],
                each["deed"],
                each["experiment"] or "–",
                asked_for(each["detail"]),
                outcome(each["status"]),
            )
            for each in found
        ],
    )


def asked_for(detail: dict[str, Any]) -> str:
    """What of it says something; 0 does."""
    said = {name: value for name, value in detail.items() if value not in (None, "", [], {})}
    return json.dumps(said, ensure_ascii=False)[:80] if said else "–"


def outcome(status: int | None) -> str:
    """What a status means here."""
    if status is None:
        return "not known"
    if status < 400:
        return "done"
    return f"refused ({status})" if status < 500 else f"failed ({status})"
