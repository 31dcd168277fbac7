"""Units of signals and settings, from what jobs declare."""

from __future__ import annotations

from orchestrator.model.catalogue import Catalogue, canonical_name
from orchestrator.model.units import DIMENSIONS


def signal_units(catalogue: Catalogue) -> dict[str, str]:
    """Name of every signal and setting, as readings carry it, and its unit as people see it."""
    units: dict[str, str] = {}
    for name in catalogue.readable_names():
        kind = DIMENSIONS.get(catalogue.type_of(name) or "")
        units[canonical_name(name)] = kind.symbol if kind else ""
    return units
