"""Whether everything is as it should be, now that no trouble is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from math import isclose

from orchestrator.execution.decide import decide
from orchestrator.execution.view import RunView
from orchestrator.faults.machines import WorkerMachine
from orchestrator.faults.recall import recall
from orchestrator.faults.room import Room
from orchestrator.model.ledger import Kind
from orchestrator.ports.records import Run
from orchestrator.sim.reactor import HEATER, STIRRER
from orchestrator.worker.unit import VesselUnit

RPM_SHARE = 0.15
NEAR_C = 1.0


async def not_yet(room: Room) -> list[str]:
    """What is still missing."""
    missing = []
    for machine in room.machines:
        if not machine.is_up:
            missing.append(f"{machine.name} does not run")
    for worker in room.workers:
        missing += [text async for text in _of_worker(room, worker)]
    return missing


async def _of_worker(room: Room, machine: WorkerMachine) -> AsyncIterator[str]:
    store, service = room.leader.shelf.store, machine.worker
    if service is None or not service.ready.is_set():
        yield f"{machine.name} is not ready"
        return
    known = {record.worker: record for record in await store.workers()}.get(machine.name)
    said = (known.state or {}).get("state") if known is not None else None
    if said != "ready":
        yield f"the leader takes {machine.name} for {said}"
    for reactor in sorted(service.stopped):
        yield f"{machine.name}/{reactor} stands still, though nobody wants it to any more"
    runs = {run.run: run for run in await store.runs(experiment=room.attendant.experiment)}
    ours = [vessel for vessel, at in room.bindings.items() if at.worker == machine.name]
    if len(service.vessels.units) != len(ours):
        yield f"{machine.name} runs {len(service.vessels.units)} vessels, not {len(ours)}"
    for unit in service.vessels.units:
        async for text in _of_unit(room, machine, unit):
            yield f"{unit.vessel}: {text}"
        run = runs.get(unit.run)
        state = run.state.value if run is not None else "unknown"
        if state != unit.view.state.value:
            yield f"{unit.vessel} is {unit.view.state.value}, the leader says {state}"
        if run is not None and not unit.view.ended:
            async for text in _of_revision(room, unit, run):
                yield f"{unit.vessel}: {text}"
        if run is not None and not unit.view.ended and run.phase != unit.view.phase:
            yield f"{unit.vessel} is in phase {unit.view.phase}, the leader says {run.phase}"


async def _of_revision(room: Room, unit: VesselUnit, run: Run) -> AsyncIterator[str]:
    """Every worker ends on the revision in force, or says why it does not."""
    found = await room.leader.shelf.store.experiment(room.attendant.experiment)
    wanted = found.revision if found is not None else 0
    if unit.program.revision != run.revision:
        yield f"it runs revision {unit.program.revision}, the leader says {run.revision}"
    if run.revision == wanted:
        return
    told = await room.leader.shelf.store.alerts(experiment=room.attendant.experiment)
    if not any(
        "does not take revision" in each.text and each.vessel == unit.vessel for each in told.items
    ):
        yield f"it runs revision {run.revision} of {wanted}, and does not say why"


async def _of_unit(room: Room, machine: WorkerMachine, unit: VesselUnit) -> AsyncIterator[str]:
    """Jobs, settings and the vessel itself."""
    if unit.view.ended:
        return
    if unit.run_clock.uncertain:
        yield "its clock is uncertain"
    wanted = unit.settings_known
    entries = await machine.disk.kept.read(unit.run)
    recovered = _settings(unit, machine, recall(unit, entries))
    if recovered != wanted:
        differ = {name for name in {*wanted, *recovered} if wanted.get(name) != recovered.get(name)}
        yield (
            f"{', '.join(sorted(differ))} would be different after a restart: "
            f"{[recovered.get(name) for name in sorted(differ)]} "
            f"instead of {[wanted.get(name) for name in sorted(differ)]}"
        )
    states: dict[str, str] = {}
    for entry in entries:
        if entry.kind is Kind.JOB:
            states[entry.data["job"]] = entry.data["state"]
    for job in sorted({name.partition(".")[0] for name in wanted}):
        if states.get(job) not in ("ready", "paused"):
            yield f"{job} is {states.get(job, 'not there')}"
    truth = room.bench_of(unit.vessel).physics.truth(room.clock.now().monotonic_s)
    rpm = wanted.get("stirring.target")
    if isinstance(rpm, float) and not isclose(truth["sim.stirring_rpm"], rpm, rel_tol=RPM_SHARE):
        yield f"{STIRRER} turns at {truth['sim.stirring_rpm']:.0f} rpm, {rpm:g} are wanted"
    target_c = wanted.get("temperature.target")
    if HEATER in unit.hands.held and rpm is None:
        target_c = None  # a hand has stopped the stirrer, without which nothing may be heated
    if isinstance(target_c, float) and abs(truth["sim.temperature_c"] - target_c) > NEAR_C:
        yield f"it is {truth['sim.temperature_c']:.1f} °C warm, {target_c:g} are wanted"


def _settings(
    unit: VesselUnit, machine: WorkerMachine, view: RunView
) -> dict[str, float | bool | str]:
    """What a process that begins now would want."""
    moment = unit.run_clock.moment(machine.clock.now())
    decision = decide(unit.program, view, unit.signals, moment)
    return {
        f"{job}.{setting}": value
        for job, each in decision.wanted.items()
        for setting, value in each.settings.items()
    }
