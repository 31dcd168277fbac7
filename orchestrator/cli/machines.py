"""`axenic machines` and `axenic software`: what workers run on, what they have, and its care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from orchestrator.cli import show
from orchestrator.cli.api import ask, format_option, leader_option
from orchestrator.cli.at_workers import (
    all_option,
    if_sent,
    only_option,
    places_of,
    tell_what_came,
)
from orchestrator.cli.exits import BadRequest

WORDS: Final = {
    "reboot": ("Reboot", "it reboots"),
    "shutdown": ("Turn off", "it turns itself off"),
    "restart": ("Restart the service of", "its service starts anew"),
    "update": ("Update", "the update has begun"),
}
NOT_SO: Final = "–"
MIB: Final = 1024 * 1024


@click.group(invoke_without_command=True)
@leader_option
@format_option
@click.pass_context
def machines(context: click.Context, leader_url: str, form: str) -> None:
    """List the machines of leader and workers, as they are now, and what may be done to each."""
    if context.invoked_subcommand is not None:
        return
    found = ask(leader_url, lambda api: api.get("/machines"))["items"]
    if form == "json":
        show.print_json(found)
        return
    headings = ("machine", "model", "up for", "load", "warm", "disk free", "clock", "may")
    show.table(headings, [_row(each) for each in found])
    for each in found:
        if each["report"] is None:
            click.echo(f"{each['name']}: {each['reason'] or each['outcome']}", err=True)


@click.command()
@leader_option
@format_option
def software(leader_url: str, form: str) -> None:
    """List Axenic and the plugins, with the version that leader and workers have of each."""
    found = ask(leader_url, lambda api: api.get("/software"))["items"]
    if form == "json":
        show.print_json(found)
        return
    workers = [*found[0]["workers"]] if found else []
    rows = [
        [
            each["name"],
            each["leader"] or NOT_SO,
            *(each["workers"][worker] or NOT_SO for worker in workers),
            "differs" if each["differs"] else "",
        ]
        for each in found
    ]
    show.table(["", "leader", *workers, ""], rows)


def _deed(name: str) -> click.Command:
    title, done = WORDS[name]

    @only_option
    @all_option
    @click.option(
        "--while-running", is_flag=True, help="Although experiments run there: they are made safe."
    )
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @leader_option
    @format_option
    def tell(
        places: tuple[str, ...],
        everything: bool,
        while_running: bool,
        yes: bool,
        leader_url: str,
        form: str,
    ) -> None:
        workers = places_of(places)
        if everything == bool(workers):
            raise click.UsageError("say --on WORKER, or --all")
        whom = ", ".join(workers) or "all workers"
        if not yes:
            click.confirm(f"{title} {whom}?", abort=True, err=True)
        body = {"do": name, "while_running": while_running, "workers": workers}
        said = ask(leader_url, lambda api: api.post("/workers/machine", body))["places"]
        if not said:
            raise BadRequest("there is no worker")
        tell_what_came(if_sent(said), done, form)

    tell.__doc__ = (
        f"{title} workers, by the --{name}-command of their services. For "
        "administrators.\n\nTheir outputs are turned off first; where something runs it is refused."
    )
    return click.command(name)(tell)


for _name in WORDS:
    machines.add_command(_deed(_name))


def _row(machine: Mapping[str, Any]) -> list[str]:
    report = machine["report"]
    if report is None:
        return [machine["name"], *(NOT_SO for _ in range(7))]
    system = report["system"]
    warm, free = system["temperature_c"], system["disk_free_bytes"]
    return [
        machine["name"],
        system["model"] or f"{system['system']}, {system['machine']}",
        show.span(system["uptime_s"]),
        f"{system['load']:.2f}",
        NOT_SO if warm is None else f"{warm:.0f} °C",
        NOT_SO if free is None else f"{free / MIB:.0f} MiB",
        _clock(machine),
        ", ".join(report["may"]) or "nothing",
    ]


def _clock(machine: Mapping[str, Any]) -> str:
    """How it goes against the leader's."""
    trusted = "" if machine["report"]["clock"]["trusted"] else ", uncertain"
    if machine["is_leader"]:
        return f"the leader's{trusted}"
    ahead_s, within_s = machine["ahead_s"], machine["ahead_within_s"]
    if abs(ahead_s) <= within_s:
        return f"as the leader's{trusted}"
    return f"{abs(ahead_s):.3g} s {'ahead' if ahead_s > 0 else 'behind'}{trusted}"
