"""Profiles from text or files to plans, as the command line does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.model.canonical import digest
from orchestrator.model.plan import Plan
from orchestrator.model.profile import Profile
from orchestrator.planning.compile import compile_profile


def profile_of(text: str) -> Profile:
    checked = check_text(text, "profile.yaml", load_offer())
    assert checked.profile is not None, checked.diagnostics
    return checked.profile


def plan_of(text: str, **more: Any) -> Plan:
    return compile_profile(
        profile_of(text),
        catalogue=load_offer().catalogue,
        profile_hash=digest(text.encode()),
        **more,
    )


def plan_file(path: Path, **more: Any) -> Plan:
    return plan_of(path.read_text(), **more)


SMALL = """\
axenic: profile/1
name: Small
inputs:
  speed: {{type: stirring, default: 500 rpm, minimum: 100 rpm, maximum: 1500 rpm}}
vessels:
  one: {{volume: 15 mL}}
  two: {{volume: 15 mL{two}}}
media:
  feed: {{bottle: 1 L}}
  waste: {{bottle: 1 L}}
jobs:
  stirring: {{target: "{{{{ inputs.speed }}}}"}}
  od_reading: {{interval: 5 s}}
  temperature: {{target: 30 °C}}
{rest}
"""


def small(rest: str, two: str = "") -> str:
    """A profile around some phases, rules or limits."""
    return SMALL.format(rest=rest, two=two)
