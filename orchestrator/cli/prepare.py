"""From a profile's text to a plan, with every problem on the way: documents and planning in one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.documents.diagnostic import has_errors, in_order
from orchestrator.documents.excerpt import text_of
from orchestrator.documents.include import include, told_where
from orchestrator.documents.load import load
from orchestrator.model.canonical import canonical_json, digest
from orchestrator.planning.compile import compile_profile
from orchestrator.planning.refusal import PlanningRefused
from orchestrator.ports.check import NO_FILES, Checked, Files, Folder, Given

inputs_option = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="K=V",
    help="A value for an input, with its unit: --input warm_up_to='40 °C'.",
)


def prepare(
    text: str, file: str, inputs: Given, files: Files = NO_FILES, *, timezone: str = "UTC"
) -> Checked:
    """Check a profile and compile it; `ports.check.Check` once the cluster's timezone is given."""
    offer = load_offer()
    checked = check_text(text, file, offer, inputs, files)
    came: Mapping[str, str] = checked.files
    if checked.profile is None:
        return Checked(diagnostics=checked.diagnostics, profile=None, plan=None, files=came)
    try:
        plan = compile_profile(
            checked.profile,
            catalogue=offer.catalogue,
            profile_hash=hash_of(text, came),
            inputs=inputs,
            timezone=timezone,
        )
    except PlanningRefused as refused:
        later = (told_where(each, checked.sites) for each in refused.diagnostics)
        problems = (*checked.diagnostics, *later)
        return Checked(diagnostics=problems, profile=checked.profile, plan=None, files=came)
    return Checked(diagnostics=checked.diagnostics, profile=checked.profile, plan=plan, files=came)


def hash_of(text: str, files: Mapping[str, str]) -> str:
    """Know a profile by all that it consists of; one that includes nothing by its own bytes."""
    if not files:
        return digest(text.encode())
    return digest(canonical_json({"files": dict(files), "text": text}))


def upload_of(profile: Path) -> dict[str, Any]:
    """What is sent to a leader, which reads nobody's files: the profile with all it includes.

    Where something cannot be included, every such problem is printed, and the command ends.
    """
    content = profile.read_bytes()
    text = content.decode("utf-8", "replace")
    document, _ = load(content, str(profile))
    whole = None if document is None else include(document, Folder(profile.parent))
    if whole is not None and has_errors(whole.problems):
        texts = {str(profile): text, **whole.texts}
        for each in in_order(told_where(found, whole.sites) for found in whole.problems):
            shown = text_of(each, texts.get(each.file, ""), colour=sys.stderr.isatty())
            click.echo(shown, nl=False, err=True)
        raise SystemExit(1)
    files = {} if whole is None else whole.files
    return {"text": text, "file": profile.name, "files": files}
