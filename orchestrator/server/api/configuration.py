"""`/api/configuration`: what leader and workers have in common, with its past.

For administrators: it names addresses and recipients. It is read when a service starts, and each
answer says what waits for that.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from orchestrator.model.text_difference import text_difference
from orchestrator.ports import configuration
from orchestrator.ports.library import ChangedSince
from orchestrator.server.keeping import changed_since, edit_of, history_of
from orchestrator.server.permission import administrators_only
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.telling import refuse_unless_done
from orchestrator.server.versions import matched
from orchestrator.server.views.common import Listing
from orchestrator.server.views.configuration import Configuration
from orchestrator.server.views.library import (
    ComparedQuery,
    HistoryQuery,
    LibraryCommit,
    NewText,
    Restoration,
    TextDifference,
)
from orchestrator.server.views.machines import WorkerDocument

routes = Routes("configuration")
HERE: Final = "/api/configuration"
_SHORT: Final = 12


@routes.get(HERE, etag="blob", problems=(403, 404))
async def get_configuration(call: Call[NoQuery, None]) -> Configuration:
    """Read the cluster document, and what of it waits for a restart."""
    return _view(await asyncio.to_thread(_its(call).read))


@routes.put(HERE, etag="blob", problems=(403, 404, 409, 412, 422, 428))
async def save_configuration(call: Call[NoQuery, NewText]) -> Configuration:
    """Write it, as a commit of whoever asks.

    With any error it is refused with all `diagnostics`. Where somebody else was faster, on the
    machine or here, nothing is changed, and the problem brings the `difference`.
    """
    return await _save(call, call.body.text, call.body.message)


@routes.get(HERE + "/history", problems=(403, 404, 409))
async def list_configuration_history(call: Call[HistoryQuery, None]) -> Listing[LibraryCommit]:
    """List who changed it, newest first; what was changed on the machine is noticed too."""
    its = _its(call)
    return await history_of(call.query, lambda limit, after: its.history(limit=limit, after=after))


@routes.get(HERE + "/difference", problems=(403, 404, 409))
async def compare_configurations(call: Call[ComparedQuery, None]) -> TextDifference:
    """Compare it at two commits, or at one with what it says now."""
    its, query = _its(call), call.query

    def compare() -> TextDifference:
        old = its.text_at(query.old)
        new = its.text_at(query.new) if query.new else its.read().text
        names = (query.old[:_SHORT], query.new[:_SHORT] if query.new else "now")
        difference = text_difference(old, new, *names)
        return TextDifference(old=query.old, new=query.new, difference=difference)

    return await asyncio.to_thread(compare)


@routes.post(HERE + "/restore", etag="blob", problems=(403, 404, 409, 412, 422, 428))
async def restore_configuration(call: Call[NoQuery, Restoration]) -> Configuration:
    """Let it say again what it said at a commit, as a new commit."""
    its, asked = _its(call), call.body
    text = await asyncio.to_thread(its.text_at, asked.commit)
    return await _save(call, text, asked.message or f"Restore {asked.commit[:_SHORT]}")


@routes.get("/api/workers/{worker}/documents", problems=(403, 404, 409, 504))
async def list_worker_documents(call: Call[NoQuery, None]) -> Listing[WorkerDocument]:
    """Read what a worker's service was told to go by: its hardware, for administrators.

    It is changed on its machine, by somebody who sees the pins.
    """
    administrators_only(call, "look at the configuration")
    office, worker = call.services.office, call.named("worker")
    said = await office.command(worker, "machine", {"do": "documents"}, by=call.actor)
    found = refuse_unless_done(said).result["documents"]
    return Listing(items=[WorkerDocument(about=about, text=text) for about, text in found.items()])


def _its(call: Call[Any, Any]) -> configuration.Configuration:
    administrators_only(call, "look at the configuration")
    if call.services.configuration is None:
        detail = "this leader was started without a cluster document: --cluster FILE names one"
        raise Problem(404, detail, kind=kind_of("not-found"))
    return call.services.configuration


async def _save(call: Call[Any, Any], text: str, message: str) -> Configuration:
    its = _its(call)
    matched(call.request)
    try:
        return _view(await asyncio.to_thread(its.save, text, edit_of(call, message)))
    except ChangedSince as error:
        raise changed_since(error, text) from error


def _view(now: configuration.Configured) -> Configuration:
    return Configuration(
        file=now.file,
        text=now.text,
        blob=now.blob,
        in_force=not now.differs,
        restart_for=list(now.differs),
    )
