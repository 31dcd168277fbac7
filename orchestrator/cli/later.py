"""`--apply PROFILE@TIME`: what a rehearsal goes on by later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from orchestrator.cli.exits import BadRequest
from orchestrator.cli.plan import plan_of, seconds
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan
from orchestrator.sim.revising import Revision

Command = TypeVar("Command", bound=Callable[..., Any])


def apply_options(command: Command) -> Command:
    """What is applied when, and what a person agrees to with it."""
    for option in (
        click.option(
            "--move-to", default="", metavar="PHASE", help="With --apply: where to go on instead."
        ),
        click.option(
            "--accept-jumps", is_flag=True, help="With --apply: settings may be others at once."
        ),
        click.option(
            "--apply",
            "later",
            multiple=True,
            metavar="PROFILE@TIME",
            help="Go on by another profile from a moment: --apply colder.yaml@3d.",
        ),
    ):
        command = option(command)
    return command


def revisions_of(
    given: tuple[str, ...],
    first: Plan,
    inputs: tuple[str, ...],
    *,
    accept_jumps: bool,
    move_to: str,
) -> tuple[Revision, ...]:
    """Read the options, in the order of their moments.

    Raises:
        BadRequest: one of them is not written so, or cannot go on what runs.
        SystemExit: a profile is wrong, and all that is wrong has been shown.
    """
    if not given and (accept_jumps or move_to):
        raise BadRequest("--accept-jumps and --move-to say how --apply may change what runs")
    found = [_read(text, first, inputs) for text in given]
    return tuple(
        Revision(
            at_s=at_s,
            plan=plan,
            plan_hash=digest(canonical_json(plain(plan))),
            accept_jumps=accept_jumps,
            move_to=move_to,
        )
        for at_s, plan in sorted(found, key=lambda each: each[0])
    )


def _read(text: str, first: Plan, inputs: tuple[str, ...]) -> tuple[float, Plan]:
    name, at, time = text.rpartition("@")
    if not at or not name:
        raise BadRequest(f"--apply {text}: write it as PROFILE@TIME, such as colder.yaml@3d")
    path = Path(name)
    if not path.is_file():
        raise BadRequest(f"--apply {text}: there is no file {name}")
    at_s = seconds(time, f"--apply {name}@")
    plan, _ = plan_of(path, inputs)
    before, after = ({each.vessel for each in one.vessels} for one in (first, plan))
    if before != after:
        raise BadRequest(
            f"--apply {text}: vessels cannot come or go; there are "
            f"{', '.join(sorted(before))}, and {name} has {', '.join(sorted(after))}"
        )
    return at_s, plan
