"""Documents that are kept with their past: who writes, who was faster, what was written before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from orchestrator.model.text_difference import text_difference
from orchestrator.ports.library import ChangedSince, Commit, Edit
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call
from orchestrator.server.versions import matched_if_sent
from orchestrator.server.views.common import Listing, view
from orchestrator.server.views.library import HistoryQuery, LibraryCommit

IF_MATCH: Final = "If-Match"
_BLOB_LENGTH: Final = 40


def edit_of(call: Call[Any, Any], message: str) -> Edit:
    """By whoever asks, of what they read."""
    edit = Edit(by=call.actor, at_wall_s=call.services.clock.now().wall_s, message=message)
    if IF_MATCH not in call.request.headers:
        return edit
    read = matched_if_sent(call.request)
    return (
        replace(edit, whatever=True)
        if read is None
        else replace(edit, expected=read[:_BLOB_LENGTH])
    )


def changed_since(error: ChangedSince, sent: str) -> Problem:
    """Somebody else was faster: how what they wrote differs from what was sent."""
    now = error.now
    text = now.text if now else ""
    return Problem(
        412,
        f"{error}; look at the difference, and save again with what you want to keep of it",
        kind=kind_of("changed-meanwhile"),
        headers={"ETag": f'"{now.blob}"'} if now else None,
        difference=text_difference(text, sent, "as it is now", "as you sent it"),
        blob=now.blob if now else None,
    )


async def history_of(
    query: HistoryQuery, past: Callable[[int, str | None], Sequence[Commit]]
) -> Listing[LibraryCommit]:
    """A page of commits, newest first; `past` takes how many, and after which."""
    found = await asyncio.to_thread(past, query.limit + 1, query.cursor)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return Listing(
        items=[view(each, LibraryCommit) for each in shown], next=shown[-1].id if more else None
    )
