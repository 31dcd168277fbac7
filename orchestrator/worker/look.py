"""How a reactor stands now, for whoever looks."""

from __future__ import annotations

from orchestrator.messages.standing import (
    BottleStanding,
    JobStanding,
    SignalStanding,
    Standing,
)
from orchestrator.model.catalogue import full_name
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels

HOUR_S = 3600.0


def standing(worker: str, reactor: str, vessels: Vessels) -> Standing:
    """Of one reactor; what a run left behind that is over is not shown."""
    unit, stopped = vessels.at(reactor), vessels.stops.stopped.get(reactor)
    if unit is None or unit.over:
        return Standing(worker=worker, reactor=reactor, run=None, stopped=stopped)
    return Standing(
        worker=worker,
        reactor=reactor,
        run=unit.report(),
        stopped=stopped,
        jobs=_jobs(unit),
        volume_ml=unit.fluids.volume_ml,
        bottles=_bottles(unit),
    )


def _jobs(unit: VesselUnit) -> list[JobStanding]:
    now_s = unit.page.now_s
    signals: dict[str, dict[str, SignalStanding]] = {}
    for name, sample in unit.signals.items():
        job, _, short = full_name(name).partition(".")
        age_s = max(0.0, now_s - sample.at_s)
        signals.setdefault(job, {})[short] = SignalStanding(
            value=sample.value, age_s=age_s, is_known=age_s <= sample.max_age_s
        )
    return [
        JobStanding(
            job=name,
            state=state,
            automation=wanted.automation,
            settings={} if "." in name else dict(wanted.settings),  # a law has those of its job
            signals=signals.get(name, {}),
        )
        for name, (state, wanted) in unit.regulate.standing().items()
    ]


def _bottles(unit: VesselUnit) -> list[BottleStanding]:
    fluids = unit.fluids
    found = []
    for medium in fluids.bottles_ml:
        left_ml, rate_ml_h = fluids.left_ml(medium) or 0.0, fluids.rate_ml_h(medium)
        found.append(
            BottleStanding(
                medium=medium,
                left_ml=left_ml,
                rate_ml_h=rate_ml_h,
                through_s=max(0.0, left_ml) / rate_ml_h * HOUR_S if rate_ml_h > 0.0 else None,
                shared=medium in fluids.shared,
            )
        )
    return found
