"""What happened in the laboratory before anybody looks."""

from __future__ import annotations

from msgspec.structs import replace

from orchestrator.messages.reports import (
    Capabilities,
    PumpReport,
    ReactorReport,
    RunReport,
    StateMessage,
)
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.experiment import State
from orchestrator.ports.records import Binding, Documents, NewAlert, NewExperiment
from orchestrator.ports.remarks import NewDeed, NewNote
from orchestrator.resources import resource
from tests.browser.laboratory_compared import compare
from tests.browser.laboratory_culture import BATCH_S, HOLD_S
from tests.browser.laboratory_ledger import (
    ATTEMPT,
    BEGAN_S,
    EXPERIMENT,
    VESSELS,
    Laboratory,
    worker_of,
)
from tests.browser.laboratory_plan import turbidostat_plan


async def prepare(lab: Laboratory, until_s: float) -> None:
    """Workers, a running experiment, and what was measured and done until then."""
    await _hire_workers(lab, until_s)
    await compare(lab)
    await _begin(lab)
    await lab.fill(until_s)
    await _tell(lab, until_s)


async def _begin(lab: Laboratory) -> None:
    text = resource("profiles").joinpath("heat-adapted-turbidostat.yaml").read_text("utf-8")
    plan = turbidostat_plan()
    data = canonical_json(plain(plan))
    bindings = {
        vessel: Binding(worker=worker_of(vessel), reactor=worker_of(vessel)) for vessel in VESSELS
    }
    await lab.store.create_experiment(
        NewExperiment(
            id=EXPERIMENT,
            name=plan.name,
            documents=Documents(
                revision=1,
                profile_text=text,
                file_name="heat-adapted-turbidostat.yaml",
                profile_hash=plan.profile_hash,
                plan_hash=digest(data),
                plan_json=data.decode(),
            ),
            inputs={"target_od600": 0.8, "warm_up_to": 42.0},
            vessels=VESSELS,
            bindings=bindings,
            actor="local",
            at_wall_s=BEGAN_S - 30.0,
        )
    )
    await lab.store.begin_attempt(EXPERIMENT, bindings, at_wall_s=BEGAN_S)
    for vessel in VESSELS:
        await lab.entry(vessel, "run_began", at_s=0.0)


async def _hire_workers(lab: Laboratory, until_s: float) -> None:
    pumps = {
        "feed_pump": PumpReport(medium="feed", direction="in", flow_ml_min=6.0),
        "waste_pump": PumpReport(medium="waste", direction="out", flow_ml_min=8.0),
    }
    reactor = ReactorReport(
        sensors=["photodiode", "thermometer", "tachometer"],
        outputs=["stirrer", "heater"],
        pumps=pumps,
        calibrations={"photodiode": "2025-11-03"},
        capacity_ml=20.0,
    )
    for number, vessel in enumerate((*VESSELS, None), start=1):
        worker = f"bench-{number}"
        offer = Capabilities(
            worker=worker, version="0.1.0", reactors={worker: reactor}, jobs=[], simulated=True
        )
        runs = [] if vessel is None else [_report(vessel, worker, until_s)]
        state = StateMessage(
            worker=worker, session="s", state="ready", at_wall_s=BEGAN_S + until_s, runs=runs
        )
        await lab.store.keep_capabilities(offer, at_wall_s=BEGAN_S)
        await lab.store.keep_state(state, at_wall_s=BEGAN_S + until_s)


async def come_to_a_door(lab: Laboratory, phase: str, vessel: str, missing: list[str]) -> None:
    """A vessel waits for others before a phase, and its worker says so."""
    worker, at_s = worker_of(vessel), lab.clock.now().wall_s - BEGAN_S
    run = replace(_report(vessel, worker, at_s), waits_at=phase, waits_for=missing)
    state = StateMessage(
        worker=worker, session="s", state="ready", at_wall_s=BEGAN_S + at_s, runs=[run]
    )
    await lab.store.keep_state(state, at_wall_s=BEGAN_S + at_s)
    about = {"phase": phase, "arrival": 1, "awaits": missing, "deadline_s": at_s + 3600.0}
    await lab.entry(vessel, "arrived", at_s=at_s, **about)


def _report(vessel: str, worker: str, until_s: float) -> RunReport:
    return RunReport(
        experiment=EXPERIMENT,
        attempt=ATTEMPT,
        vessel=vessel,
        reactor=worker,
        revision=1,
        plan_hash="",
        state=State.RUNNING,
        control_seq=0,
        phase="hold",
        visit=1,
        process_s=until_s,
        elapsed_s=until_s,
        phase_s=max(0.0, until_s - HOLD_S),
        began_wall_s=BEGAN_S,
    )


