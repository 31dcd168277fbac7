"""An experiment that has been through something, for whatever shows experiments."""

from __future__ import annotations

from orchestrator.messages.reports import (
    Capabilities,
    PumpReport,
    ReactorReport,
    RunReport,
    StateMessage,
)
from orchestrator.ports.records import Binding, NewAlert
from orchestrator.store.memory import MemoryStore
from tests.server.office import NOW_S, Told

QUESTION = "{attempt}:control:grow#1:do@0:0"


async def let_it_run(store: MemoryStore, experiment: str, *, text: str = "Inoculate?") -> str:
    """Start it on two workers and let things happen on one; answers the attempt."""
    bindings = {"control": Binding.parse("bench-1"), "warmed": Binding.parse("bench-2")}
    started = await store.begin_attempt(experiment, bindings, at_wall_s=NOW_S)
    attempt = started.attempt or ""
    told = Told(store, "bench-1", attempt, "control")
    await told.entry("run_began", 0.0)
    await told.entry("phase_entered", 0.0, phase="grow", visit=1)
    key = QUESTION.format(attempt=attempt)
    await told.entry("action_began", 1.0, key, action="ask", detail=text, nominal_s=0.0)
    await told.entry("question", 1.0, key, kind="ask", text=text, choices=[])
    ended = f"{attempt}:control:grow#1:stir@3600:0"
    await told.entry("action_began", 3600.0, ended, action="set", detail="stirring.target = 500")
    await told.entry("action_ended", 3601.0, ended, outcome="late", reason="begun 40 s late")
    dose = f"{attempt}:control:grow#1:dose@1:0"
    pumped = {"pump": "feed_pump", "medium": "feed", "direction": "in", "volume_ml": 1.5}
    await told.entry("dose_began", 3700.0, dose, **pumped)
    await told.entry("dose_ended", 3710.0, dose, **pumped, outcome="done")
    seen = {"file": "pictures/1.png", "sha256": "0" * 64, "size_bytes": 1000, "label": "Foam"}
    await told.entry("picture", 3715.0, None, camera="camera", **seen)
    await told.entry("alert", 3720.0, None, text=text, severity="critical")
    await told.readings("od600", [0.1, 0.2, 0.3])
    await told.readings("temperature.measured", [30.0, 30.5])
    await store.raise_alert(
        NewAlert(text=text, severity="info", source="leader", at_wall_s=NOW_S, worker="bench-2")
    )
    await tell_of_workers(store, experiment, attempt)
    return attempt


async def tell_of_workers(
    store: MemoryStore,
    experiment: str,
    attempt: str,
    *,
    state: str = "running",
    waits_at: str | None = None,
) -> None:
    """One that runs the vessel, one that has nothing to do, one that is lost."""
    report = RunReport(
        experiment=experiment,
        attempt=attempt,
        vessel="control",
        reactor="bench-1",
        revision=1,
        plan_hash="",
        state=state,
        control_seq=0,
        phase="grow",
        visit=1,
        process_s=7200.0,
        elapsed_s=7200.0,
        phase_s=7200.0,
        waits_at=waits_at,
        waits_for=["warmed"] if waits_at else [],
    )
    for worker, presence, runs in (
        ("bench-1", "ready", [report]),
        ("bench-3", "ready", []),
        ("bench-4", "lost", []),
    ):
        message = StateMessage(
            worker=worker,
            session="s1",
            state=presence,  # type: ignore[arg-type]
            at_wall_s=NOW_S,
            runs=runs,
        )
        await store.keep_state(message, at_wall_s=NOW_S)
        await store.keep_capabilities(_offer(worker), at_wall_s=NOW_S)


def _offer(worker: str) -> Capabilities:
    reactor = ReactorReport(
        sensors=["photodiode"],
        outputs=["stirrer"],
        pumps={"feed_pump": PumpReport(medium="feed", direction="in", flow_ml_min=5.0)},
        calibrations={"od": "c1"},
        capacity_ml=20.0,
    )
    return Capabilities(
        worker=worker,
        version="1",
        reactors={worker: reactor},
        jobs=["stirring"],
        simulated=True,
    )
