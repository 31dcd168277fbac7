"""`/api/experiments`: submit, list, look closely, steer."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from orchestrator.model.experiment import ENDED
from orchestrator.ports import records
from orchestrator.ports.entries import Terms, Words
from orchestrator.ports.office import Submission
from orchestrator.server.idempotency import key_of
from orchestrator.server.permission import administrators_only, found, refuse_strangers
from orchestrator.server.plans import PLANS, no_experiment, plan_text
from orchestrator.server.provenance import provenance_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.services import Services
from orchestrator.server.views.common import Listing
from orchestrator.server.views.experiments import (
    Experiment,
    ExperimentDetail,
    ExperimentsQuery,
    NewExperiment,
    Run,
    experiment_detail,
    experiment_view,
)
from orchestrator.server.views.profiles import ProfileText
from orchestrator.server.views.provenance import Provenance
from orchestrator.server.views.workers import StandsAt, standings_of

routes = Routes("experiments")
ONE = "/api/experiments/{id}"


@routes.get("/api/experiments")
async def list_experiments(call: Call[ExperimentsQuery, None]) -> Listing[Experiment]:
    """List experiments, newest first."""
    query = call.query
    page = await call.services.store.experiments(
        states=query.state, limit=query.limit, cursor=query.cursor
    )
    return Listing(items=[experiment_view(each) for each in page.items], next=page.next)


@routes.post(
    "/api/experiments", status=201, location=ONE, etag="version", problems=(403, 409, 422, 507)
)
async def submit_experiment(call: Call[NoQuery, NewExperiment]) -> Experiment:
    """Submit a profile.

    It is checked and compiled; with any error it is refused with all `diagnostics`, and nothing of
    it runs. Otherwise it starts as soon as its reactors are free.
    """
    asked = call.body
    if asked.priority != 0:
        administrators_only(call, "give another priority than 0")
    submission = Submission(
        text=asked.text,
        file_name=asked.file,
        actor=call.actor,
        inputs=asked.inputs,
        files=asked.files,
        idempotency_key=key_of(call.request),
        name=asked.name or "",
        words=Words(description=asked.description, tags=tuple(asked.tags), labels=asked.labels),
        terms=Terms(
            asked=asked.bindings,
            priority=asked.priority,
            not_before_wall_s=asked.not_before_wall_s,
            every=asked.every,
            every_zone=asked.every_zone,
            hold=asked.hold,
        ),
    )
    return experiment_view(await call.services.office.submit(submission))


@routes.get(ONE, etag="version", problems=(404,))
async def get_experiment(call: Call[NoQuery, None]) -> ExperimentDetail:
    """Look closely at one."""
    return await detail_of(call.request, call.services, call.named("id"))


@routes.get(ONE + "/profile", media_type="text/yaml", problems=(404,))
async def get_profile_text(call: Call[NoQuery, None]) -> web.Response:
    """Read the profile as it was submitted."""
    documents = await call.services.store.documents(call.named("id"))
    if documents is None:
        raise no_experiment(call.named("id"))
    return web.Response(text=documents.profile_text, content_type="text/yaml")


@routes.get(ONE + "/files", problems=(404,))
async def get_profile_files(call: Call[NoQuery, None]) -> ProfileText:
    """Read the profile as it was submitted, with every file that it includes."""
    documents = await call.services.store.documents(call.named("id"))
    if documents is None:
        raise no_experiment(call.named("id"))
    return ProfileText(
        file=documents.file_name, text=documents.profile_text, files=dict(documents.files)
    )


@routes.get(ONE + "/plan", problems=(404,))
async def get_plan(call: Call[NoQuery, None]) -> web.Response:
    """Read the plan that the profile compiled to, as canonical JSON."""
    text = await plan_text(call.services.store, call.named("id"))
    return web.Response(text=text, content_type="application/json")


@routes.get(ONE + "/provenance", problems=(404,))
async def get_provenance(call: Call[NoQuery, None]) -> Provenance:
    """Tell what its data rest on: profile, commit, inputs, reactors, versions, calibrations."""
    experiment = await found(call.services, call.named("id"))
    return await provenance_of(call.services.store, experiment)


@routes.post(ONE + "/pause", problems=(403, 404, 409))
async def pause_experiment(call: Call[NoQuery, None]) -> Experiment:
    """Hold all of its vessels: clocks, doses and automations stand, sensors go on."""
    await refuse_strangers(call)
    done = await call.services.office.pause(call.named("id"), by=call.actor)
    return experiment_view(done)


@routes.post(ONE + "/resume", problems=(403, 404, 409))
async def resume_experiment(call: Call[NoQuery, None]) -> Experiment:
    """Go on."""
    await refuse_strangers(call)
    done = await call.services.office.resume(call.named("id"), by=call.actor)
    return experiment_view(done)


@routes.post(ONE + "/cancel", problems=(403, 404, 409))
async def cancel_experiment(call: Call[NoQuery, None]) -> Experiment:
    """End it as cancelled; one that waits never begins."""
    await refuse_strangers(call)
    done = await call.services.office.cancel(call.named("id"), by=call.actor)
    return experiment_view(done)


@routes.post(ONE + "/finish", problems=(403, 404, 409))
async def finish_experiment(call: Call[NoQuery, None]) -> Experiment:
    """End it as completed, now."""
    await refuse_strangers(call)
    done = await call.services.office.finish(call.named("id"), by=call.actor)
    return experiment_view(done)


async def detail_of(request: web.Request, services: Services, name: str) -> ExperimentDetail:
    """All that an experiment's page shows at once.

    Raises:
        Problem: there is no such experiment.
    """
    record = await found(services, name)
    plan = await request.app[PLANS].outline(services.store, record.id, record.plan_hash)
    standings = standings_of(await services.store.workers())
    return experiment_detail(
        record,
        description=plan.description,
        timezone=plan.timezone,
        runs=[
            _run(each, standings.get((each.attempt, each.vessel)))
            for each in await services.store.runs(experiment=record.id)
            if each.attempt == record.attempt
        ],
        charts=plan.charts,
        phases=plan.phases,
        buttons=plan.buttons,
        limits={each.vessel: each.limits for each in plan.vessels},
    )


def _run(record: records.Run, at: StandsAt | None) -> Run:
    """A run by its ledger, with its clocks as the worker told them last."""
    fields: dict[str, Any] = {
        name: getattr(record, name)
        for name in Run.__struct_fields__
        if name not in ("worker", "reactor", "phase_s", "process_s", "waits_at", "waits_for")
    }
    said = at.run if at else None
    is_there = said is not None and (said.phase, said.visit) == (record.phase, record.visit)
    stands = said if said and is_there and record.state not in ENDED else None
    return Run(
        **fields,
        worker=record.binding.worker if record.binding else None,
        reactor=record.binding.reactor if record.binding else None,
        process_s=max(record.process_s, said.process_s if said else 0.0),
        phase_s=said.phase_s if said and is_there else None,
        waits_at=stands.waits_at if stands else None,
        waits_for=stands.waits_for if stands else [],
    )
