"""A waste tube that ends where there is never any liquid."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import reactors_in
from orchestrator.documents.values import constant_of
from orchestrator.model.units import UnitError, format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report waste tubes at or above the brim."""
    for _, reactor in reactors_in(draft):
        tube, capacity = reactor.get("waste_tube"), reactor.get("capacity")
        if tube is None or capacity is None:
            continue
        try:
            tube_ml = constant_of(tube.data, "volume")
            brim_ml = constant_of(capacity.data, "volume")
        except UnitError:
            continue  # which wrong_unit reports
        if isinstance(tube_ml, float) and isinstance(brim_ml, float) and tube_ml >= brim_ml:
            brim = format_quantity(brim_ml, "volume")
            message = f"the tube has to end below the brim, which is at {brim}"
            yield draft.error(tube.span, "tube-above-brim", message)
