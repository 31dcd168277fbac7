"""`/api/alerts`: what people should know; `/api/silences`: what they do not want to be told."""

from __future__ import annotations

from typing import Any

import msgspec

from orchestrator.ports import records
from orchestrator.ports import silence as ports
from orchestrator.server.keys import CONCERNS
from orchestrator.server.permission import administrators_only, found, refuse_stranger
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.attention import (
    Alert,
    AlertsQuery,
    NewSilence,
    Remark,
    Silence,
    alert_views,
)
from orchestrator.server.views.common import Listing, view
from orchestrator.server.views.routes import Route, TestQuery, Tried, route_view

routes = Routes("alerts")


@routes.get("/api/alerts")
async def list_alerts(call: Call[AlertsQuery, None]) -> Listing[Alert]:
    """List alerts, newest first."""
    query = call.query
    page = await call.services.store.alerts(
        experiment=query.experiment, open_only=query.open, limit=query.limit, cursor=query.cursor
    )
    shown = await alert_views(page.items, call.services.store, _now_s(call))
    return Listing(items=shown, next=page.next)


@routes.get("/api/alerts/routes")
async def list_routes(call: Call[NoQuery, None]) -> Listing[Route]:
    """List the ways by which people are told of alerts, with how each does."""
    return Listing(items=[route_view(each) for each in await call.services.office.routes()])


@routes.post("/api/alerts/routes/test", problems=(403, 404))
async def test_routes(call: Call[TestQuery, None]) -> Listing[Tried]:
    """Send a test message by each route, or by one, at any hour, and say what became of it.

    What waits for a route that failed before follows at once where it arrives. Administrators only.
    """
    administrators_only(call, "try whether alerts arrive")
    tried = await call.services.office.test_routes(call.query.route, by=call.actor)
    return Listing(items=[view(each, Tried) for each in tried])


@routes.post("/api/alerts/{id}/acknowledge", problems=(404,))
async def acknowledge_alert(call: Call[Remark, None]) -> Alert:
    """Say that somebody has seen it; the first to do so stays on record."""
    number = _number(call, "alert")
    alert = await call.services.office.acknowledge(number, by=call.actor, note=call.query.note)
    return await _told(call, alert)


@routes.post("/api/alerts/{id}/resolve", problems=(404,))
async def resolve_alert(call: Call[Remark, None]) -> Alert:
    """Say that it is over, where it does not find out by itself; it is raised when it comes anew.

    Of what still stands, a disk that is full for one, the leader tells again when it has been
    well in between, or after its next start.
    """
    alert = await call.services.store.resolve_alert(
        _number(call, "alert"), by=call.actor, note=call.query.note, at_wall_s=_now_s(call)
    )
    return await _told(call, alert)


@routes.get("/api/silences")
async def list_silences(call: Call[NoQuery, None]) -> Listing[Silence]:
    """List the silences in force, newest first."""
    return Listing(items=[view(each, Silence) for each in await _in_force(call)])


@routes.post("/api/silences", status=201, problems=(403, 404, 422))
async def begin_silence(call: Call[NoQuery, NewSilence]) -> Silence:
    """Let nobody be told of some alerts for a while; they are listed as before.

    Of an experiment its owner or an administrator may; of all that a kind or a reactor has to
    tell, administrators only.
    """
    asked = call.body
    if not (asked.source or asked.place or asked.experiment):
        raise Problem(422, "say what is to be silent: a source, a place or an experiment")
    await _refuse(call, asked.experiment)
    now_s = _now_s(call)
    said = msgspec.structs.asdict(asked)
    until_wall_s = now_s + said.pop("for_s")
    new = ports.NewSilence(**said, actor=call.actor, began_wall_s=now_s, until_wall_s=until_wall_s)
    return view(await call.services.store.silence(new), Silence)


@routes.post("/api/silences/{id}/end", problems=(403, 404))
async def end_silence(call: Call[NoQuery, None]) -> Silence:
    """End a silence before its time; who began it may, and whoever could begin it."""
    store, number = call.services.store, _number(call, "silence")
    silence = await store.one_silence(number)
    if silence is None:
        raise _unknown(call, "silence")
    if silence.actor != call.actor:
        await _refuse(call, silence.experiment)
    elif silence.experiment:
        call.request[CONCERNS] = silence.experiment
    return view(await store.lift_silence(number, by=call.actor, at_wall_s=_now_s(call)), Silence)


async def _refuse(call: Call[Any, Any], experiment: str | None) -> None:
    """Let only those be silent who may."""
    if experiment is None:
        administrators_only(call, "silence what is not of one experiment")
        return
    refuse_stranger(call, await found(call.services, experiment))
    call.request[CONCERNS] = experiment


async def _told(call: Call[Any, Any], alert: records.Alert) -> Alert:
    if alert.experiment is not None:
        call.request[CONCERNS] = alert.experiment
    return (await alert_views([alert], call.services.store, _now_s(call)))[0]


async def _in_force(call: Call[Any, Any]) -> list[ports.Silence]:
    return list(await call.services.store.silences(at_wall_s=_now_s(call)))


def _now_s(call: Call[Any, Any]) -> float:
    return call.services.clock.now().wall_s


def _number(call: Call[Any, Any], what: str) -> int:
    name = call.named("id")
    if not (name.isascii() and name.isdigit() and len(name) <= 18):
        raise _unknown(call, what)
    return int(name)


def _unknown(call: Call[Any, Any], what: str) -> Problem:
    name = call.named("id")
    return Problem(404, f"there is no {what} '{name}'", kind=kind_of("not-found"))
