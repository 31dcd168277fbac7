"""From a profile's text to a plan, with every problem on the way: documents and planning in one."""

from __future__ import annotations

import click

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.model.canonical import digest
from orchestrator.planning.compile import compile_profile
from orchestrator.planning.refusal import PlanningRefused
from orchestrator.ports.check import Checked, Given

inputs_option = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="K=V",
    help="A value for an input, with its unit: --input warm_up_to='40 °C'.",
)


def prepare(text: str, file: str, inputs: Given) -> Checked:
    """Check a profile and compile it; `ports.check.Check`."""
    offer = load_offer()
    checked = check_text(text, file, offer, inputs)
    if checked.profile is None:
        return Checked(diagnostics=checked.diagnostics, profile=None, plan=None)
    try:
        plan = compile_profile(
            checked.profile,
            catalogue=offer.catalogue,
            profile_hash=digest(text.encode()),
            inputs=inputs,
        )
    except PlanningRefused as refused:
        problems = (*checked.diagnostics, *refused.diagnostics)
        return Checked(diagnostics=problems, profile=checked.profile, plan=None)
    return Checked(diagnostics=checked.diagnostics, profile=checked.profile, plan=plan)
