"""A light or a disturber of a reading that the reactor does not have."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.hardware import reactors_in
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names in `light` and `quiet` that are no outputs of the same reactor."""
    for reactor, cursor in reactors_in(draft):
        outputs, sensors = cursor.get("outputs"), cursor.get("sensors")
        known = [name for name, _ in outputs.items()] if outputs is not None else []
        for _, sensor in sensors.items() if sensors is not None else ():
            for named in _named(sensor):
                if isinstance(named.data, str) and named.data not in known:
                    message = f"{reactor} has no output '{named.data}'"
                    message += f"; it has {listed(known)}" if known else ""
                    found = closest(named.data, known)
                    yield draft.error(named.span, "unknown-output", message, found)


def _named(sensor: Cursor) -> Iterator[Cursor]:
    light, quiet = sensor.get("light"), sensor.get("quiet")
    if light is not None:
        yield light
    if quiet is not None and isinstance(quiet.data, list):
        yield from quiet.elements()
