"""A timezone that does not exist.

Timezones are written as the IANA database has them, continent and city: `Europe/Berlin`,
`America/New_York`, or `UTC`. Abbreviations such as `CET` say nothing about summer.

Mend the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest
from orchestrator.documents.zones import find_zone, zone_names


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report timezones that are not in the IANA database."""
    for mention in draft.mentions("timezone"):
        if find_zone(mention.name) is None:
            message = f"there is no timezone '{mention.name}'; they are written like Europe/Berlin"
            meant = closest(mention.name, zone_names())
            yield draft.error(mention.span, "unknown-timezone", message, meant)
