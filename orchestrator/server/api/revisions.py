"""`/api/experiments/{id}/revisions`: change what runs, and go back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import msgspec

from orchestrator.model.canonical import canonical_json, digest, plain, rebuild
from orchestrator.model.plan import Plan
from orchestrator.planning.diff import diff
from orchestrator.ports import records
from orchestrator.ports.records import Documents
from orchestrator.server.api.coming import positions_of
from orchestrator.server.api.difference import checked_or_refused
from orchestrator.server.api.experiments import ONE
from orchestrator.server.api.profiles import AT_ONCE
from orchestrator.server.permission import found, refuse_strangers
from orchestrator.server.plans import plan_text
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing, PageQuery, page_at
from orchestrator.server.views.difference import Difference, difference_view
from orchestrator.server.views.experiments import Experiment, experiment_view
from orchestrator.server.views.revisions import (
    NewRevision,
    Revision,
    RevisionQuery,
    Rollback,
    revision_view,
)

routes = Routes("experiments")


@routes.get(ONE + "/revisions", problems=(404,))
async def list_revisions(call: Call[PageQuery, None]) -> Listing[Revision]:
    """List what an experiment ran by, oldest first; the last one is in force."""
    experiment = await found(call.services, call.named("id"))
    kept = await call.services.store.revisions(experiment.id)
    return page_at(kept, call.query, lambda each: revision_view(each, experiment))


@routes.post(ONE + "/revisions", problems=(403, 404, 409, 422, 504))
async def revise_experiment(call: Call[NoQuery, NewRevision]) -> Experiment:
    """Let a running experiment go on by another profile.

    `difference` is the hash of the difference that was shown; if it is another by now, nothing
    changes, and the problem brings the new `difference`. All workers that are there say first that
    they could; one refusal, and all goes on as it was. Those that are away follow when they return.
    """
    services, asked = call.services, call.body
    experiment = await refuse_strangers(call)
    async with call.request.app[AT_ONCE]:
        checked = await asyncio.to_thread(
            checked_or_refused, services.check, asked, experiment.inputs
        )
    assert checked.plan is not None
    plan_json = canonical_json(plain(checked.plan))
    documents = Documents(
        revision=experiment.revision + 1,
        profile_text=asked.text,
        file_name=asked.file,
        profile_hash=checked.plan.profile_hash,
        plan_hash=digest(plan_json),
        plan_json=plan_json.decode("utf-8"),
        files=checked.files,
        inputs=checked.plan.inputs,
    )
    return await _go_on_by(call, experiment, documents, asked)


@routes.get(ONE + "/difference", problems=(404,))
async def compare_revision(call: Call[RevisionQuery, None]) -> Difference:
    """Compare an earlier revision with what an experiment runs now."""
    experiment = await found(call.services, call.named("id"))
    documents = await _earlier(call, experiment, call.query.revision)
    return await _difference(call, experiment, documents)


@routes.post(ONE + "/rollback", problems=(403, 404, 409, 504))
async def roll_back_experiment(call: Call[NoQuery, Rollback]) -> Experiment:
    """Go back to an earlier revision, by a new one that says the same."""
    experiment = await refuse_strangers(call)
    documents = await _earlier(call, experiment, call.body.revision)
    again = replace(documents, revision=experiment.revision + 1)
    return await _go_on_by(call, experiment, again, call.body)


async def _go_on_by(
    call: Call[NoQuery, NewRevision] | Call[NoQuery, Rollback],
    experiment: records.Experiment,
    documents: Documents,
    asked: NewRevision | Rollback,
) -> Experiment:
    difference = await _difference(call, experiment, documents)
    if difference.hash != asked.difference:
        raise Problem(
            409,
            "what it would change is not what was shown; look again",
            kind=kind_of("moved-on"),
            difference=msgspec.to_builtins(difference),
        )
    vessels = {part.name: part.change for part in difference.parts if part.kind == "vessel"}
    if vessels:
        names = ", ".join(vessels)
        raise Problem(
            409,
            f"vessels cannot come or go while an experiment runs: {names}",
            kind=kind_of("refused"),
        )
    agreed = replace(
        documents,
        actor=call.actor,
        at_wall_s=call.services.clock.now().wall_s,
        accept_jumps=asked.accept_jumps,
        move_to=asked.move_to,
    )
    return experiment_view(await call.services.office.revise(experiment.id, agreed))


async def _difference(
    call: Call[NoQuery, NewRevision] | Call[NoQuery, Rollback] | Call[RevisionQuery, None],
    experiment: records.Experiment,
    documents: Documents,
) -> Difference:
    services = call.services
    old_text = await plan_text(services.store, experiment.id)
    now_s = services.clock.now().wall_s
    positions = await positions_of(services, experiment, now_s)
    attempt = experiment.attempt or f"{experiment.id}.1"

    def compare() -> Difference:
        old, new = (rebuild(Plan, json.loads(each)) for each in (old_text, documents.plan_json))
        shown = diff(old, new, positions, now_s, attempt=attempt)
        return difference_view(shown, experiment.revision)

    async with call.request.app[AT_ONCE]:
        return await asyncio.to_thread(compare)


async def _earlier(
    call: Call[RevisionQuery, None] | Call[NoQuery, Rollback],
    experiment: records.Experiment,
    revision: int | None,
) -> Documents:
    """The revision that is named, or the one before that in force."""
    number = experiment.revision - 1 if revision is None else revision
    documents = await call.services.store.documents(experiment.id, number) if number else None
    if documents is None:
        raise no_revision(experiment.id, number)
    return documents


def no_revision(experiment: str, number: int) -> Problem:
    """What to tell of a revision that there never was."""
    return Problem(404, f"{experiment} has no revision {number}", kind=kind_of("not-found"))
