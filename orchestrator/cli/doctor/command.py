"""`axenic doctor`: what is there on this machine, line by line, with a verdict and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from orchestrator.cli import show
from orchestrator.cli.doctor.finding import Finding
from orchestrator.cli.services.options import data_option

LEADER_URL: Final = "http://127.0.0.1:8420"
SIGNS: Final = {"good": "ok", "notice": "note", "bad": "BAD", "none": "–"}
MODULES: Final = ("gpiozero", "lgpio", "smbus2")


@click.command()
@click.option(
    "--broker",
    default="",
    envvar="AXENIC_BROKER",
    metavar="URL",
    help="Where it ought to be. Also $AXENIC_BROKER.",
)
@click.option(
    "--leader",
    "leader_url",
    default="",
    envvar="AXENIC_LEADER",
    metavar="URL",
    help=f"Where it ought to listen; {LEADER_URL} is tried otherwise.",
)
@data_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(broker: str, leader_url: str, data: Path, as_json: bool) -> None:
    """Look at this machine: pins, buses, sensors, watchdog, clock, disk, rights, broker, services.

    Each line has a verdict (ok, note, BAD, or – for what is not there) and says what to do next.
    The exit code is 1 if anything is bad. Nothing is changed; on I2C each address is read once, so
    do it before experiments rather than during them.
    """
    found = list(examine(broker, leader_url, data))
    if as_json:
        show.print_json([asdict(each) for each in found])
    else:
        width = max(len(each.what) for each in found)
        for each in found:
            click.echo(f"{SIGNS[each.verdict]:<4}  {each.what:<{width}}  {each.found}")
            if each.next:
                click.echo(f"      {'':<{width}}  → {each.next}")
    if any(each.verdict == "bad" for each in found):
        raise SystemExit(1)


def examine(broker: str, leader_url: str, data: Path) -> Iterator[Finding]:
    """Everything, of this machine."""
    import grp
    import os
    from importlib.util import find_spec

    from orchestrator.cli.doctor.machine import PI, Machine, look_at_machine
    from orchestrator.cli.doctor.surroundings import (
        look_at_address,
        look_at_clock,
        look_at_disk,
        look_at_groups,
        look_at_modules,
        look_at_services,
    )
    from orchestrator.hardware.clock import is_synchronised
    from orchestrator.hardware.i2c import SmbusWire

    machine = Machine(open_wire=SmbusWire)
    is_pi = (machine.text("proc/device-tree/model") or "").startswith(PI)
    yield from look_at_machine(machine)
    modules = {name: find_spec(name) is not None for name in MODULES}
    yield look_at_modules(modules, is_pi=is_pi)
    own = [grp.getgrgid(each).gr_name for each in os.getgroups() if _is_known(each)]
    known = [each.gr_name for each in grp.getgrall()]
    yield look_at_groups(known, own, is_root=os.geteuid() == 0)
    yield look_at_clock(is_synchronised)
    yield look_at_disk(data)
    yield look_at_address("broker", broker, "say it with --broker, or as $AXENIC_BROKER")
    yield look_at_address(
        "leader", leader_url, "start one with 'axenic up', or say --leader", LEADER_URL
    )
    yield from look_at_services(machine.root)


def _is_known(group: int) -> bool:
    import grp

    try:
        grp.getgrgid(group)
    except KeyError:
        return False
    return True
