"""The units in which people read a plan's settings, and signals of its own."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.model.catalogue import Catalogue
from orchestrator.model.own_signals import JOB
from orchestrator.model.profile import OwnSignal
from orchestrator.model.units import DIMENSIONS, symbol_of


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


def units_of_signals(signals: Iterable[OwnSignal]) -> dict[str, str]:
    """Give the unit of each signal that a profile names itself, if it has one."""
    found = {f"{JOB}.{each.name}": symbol_of(each.type) for each in signals}
    return {name: symbol for name, symbol in sorted(found.items()) if symbol}
