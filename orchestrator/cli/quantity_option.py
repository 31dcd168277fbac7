"""Quantities on the command line: `5 s`, `20 %`, or a plain number in the canonical unit."""

from __future__ import annotations

from typing import Any

import click

from orchestrator.model.calibration import KINDS, PUMP, Comparable, kind_of_device
from orchestrator.model.units import DIMENSIONS, UnitError, parse_quantity


class Quantity(click.ParamType[float]):
    """A quantity of one dimension."""

    def __init__(self, dimension: str) -> None:
        self.name = self.dimension = dimension

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it; a plain number is in the canonical unit."""
        try:
            return float(value)
        except ValueError:
            pass
        try:
            return parse_quantity(str(value), self.dimension)
        except UnitError as error:
            hint = f"; did you mean {error.suggestion}?" if error.suggestion else ""
            self.fail(f"{error.message}{hint}", param, ctx)


QUANTITY = {name: Quantity(name) for name in DIMENSIONS}


def quantities(text: str, device: str) -> list[float]:
    """The values at which a device is compared, separated by commas."""
    kind = kind_of_device(device)
    compared = KINDS[kind] if kind is not None else _own(device)
    if compared is None:
        return []  # the worker says what can be calibrated
    dimension = compared.raw if kind in (PUMP, "stirrer") else compared.actual
    return [QUANTITY[dimension].convert(part.strip(), None, None) for part in text.split(",")]


def _own(device: str) -> Comparable | None:
    """How a plugin compares it."""
    from orchestrator.documents.catalogue import load_catalogue

    own = load_catalogue().calibrations.get(device)
    return own.compared if own is not None else None
