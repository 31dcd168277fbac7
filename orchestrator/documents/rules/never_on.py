"""An output that its interlocks never let be on.

An interlock says while what an output may be on. Where that contradicts itself, or asks for two
outputs together of which one has to be off for the other, it could never be: whatever a profile
asks for would be held off.

The message says what cannot be together.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import interlocks_in, locks_in, reactors_in
from orchestrator.model.interlock import never_on


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report outputs and pumps that nothing could turn on."""
    for _, reactor in reactors_in(draft):
        locks, places = locks_in(reactor), dict(interlocks_in(reactor))
        for lock in locks:
            if why := never_on(lock, locks):
                at = draft.document.places.of_key(places[lock.device].path)
                yield draft.error(at, "never-on", f"{lock.device} could never be on: {why}")
