"""The units in which people read a plan's settings."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.model.catalogue import Catalogue
from orchestrator.model.units import DIMENSIONS


def units_of(catalogue: Catalogue, settings: Iterable[str]) -> dict[str, str]:
    """Give the unit of each `job.setting` that has one."""
    found: dict[str, str] = {}
    for name in sorted(settings):
        declared = catalogue.setting(name)
        if declared is not None and declared.type in DIMENSIONS:
            symbol = DIMENSIONS[declared.type].symbol
            if symbol:
                found[name] = symbol
    return found
