"""Topics beside Axenic's own: which ones workers may read is for the cluster's owner to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orchestrator.transport.filters import check_filter

OTHERS: Final = "other-machines"
"""The user with which other machines publish on a broker that Axenic starts."""
OURS: Final = "axenic"


def checked_readable(filters: Sequence[str]) -> tuple[str, ...]:
    """Return the filters without doubles, in order.

    Raises:
        ValueError: what is no filter, or would open Axenic's own topics or the broker's.
    """
    for each in filters:
        check_filter(each)
        first = each.partition("/")[0]
        if first in ("#", "+", OURS) or first.startswith("$"):
            raise ValueError(
                f"'{each}' would open topics of {OURS} or of the broker; begin with a word of "
                "your own, such as lab/#"
            )
        if not each.isprintable():
            raise ValueError(f"{each!r} has characters that no topic should have")
    return tuple(dict.fromkeys(filters))
