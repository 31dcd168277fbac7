"""Compile a checked profile into a plan: inputs put in, defaults filled in, one slice a vessel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.model.catalogue import Catalogue
from orchestrator.model.plan import Plan
from orchestrator.model.profile import Profile


def compile_profile(
    profile: Profile,
    *,
    catalogue: Catalogue,
    profile_hash: str,
    inputs: Mapping[str, Any] | None = None,
    timezone: str = "UTC",
) -> Plan:
    """Answer the plan of a profile with chosen inputs; the same arguments give the same plan.

    `inputs` are as a person gave them: text with units (`42 °C`), or numbers in canonical units.

    Raises:
        PlanningRefused: with every diagnostic, where an input does not fit its declaration or a value
            is out of range with these inputs.
    """
    raise NotImplementedError
