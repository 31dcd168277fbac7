"""The interlocks of real reactors, for the vessels of a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from orchestrator.cli.rehearsal.wired import parts_for
from orchestrator.model.interlock import Interlock
from orchestrator.model.plan import Plan
from orchestrator.sim.reactor import Reactor
from orchestrator.sim.reactor_port import spec_of
from orchestrator.sim.rehearse import apparatus_for


def interlocks_of(path: Path, plan: Plan) -> Mapping[str, tuple[Interlock, ...]]:
    """Give each vessel those of the reactor of its name, or of the only one there is.

    Raises:
        BadRequest: nobody can say whose they are.
    """
    found: dict[str, tuple[Interlock, ...]] = {}
    for slice_, part in zip(plan.vessels, parts_for(path, plan).values(), strict=True):
        spec = spec_of(Reactor(apparatus=apparatus_for(slice_)), slice_.vessel)
        simulated = {*spec.outputs, *spec.pumps}
        fitting = [each for each in part.locked if {each.device, *each.others} <= simulated]
        for each in part.locked:
            if each not in fitting:
                words = f"no rehearsal knows all that the interlock of {each.device} looks at"
                click.echo(f"{path}: {words}; it is left out", err=True)
        found[slice_.vessel] = tuple(fitting)
    return found
