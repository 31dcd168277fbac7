"""What the invariants are asked about: what bench, disk and store say of one vessel's run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.faults.bench import Truth
from orchestrator.faults.disk import Sign
from orchestrator.faults.machines import WorkerMachine
from orchestrator.faults.recall import forgotten, miscounted
from orchestrator.faults.room import Room
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry
from orchestrator.model.plan import Plan, Slice
from orchestrator.ports.records import LedgerLine, OutboxRecord, ReadingRow, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselEvidence:
    """One vessel."""

    slice: Slice
    """Of the first revision."""
    truth: Truth
    moved_ml: Mapping[str, float]
    """By pump, as the glass knows it."""
    flows_ml_min: Mapping[str, float]
    capacity_ml: float
    ledger: Sequence[Entry]
    """On the worker's disk."""
    written: Sequence[Sequence[Entry]]
    """What each process of the worker handed over to be kept."""
    revisions: Mapping[int, tuple[str, Slice]]
    """Those that came into force: the plan's hash, and what this vessel does by it."""
    stored: Sequence[LedgerLine]
    """In the leader's store."""
    durable: Sequence[ReadingRecord]
    """Readings that ever became durable on the worker's disk."""
    readings: Sequence[ReadingRow]
    """In the leader's store."""
    run: Run | None
    """As the store knows it."""
    forgotten: Sequence[str]
    """What the living process knows and the ledger does not say."""
    signs: Sequence[Sign]
    """When the run's ledger grew, ticks included."""
    hung_s: Sequence[tuple[float, float]]
    """Spans in which the worker's process hung."""
    losses_s: Sequence[tuple[float, float]]
    """Spans before the end of a process: what was measured in them need not be durable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The whole room."""

    vessels: Sequence[VesselEvidence]
    outboxes: Sequence[tuple[int, OutboxRecord | None]]
    """Of each worker: the newest number on its disk, and what the store holds of it."""
    breakdowns: Sequence[str]
    unsettled: Sequence[str]
    """What had not come right when it had to, after the troubles were over."""
    miscounted: Sequence[str]
    """Where workers and ledgers do not agree on what a bottle has left."""
    drained: bool
    """Everything on the workers' disks was accepted in time."""


async def gather(room: Room, unsettled: Sequence[str], drained: bool) -> Evidence:
    """Take down everything at one moment."""
    store = room.leader.shelf.store
    runs = {run.vessel: run for run in await store.runs(experiment=room.attendant.experiment)}
    revisions = {
        kept.revision: (kept.plan_hash, room.plans[kept.plan_hash])
        for kept in await store.revisions(room.attendant.experiment)
    }
    rows: list[ReadingRow] = []
    async for some in store.export_readings(room.attendant.experiment):
        rows += some
    return Evidence(
        vessels=[
            await _vessel(room, slice_, runs.get(slice_.vessel), rows, revisions)
            for slice_ in room.case.plan.vessels
        ],
        outboxes=[
            (worker.disk.kept.level().newest, await store.outbox(f"outbox-{worker.name}"))
            for worker in room.workers
        ],
        breakdowns=[text for machine in room.machines for text in machine.breakdowns],
        unsettled=unsettled,
        miscounted=[text for worker in room.workers for text in await _miscounted(worker)],
        drained=drained,
    )


async def _miscounted(worker: WorkerMachine) -> list[str]:
    units = worker.worker.vessels.units if worker.worker is not None else ()
    ledgers = {unit.run: await worker.disk.kept.read(unit.run) for unit in units}
    return [*miscounted(units, ledgers)]


async def _vessel(
    room: Room,
    slice_: Slice,
    run: Run | None,
    rows: Sequence[ReadingRow],
    revisions: Mapping[int, tuple[str, Plan]],
) -> VesselEvidence:
    bench, worker = room.bench_of(slice_.vessel), room.worker_of(slice_.vessel)
    bench.look()
    name = run.run if run is not None else ""
    ledger = await worker.disk.kept.read(name)
    units = worker.worker.vessels.units if worker.worker is not None else ()
    spec = bench.keeper.spec
    return VesselEvidence(
        slice=slice_,
        truth=bench.truth,
        moved_ml=bench.physics.counters().moved_ml,
        flows_ml_min={pump: each.flow_ml_min for pump, each in spec.pumps.items()},
        capacity_ml=spec.capacity_ml,
        ledger=ledger,
        written=worker.witness.of(name),
        revisions={
            number: (plan_hash, next(each for each in plan.vessels if each.vessel == slice_.vessel))
            for number, (plan_hash, plan) in revisions.items()
        },
        stored=await room.leader.shelf.store.ledger(name, limit=10_000_000),
        durable=[reading for reading in worker.disk.readings if reading.run == name],
        readings=[row for row in rows if row.vessel == slice_.vessel],
        run=run,
        forgotten=[text for unit in units if unit.run == name for text in forgotten(unit, ledger)],
        signs=[sign for sign in worker.disk.signs if sign.run == name],
        hung_s=worker.hung_s,
        losses_s=worker.losses_s,
    )
