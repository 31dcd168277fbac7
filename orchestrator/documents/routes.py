"""Whom a cluster document has told of alerts, for the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from orchestrator.documents.build.names import note_name
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.values import read_constant

EVERY_S_MAX: Final = 86_400.0


def routes_in(draft: Draft) -> Iterator[Cursor]:
    """Those that say more than a URL."""
    listed = Cursor(draft, draft.document.data).get("notifications")
    for each in listed.elements() if listed is not None else ():
        if isinstance(each.data, dict):
            yield each


def read_routes(draft: Draft) -> None:
    """Read their times, and note their names and timezones."""
    for route in routes_in(draft):
        note_name(route, "route")
        every, quiet = route.get("every"), route.get("quiet")
        if every is not None:
            _rest(every)
        zone = quiet.text("timezone") if quiet is not None else None
        place = quiet.get("timezone") if quiet is not None else None
        if zone is not None and place is not None:
            place.mention("timezone", zone)


def _rest(every: Cursor) -> None:
    every_s: Any = read_constant(every, "time")
    if every_s is not None and not 0.0 <= every_s <= EVERY_S_MAX:
        every.complain("out-of-range", "a route rests for a day at the most, and not less than 0 s")
