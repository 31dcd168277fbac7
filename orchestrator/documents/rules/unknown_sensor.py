"""A reference that the reactor does not have.

`reference:` of a sensor names another sensor of the same reactor, which sees the light that this
one sees its culture by. A sensor is no reference for itself.

Declare it under `sensors:`, or mend the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import reactors_in
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names in `reference` that are no other sensors of the same reactor."""
    for reactor, cursor in reactors_in(draft):
        sensors = cursor.get("sensors")
        found = list(sensors.items()) if sensors is not None else []
        for name, sensor in found:
            named, others = sensor.get("reference"), [each for each, _ in found if each != name]
            if named is not None and isinstance(named.data, str) and named.data not in others:
                message = f"{reactor} has no other sensor '{named.data}'"
                message += f"; it has {listed(others)}" if others else ""
                yield draft.error(
                    named.span, "unknown-sensor", message, closest(named.data, others)
                )
