"""`/api/statistics` and `/api/attempts`: what became of all that was started."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.ports import statistics as ports
from orchestrator.ports.store import Store
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing, view
from orchestrator.server.views.statistics import (
    Attempt,
    AttemptsQuery,
    AttemptStep,
    Statistics,
    StatisticsQuery,
    StepsQuery,
    step_view,
    tally_view,
)

routes = Routes("statistics")
ATTEMPT: Final = "/api/attempts/{attempt}"


@routes.get("/api/statistics")
async def get_statistics(call: Call[StatisticsQuery, None]) -> Statistics:
    """Count what became of attempts, by profile, vessel or user, and over all.

    With how long the completed lasted, beside how long they were expected to when they began.
    """
    return await statistics_of(call.services.store, call.query)


async def statistics_of(store: Store, query: StatisticsQuery) -> Statistics:
    """As the API answers it."""
    page = await store.tallies(query.by, query.span, limit=query.limit, cursor=query.cursor)
    return Statistics(
        by=query.by,
        total=tally_view(await store.tally(query.span)),
        items=[tally_view(each) for each in page.items],
        next=page.next,
    )


@routes.get("/api/attempts")
async def list_attempts(call: Call[AttemptsQuery, None]) -> Listing[Attempt]:
    """List attempts, newest first: when, where, how they ended, how long they should last."""
    return await attempts_of(call.services.store, call.query)


async def attempts_of(store: Store, query: AttemptsQuery) -> Listing[Attempt]:
    """As the API answers them."""
    page = await store.attempts(
        query.span,
        profile=query.profile,
        vessel=query.vessel,
        user=query.user,
        limit=query.limit,
        cursor=query.cursor,
    )
    return Listing(items=[view(each, Attempt) for each in page.items], next=page.next)


@routes.get(ATTEMPT, problems=(404,))
async def get_attempt(call: Call[NoQuery, None]) -> Attempt:
    """Show one attempt."""
    return view(await _found(call), Attempt)


@routes.get(ATTEMPT + "/steps", problems=(404,))
async def list_attempt_steps(call: Call[StepsQuery, None]) -> Listing[AttemptStep]:
    """List its phases and actions as they began, each with its outcome and the way to its trace."""
    attempt, query = await _found(call), call.query
    page = await call.services.store.attempt_steps(
        attempt.attempt, vessel=query.vessel, limit=query.limit, cursor=query.cursor
    )
    return Listing(
        items=[step_view(attempt.experiment, each) for each in page.items], next=page.next
    )


async def _found(call: Call[Any, Any]) -> ports.Attempt:
    name = call.named("attempt")
    found = await call.services.store.attempt(name)
    if found is None:
        raise Problem(404, f"there is no attempt {name}", kind=kind_of("not-found"))
    return found
