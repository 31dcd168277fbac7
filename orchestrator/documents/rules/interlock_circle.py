"""Interlocks that wait for each other in a circle.

The heater may be on only while the stirrer is, and the stirrer only while the heater is: neither
could ever begin. Or the first may be on only while the second is off, the second only while the
third is off, and the third only while the first is off: they would switch each other for ever.

That each of several has to be off for the others is no circle: whichever is on first stays on, and
the others wait. Take the interlock out that is not meant; the message names those that take part.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import interlocks_in, locks_in, reactors_in
from orchestrator.documents.suggest import listed
from orchestrator.model.interlock import circles


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report each circle once, where it begins."""
    for _, reactor in reactors_in(draft):
        places = dict(interlocks_in(reactor))
        for circle in circles(locks_in(reactor)):
            at = draft.document.places.of_key(places[circle[0]].path)
            others = [name for name in circle if name != circle[0]]
            message = f"{circle[0]} waits for itself"
            if others:
                message = f"{listed([circle[0], *others])} wait for each other in a circle"
            yield draft.error(at, "interlock-circle", message)
