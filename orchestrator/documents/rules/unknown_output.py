"""A light, a disturber of a reading or a part of an interlock that the reactor does not have."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.hardware import interlocks_in, reactors_in, switched_in
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names in `light`, `quiet` and `interlocks` that the same reactor does not have."""
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
        yield from _interlocked(draft, reactor, cursor)


def _interlocked(draft: Draft, reactor: str, cursor: Cursor) -> Iterator[Diagnostic]:
    """Pumps count as well."""
    known = switched_in(cursor)
    for name, interlock in interlocks_in(cursor):
        lists = (interlock.get("while_on"), interlock.get("while_off"))
        others = [
            (other.data, other.span)
            for others in lists
            if others is not None and isinstance(others.data, list)
            for other in others.elements()
        ]
        at = draft.document.places.of_key(interlock.path)
        for device, span in ((name, at), *others):
            if isinstance(device, str) and device not in known:
                message = f"{reactor} has no output or pump '{device}'"
                message += f"; it has {listed(known)}" if known else ""
                yield draft.error(span, "unknown-output", message, closest(device, known))


def _named(sensor: Cursor) -> Iterator[Cursor]:
    light, quiet = sensor.get("light"), sensor.get("quiet")
    if light is not None:
        yield light
    if quiet is not None and isinstance(quiet.data, list):
        yield from quiet.elements()
