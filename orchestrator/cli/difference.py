"""The difference of two plans, as it is shown in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click

from orchestrator.cli import show
from orchestrator.execution.describe import quantity
from orchestrator.model.canonical import plain
from orchestrator.model.plan import Plan

ROWS_MAX: Final = 12
"""Of what comes next; the JSON has all of a day."""
MARKS: Final = {"changed": ("~", "yellow"), "new": ("+", "green"), "removed": ("-", "red")}

Data = Mapping[str, Any]


def with_file(old: Plan, new: Plan, start_wall_s: float) -> Data:
    """Compare two plans that nobody runs, as if both began at once."""
    from orchestrator.planning.diff import diff

    found = diff(old, new, [each.vessel for each in old.vessels], start_wall_s)
    return {
        "hash": found.hash,
        "parts": [_whole(part) for part in found.parts],
        "jumps": [_whole(jump) for jump in found.jumps],
        "stands": [_whole(stand) for stand in found.stands],
        "coming": [_whole(row) for row in found.coming],
    }


def with_experiment(leader_url: str, profile: Path, experiment: str, inputs: Data) -> Data:
    """Have the leader compare a profile with what runs.

    Where the profile is refused, every problem is printed, and the command ends.
    """
    from orchestrator.cli.api import Refused, ask
    from orchestrator.cli.experiments import explain
    from orchestrator.cli.prepare import upload_of

    upload = upload_of(profile)
    path = f"/experiments/{quote(experiment, safe='')}/difference"
    try:
        found: Data = ask(leader_url, lambda api: api.post(path, {**upload, "inputs": inputs}))
    except Refused as refusal:
        explain(refusal, {upload["file"]: upload["text"], **upload["files"]}, "text")
        raise SystemExit(1) from None
    return found


def print_difference(found: Data, against: str) -> None:
    """What changes, what jumps, where the vessels are and what they do next."""
    revision = f", revision {found['revision']}" if "revision" in found else ""
    click.secho(f"against {against}{revision}", bold=True)
    changed = [part for part in found["parts"] if part["change"] != "unchanged"]
    _print_parts(_for_all(part for part in changed if not part["past"]))
    late = _for_all(part for part in changed if part["past"])
    if late:
        click.echo("already past, without effect:")
        _print_parts(late)
    if not changed:
        click.echo("Nothing changes.")
    click.echo(f"{len(found['parts']) - len(changed)} parts stay as they are")
    _print_jumps(found["jumps"])
    for stand in found["stands"]:
        if stand["removed"]:
            click.secho(
                f"{stand['vessel']} is in {stand['phase']}, which the new profile does not have",
                fg="red",
            )
    rows = found["coming"][:ROWS_MAX]
    if rows:
        click.echo("\nnext, by the new profile:")
        show.table(
            ("time", "wall (UTC)", "vessel", "phase", "action"),
            [
                (
                    show.span(row["time_s"]),
                    (row["wall"] or "–").replace("T", " ").removesuffix("Z"),
                    row["vessel"],
                    row["phase"],
                    ": ".join(filter(None, (row["action"], row["detail"]))),
                )
                for row in rows
            ],
        )


def _print_jumps(jumps: Iterable[Data]) -> None:
    jumps = list(jumps)
    if not jumps:
        return
    click.echo("\nat once:")
    show.table(
        ("vessel", "setting", "now", "then"),
        [
            (
                jump["vessel"],
                jump["name"],
                quantity(jump["before"], jump["unit"]),
                quantity(jump["after"], jump["unit"]),
            )
            for jump in jumps
        ],
    )


def _print_parts(parts: Iterable[Data]) -> None:
    for part in parts:
        mark, colour = MARKS[part["change"]]
        kind = "" if part["kind"] == "setting" else part["kind"]
        where = " ".join(filter(None, ("" if kind == "phase" else part["phase"], kind)))
        vessels = f" ({part['vessel']})" if part["vessel"] else ""
        head = " ".join(filter(None, (mark, where, part["name"])))
        click.secho(f"{head}{vessels}", fg=colour)
        if part["change"] == "changed" and not (part["before"] or part["after"]):
            click.echo("    what it does within its steps")
        if part["before"]:
            click.echo(f"    was {part['before']}")
        if part["after"]:
            click.echo(f"    {'now' if part['change'] == 'changed' else 'is '} {part['after']}")


def _for_all(parts: Iterable[Data]) -> list[dict[str, Any]]:
    """Tell what is the same for several vessels once."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for part in parts:
        same = tuple(value for name, value in sorted(part.items()) if name != "vessel")
        if same in found:
            found[same]["vessel"] += f", {part['vessel']}"
        else:
            found[same] = dict(part)
    return list(found.values())


def _whole(value: Any) -> dict[str, Any]:
    """Every field, those at their default too."""
    return {name: plain(getattr(value, name)) for name in type(value).__slots__}
