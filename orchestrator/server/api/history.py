"""What happened in an experiment: actions, phases, liquid."""

from __future__ import annotations

from collections import defaultdict

from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import found, refuse_strangers
from orchestrator.server.plans import PLANS
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing, PageQuery, page_at, view
from orchestrator.server.views.history import (
    Action,
    ActionsQuery,
    Dose,
    DosesQuery,
    PhaseVisit,
    Resolution,
    Resolved,
    Volume,
)

routes = Routes("history")


@routes.get(ONE + "/actions", problems=(404,))
async def list_actions(call: Call[ActionsQuery, None]) -> Listing[Action]:
    """List what became of its actions, newest first."""
    query, store = call.query, call.services.store
    experiment = await found(call.services, call.named("id"))
    page = await store.actions(
        experiment.id, vessel=query.vessel, limit=query.limit, cursor=query.cursor
    )
    return Listing(items=[view(each, Action) for each in page.items], next=page.next)


@routes.get(ONE + "/doses", problems=(404,))
async def list_doses(call: Call[DosesQuery, None]) -> Listing[Dose]:
    """List what its pumps moved, newest first."""
    query, store = call.query, call.services.store
    experiment = await found(call.services, call.named("id"))
    page = await store.doses(
        experiment.id,
        vessel=query.vessel,
        unresolved=query.unresolved,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Listing(items=[view(each, Dose) for each in page.items], next=page.next)


@routes.post(ONE + "/doses/resolve", problems=(403, 404, 409, 504))
async def resolve_dose(call: Call[NoQuery, Resolution]) -> Resolved:
    """Say what really moved in a dose whose outcome is unknown; limits and bottles count by it.

    The outcome itself stands, and nothing is pumped again.
    """
    experiment, asked = await refuse_strangers(call), call.body
    said = await call.services.office.resolve_dose(
        experiment.id, asked.key, asked.volume_ml, by=call.actor, note=asked.note
    )
    return Resolved(outcome=said.outcome, reason=said.reason)


@routes.get(ONE + "/phases", problems=(404,))
async def list_phases(call: Call[PageQuery, None]) -> Listing[PhaseVisit]:
    """List the stays of its vessels in phases, in the order in which they were entered."""
    experiment = await found(call.services, call.named("id"))
    visits = await call.services.store.phases(experiment.id)
    return page_at(visits, call.query, lambda each: view(each, PhaseVisit))


@routes.get(ONE + "/volumes", problems=(404,))
async def list_volumes(call: Call[NoQuery, None]) -> Listing[Volume]:
    """Tell what was moved of each medium, and what its bottles held in all."""
    store = call.services.store
    experiment = await found(call.services, call.named("id"))
    plan = await call.request.app[PLANS].outline(store, experiment.id, experiment.plan_hash)
    bottles = {(each.vessel, b.medium): b for each in plan.vessels for b in each.media}
    moved = await store.volumes(experiment.id)
    refills = await store.refills(experiment.id)
    total: defaultdict[str, float] = defaultdict(float)
    for (vessel, medium), moved_ml in moved.items():
        own = bottles.get((vessel, medium))
        if own is not None and own.shared:
            total[medium] += moved_ml
    return Listing(
        items=[
            Volume(
                vessel=vessel,
                medium=medium,
                moved_ml=moved.get((vessel, medium), 0.0),
                from_bottle_ml=total[medium]
                if bottle and bottle.shared
                else moved.get((vessel, medium), 0.0),
                bottle_ml=bottle.volume_ml + refills.get((vessel, medium), 0.0) if bottle else None,
                shared=bottle.shared if bottle else False,
            )
            for vessel, medium in dict.fromkeys([*bottles, *moved])
            for bottle in [bottles.get((vessel, medium))]
        ]
    )