async def _tell(lab: Laboratory, until_s: float) -> None:
    """What happened in the meantime."""
    for number, vessel in enumerate(VESSELS):
        hold_s = HOLD_S + 1500.0 * number
        stays = (("inoculate", 0.0, BATCH_S), ("batch", BATCH_S, hold_s), ("hold", hold_s, None))
        for phase, entered_s, left_s in stays:
            await lab.entry(vessel, "phase_entered", at_s=entered_s, phase=phase, visit=1)
            if left_s is not None:
                about = {"phase": phase, "visit": 1, "reason": "through"}
                await lab.entry(vessel, "phase_left", at_s=left_s, **about)
        await lab.action(vessel, 60.0, "do", "blank", "Blank the photodiode", "done")
        await _aerate(lab, vessel, hold_s, until_s)
        await _dose(lab, vessel, hold_s, until_s)
    await lab.action(
        "warmed", HOLD_S + 1500.0, "warm up", "ramp", "temperature.target 30 → 42 °C", "done"
    )
    await lab.action("control", 87_000.0, "daily sample", "sample", "Tube number", "done")
    await lab.action(
        "warmed", 87_000.0, "daily sample", "sample", "Tube number", "skipped", reason="unanswered"
    )
    await lab.store.raise_alert(
        NewAlert(
            text="warmed: the feed bottle is down to a tenth; change it within 9 h",
            severity="warning",
            source="bottle",
            at_wall_s=BEGAN_S + until_s - 1300.0,
            experiment=EXPERIMENT,
            vessel="warmed",
        )
    )
    await lab.ask("warmed", "Tube number", "daily sample 2", "sample")
    await _write_down(lab, until_s)
    await _lose_sight(lab, "warmed", until_s - 4000.0)
    for vessel, hours, text in (
        (None, 9.0, "Moved the incubator next door"),
        ("warmed", 21.0, "A little foam at the wall; none in the tube"),
    ):
        await lab.store.add_note(
            NewNote(
                experiment=EXPERIMENT,
                vessel=vessel,
                text=text,
                actor="local" if vessel else "anna",
                at_wall_s=BEGAN_S + until_s - 600.0,
                pinned_wall_s=BEGAN_S + hours * 3600.0,
            )
        )


async def _write_down(lab: Laboratory, until_s: float) -> None:
    """Who asked for what, as the audit has it."""
    for deed, actor, status, detail in (
        (
            "submit_experiment",
            "local",
            201,
            {"name": "Heat-adapted", "tags": ["ecoli"]},
        ),
        ("answer_question", "anna", 200, {"key": f"{ATTEMPT}:control:inoculate#1:do@0:1"}),
        ("command_worker", "local", 200, {"name": "dose", "args": {"volume_ml": 0.5}}),
        ("cancel_experiment", "bob", 403, {}),
        ("resolve_dose", "anna", None, {"volume_ml": 1.0, "note": "the tube is dry"}),
    ):
        asked = NewDeed(
            at_wall_s=BEGAN_S + until_s - 900.0,
            actor=actor,
            role="administrator" if actor == "anna" else "user",
            address="192.0.2.17",
            deed=deed,
            experiment=EXPERIMENT,
            detail=detail,
        )
        number = await lab.store.begin_deed(asked)
        if status is not None:
            await lab.store.end_deed(number, status)


async def _lose_sight(lab: Laboratory, vessel: str, at_s: float) -> None:
    """A dose of which nobody saw the end."""
    key = f"{ATTEMPT}:{vessel}:*:dosing@dark:feed"
    about = {"pump": "feed_pump", "medium": "feed", "direction": "in", "volume_ml": 1.0}
    await lab.entry(vessel, "dose_began", key, at_s=at_s, cause="turbidostat", **about)
    why = {"outcome": "unknown", "reason": "the power failed while the pump ran"}
    await lab.entry(vessel, "dose_ended", key, at_s=at_s + 30, **why, **about)


async def _aerate(lab: Laboratory, vessel: str, hold_s: float, until_s: float) -> None:
    outcomes = ("done", "done", "late", "done")
    times = [n for n in range(1, 99) if hold_s + n * 14_400.0 < until_s]
    for n in times:
        at_s, outcome = hold_s + n * 14_400.0, outcomes[n % 4]
        why = {"reason": "begun 41 s after its grace"} if outcome == "late" else {}
        await lab.action(vessel, at_s, "aerate", "set", "stirring.target = 800 rpm", outcome, **why)


async def _dose(lab: Laboratory, vessel: str, hold_s: float, until_s: float) -> None:
    for n in range(int((until_s - hold_s) // 600.0)):
        for medium, way, volume in (("feed", "in", 1.0), ("waste", "out", 1.05)):
            key = f"{ATTEMPT}:{vessel}:*:dosing@{n}:{medium}"
            about = {"pump": f"{medium}_pump", "medium": medium, "direction": way}
            at_s = hold_s + n * 600.0
            await lab.entry(vessel, "dose_began", key, at_s=at_s, volume_ml=volume * 30, **about)
            await lab.entry(
                vessel,
                "dose_ended",
                key,
                at_s=at_s + 9,
                volume_ml=volume * 30,
                outcome="done",
                **about,
            )
