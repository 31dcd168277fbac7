"""A measurement that an interlock asks for and that no job makes.

`while:` of an interlock names signals as jobs publish them: `temperature.measured`,
`level.measured`, or those of a plugin. What nobody measures would hold its output off for ever.

Mend the name; `axenic schema` and the reference of jobs list what there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import interlocks_in, measurements_in, reactors_in
from orchestrator.documents.places import Path
from orchestrator.documents.suggest import closest
from orchestrator.model.units import DIMENSIONS


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report signals that do not exist, or are no numbers."""
    for _, reactor in reactors_in(draft):
        for _, interlock in interlocks_in(reactor):
            for signal, range_, kind in measurements_in(interlock):
                if kind not in DIMENSIONS:
                    yield _told(draft, signal, range_.path, kind)


def _told(draft: Draft, signal: str, path: Path, kind: str) -> Diagnostic:
    at = draft.document.places.of_key(path)
    if kind:
        return draft.error(at, "unknown-measurement", f"{signal} is {kind}, no number")
    from orchestrator.documents.catalogue import load_offer

    jobs = load_offer().catalogue.jobs
    known = [f"{job}.{name}" for job, declared in jobs.items() for name in declared.signals]
    message = f"no job measures '{signal}'"
    return draft.error(at, "unknown-measurement", message, closest(signal, known))
