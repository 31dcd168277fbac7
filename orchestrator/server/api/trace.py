"""`/api/experiments/{id}/trace`: why did it do that, and why did it not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from orchestrator.model.canonical import rebuild
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Plan, Slice
from orchestrator.planning.explain.answer import Question, is_called, pick
from orchestrator.planning.explain.moment import NoMoment, moment_of
from orchestrator.planning.explain.story import SILENT, story
from orchestrator.planning.explain.told import Told, Verdict
from orchestrator.planning.explain.why import rules_of, signals_for, verdicts
from orchestrator.ports.records import Run
from orchestrator.ports.store import Store
from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import found
from orchestrator.server.plans import plan_text
from orchestrator.server.problems import Problem
from orchestrator.server.routing import Call, Routes
from orchestrator.server.views.common import view
from orchestrator.server.views.trace import RuleVerdict, Trace, TraceLine, TraceQuery

routes = Routes("history")
PORTION: Final = 1000
RECENT_S: Final = 600.0
"""A value measured longer ago says nothing about a moment."""
KINDS: Final = frozenset(kind.value for kind in Kind)


@routes.get(ONE + "/trace", problems=(400, 404))
async def list_trace(call: Call[TraceQuery, None]) -> Trace:
    """Tell what happened and what did not, oldest first, with reasons and the values seen.

    With `at`, `verdicts` say of each rule why it did or did not fire then.
    """
    query, store = call.query, call.services.store
    experiment = await found(call.services, call.named("id"))
    plan = rebuild(Plan, json.loads(await plan_text(store, experiment.id)))
    slices = {each.vessel: each for each in plan.vessels}
    runs = await store.runs(experiment=experiment.id)
    runs = [run for run in runs if query.vessel in (None, run.vessel) and run.vessel in slices]
    if query.rule and not any(_named(slices[run.vessel], query.rule) for run in runs):
        raise Problem(404, f"no rule here is called {query.rule}")
    lines: list[Told] = []
    judged: list[Verdict] = []
    for run in runs:
        entries, slice_ = await _ledger(store, run), slices[run.vessel]
        asked = _question(query, entries, plan.timezone)
        told = await asyncio.to_thread(story, slice_, entries)
        lines += pick(told, asked)
        if asked.at_s is not None and not query.action:
            judged += await _judge(store, experiment.id, slice_, entries, asked)
    lines.sort(key=lambda line: (line.wall_s or 0.0, line.process_s))
    first = int(query.cursor or 0)
    last = first + query.limit
    return Trace(
        verdicts=[view(each, RuleVerdict) for each in judged if not (query.why_not and each.fired)],
        items=[view(each, TraceLine) for each in lines[first:last]],
        next=str(last) if last < len(lines) else None,
    )


def _question(query: TraceQuery, entries: Sequence[Entry], timezone: str) -> Question:
    asked = Question(rule=query.rule, action=query.action, why_not=query.why_not)
    if query.at is None or not entries:
        return asked
    try:
        return replace(asked, at_s=moment_of(query.at, entries, timezone))
    except NoMoment as unclear:
        raise Problem(400, str(unclear)) from unclear


async def _judge(
    store: Store, experiment: str, slice_: Slice, entries: Sequence[Entry], asked: Question
) -> list[Verdict]:
    assert asked.at_s is not None
    found_: list[Verdict] = []
    for rule in _named(slice_, asked.rule):
        names = signals_for(slice_, rule)
        measured = await _measured(store, experiment, slice_.vessel, names, asked.at_s)
        found_ += verdicts(slice_, entries, asked.at_s, measured, rule)
    return found_


def _named(slice_: Slice, name: str) -> list[str]:
    return [rule for rule in rules_of(slice_) if not name or is_called(rule, name)]


async def _measured(
    store: Store, experiment: str, vessel: str, names: Sequence[str], at_s: float
) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        where, signal = vessel, name
        if name.startswith("vessels."):
            _, where, signal = name.split(".", 2)
        curves = await store.curves(
            experiment, signals=[signal], vessels=[where], from_s=at_s - RECENT_S, to_s=at_s
        )
        if curves and curves[0].mean:
            values[name] = curves[0].mean[-1]
    return values


async def _ledger(store: Store, run: Run) -> list[Entry]:
    entries: list[Entry] = []
    after = 0
    while True:
        lines = await store.ledger(run.run, after=after, limit=PORTION, without=SILENT)
        entries += [
            Entry(
                kind=Kind(line.kind),
                process_s=line.process_s,
                wall_s=line.wall_s,
                key=line.key,
                data=line.data,
            )
            for line in lines
            if line.kind in KINDS
        ]
        if len(lines) < PORTION:
            return entries
        after = lines[-1].number
