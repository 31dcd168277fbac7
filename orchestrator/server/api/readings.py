"""What was measured: newest values, curves."""

from __future__ import annotations

from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import found
from orchestrator.server.plans import units_in
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing
from orchestrator.server.views.readings import Curve, CurvesQuery, Latest

routes = Routes("readings")


@routes.get(ONE + "/latest", problems=(404,))
async def get_latest(call: Call[NoQuery, None]) -> Listing[Latest]:
    """Tell the newest value of each signal at each vessel."""
    services = call.services
    experiment = await found(services, call.named("id"))
    unit_of = await units_in(call.request, experiment)
    return Listing(
        items=[
            Latest(
                vessel=each.vessel,
                signal=each.signal,
                process_s=each.process_s,
                wall_s=each.wall_s,
                value=each.value,
                unit=unit_of(each.signal),
            )
            for each in await services.store.latest(experiment.id)
        ]
    )


@routes.get(ONE + "/curves", problems=(404,))
async def get_curves(call: Call[CurvesQuery, None]) -> Listing[Curve]:
    """Draw signals over time: mean, minimum and maximum in at most so many intervals."""
    services, query = call.services, call.query
    experiment = await found(services, call.named("id"))
    unit_of = await units_in(call.request, experiment)
    curves = await services.store.curves(
        experiment.id,
        signals=query.signal,
        vessels=query.vessel,
        clock=query.clock,
        from_s=query.from_s,
        to_s=query.to_s,
        points=query.points,
    )
    return Listing(
        items=[
            Curve(
                vessel=each.vessel,
                signal=each.signal,
                unit=unit_of(each.signal),
                clock=each.clock,
                resolution_s=each.resolution_s,
                at_s=each.at_s,
                mean=each.mean,
                minimum=each.minimum,
                maximum=each.maximum,
            )
            for each in curves
        ]
    )
