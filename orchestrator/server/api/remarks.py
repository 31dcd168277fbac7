"""`/api/audit` and the notes of experiments: who did what, and what people wrote."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from orchestrator.ports import remarks
from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import administrators_only, found
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.versions import changed_meanwhile, matched
from orchestrator.server.views.common import Listing, PageQuery, page_of, view
from orchestrator.server.views.remarks import (
    Deed,
    DeedsQuery,
    NewNote,
    Note,
    NoteChange,
    note_view,
)

routes = Routes("remarks")
DIGITS_MAX: Final = 18


@routes.get("/api/audit", problems=(403,))
async def list_deeds(call: Call[DeedsQuery, None]) -> Listing[Deed]:
    """List who asked for what, newest first; for administrators."""
    administrators_only(call, "read what everybody did")
    return await _deeds(call, None)


@routes.get(ONE + "/audit", problems=(404,))
async def list_deeds_of_experiment(call: Call[DeedsQuery, None]) -> Listing[Deed]:
    """List who did what with an experiment, newest first."""
    experiment = await found(call.services, call.named("id"))
    return await _deeds(call, experiment.id)


@routes.get(ONE + "/notes", problems=(404,))
async def list_notes(call: Call[PageQuery, None]) -> Listing[Note]:
    """List what people wrote, in the order in which they did."""
    experiment = await found(call.services, call.named("id"))
    kept = await call.services.store.notes(experiment.id)
    return page_of(kept, call.query, number=lambda each: each.id, show=note_view)


@routes.get(ONE + "/notes/{note}", etag="version", problems=(404,))
async def get_note(call: Call[NoQuery, None]) -> Note:
    """Read one of them."""
    return note_view(await _kept(call))


@routes.post(ONE + "/notes", status=201, problems=(404, 422))
async def add_note(call: Call[NoQuery, NewNote]) -> Note:
    """Write one, about the whole or a vessel, pinned to a moment or not; anybody may."""
    experiment = await found(call.services, call.named("id"))
    asked = call.body
    if asked.vessel is not None and asked.vessel not in experiment.vessels:
        known = ", ".join(experiment.vessels)
        raise Problem(422, f"there is no vessel {asked.vessel}; there are: {known}")
    kept = await call.services.store.add_note(
        remarks.NewNote(
            experiment=experiment.id,
            actor=call.actor,
            at_wall_s=call.services.clock.now().wall_s,
            **msgspec.structs.asdict(asked),
        )
    )
    return note_view(kept)


@routes.post(ONE + "/notes/{note}", problems=(403, 404, 412, 428))
async def change_note(call: Call[NoQuery, NoteChange]) -> Listing[Note]:
    """Let a note say something else; its author or an administrator may.

    `If-Match` takes its `version`; where somebody else was faster, it stays as it is.
    """
    await _change(call, call.body.text)
    return await _notes(call)


@routes.post(ONE + "/notes/{note}/remove", problems=(403, 404, 412, 428))
async def remove_note(call: Call[NoQuery, None]) -> Listing[Note]:
    """Take a note away; its author or an administrator may. The audit keeps that it was.

    `If-Match` as for a change.
    """
    await _change(call, None)
    return await _notes(call)


async def _notes(call: Call[Any, Any]) -> Listing[Note]:
    kept = await call.services.store.notes(call.named("id"))
    return page_of(kept, PageQuery(), number=lambda each: each.id, show=note_view)


async def _kept(call: Call[Any, Any]) -> remarks.Note:
    number = call.named("note")
    is_number = number.isascii() and number.isdigit() and len(number) < DIGITS_MAX
    kept = await call.services.store.note(int(number)) if is_number else None
    if kept is None or kept.experiment != call.named("id"):
        raise Problem(404, f"there is no note {number:.40}", kind=kind_of("not-found"))
    return kept


async def _change(call: Call[Any, Any], text: str | None) -> None:
    kept = await _kept(call)
    if not call.is_administrator and call.actor != kept.actor:
        detail = f"{kept.actor} wrote this, and can change it; so can an administrator"
        raise Problem(403, detail, kind=kind_of("not-yours"))
    if matched(call.request) not in (None, note_view(kept).version):
        raise changed_meanwhile(f"note {kept.id} says something else since you read it: look again")
    at_wall_s = call.services.clock.now().wall_s
    await call.services.store.change_note(kept.id, text, was=kept.text, at_wall_s=at_wall_s)


async def _deeds(call: Call[DeedsQuery, None], experiment: str | None) -> Listing[Deed]:
    query = call.query
    page = await call.services.store.deeds(
        experiment=experiment,
        actor=query.actor,
        deed=query.deed,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Listing(items=[view(each, Deed) for each in page.items], next=page.next)
