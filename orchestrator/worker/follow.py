"""What the leader wants run, against what runs (SEMANTICS rule 15)."""

from __future__ import annotations

from orchestrator.execution.revise import RevisionRefused
from orchestrator.messages.orders import PlanAnswer, PlanMessage, RunAnswer, RunOrder
from orchestrator.ports.journal import Journal, JournalFault
from orchestrator.worker.unit import VesselUnit
from orchestrator.worker.vessels import Vessels, program_of

LEADER = "leader"
EPOCH = "epoch"
FENCES = "fences"


class Follow:
    """Takes plan messages; the worker stays the truth of what runs."""

    def __init__(self, vessels: Vessels, journal: Journal) -> None:
        self._vessels, self._journal = vessels, journal
        self.epoch = 0
        self._fences: dict[str, int] = {}
        """Reactor → the highest token of an attempt that began there."""

    async def remember(self) -> None:
        """Know the epoch of the message in force, after a restart."""
        kept = await self._journal.kept(EPOCH)
        self.epoch = int(kept["epoch"]) if kept else 0
        self._fences = {**(await self._journal.kept(FENCES) or {})}

    async def take(self, message: PlanMessage) -> PlanAnswer:
        """Bring what runs closer to what is wanted; answers run by run."""
        if message.epoch < self.epoch:
            reason = f"epoch {message.epoch} is older than {self.epoch}, which is in force here"
            return PlanAnswer(epoch=message.epoch, accepted=False, reason=reason)
        if message.epoch > self.epoch:
            await self._journal.keep(EPOCH, {"epoch": message.epoch})
            self.epoch = message.epoch
        answers = [await self._take_run(order) for order in message.runs]
        refused = next((answer.reason for answer in answers if not answer.accepted), "")
        return PlanAnswer(epoch=message.epoch, accepted=not refused, reason=refused, runs=answers)

    async def _take_run(self, order: RunOrder) -> RunAnswer:
        try:
            reason = await self._obey(order)
        except (ValueError, KeyError, JournalFault) as error:
            reason = f"{order.vessel} cannot run here: {error}"
        return RunAnswer(
            attempt=order.attempt,
            vessel=order.vessel,
            revision=order.revision,
            plan_hash=order.plan_hash,
            accepted=not reason,
            reason=reason,
        )

    async def _obey(self, order: RunOrder) -> str:
        """Empty, or why not."""
        if order.reactor not in self._vessels.reactors:
            names = ", ".join(sorted(self._vessels.reactors))
            return f"there is no reactor {order.reactor!r} here; there are {names}"
        unit = self._vessels.of(order.attempt, order.vessel)
        if unit is not None:
            return await self._steer(unit, order)
        if await self._vessels.has_run(f"{order.attempt}:{order.vessel}"):
            return ""  # it ended here long ago; the ledger that was sent says how
        if order.wanted in ("finished", "cancelled"):
            return ""  # it never began here, and is not wanted any more
        program = program_of(order)
        if order.stage == "prepare":
            return ""  # it will begin by whatever is in force then
        seen = self._fences.get(order.reactor, 0)
        if order.fence < seen:
            return (
                f"attempt {order.attempt} is a former one: its token {order.fence} is below "
                f"{seen}, which {order.reactor} has seen"
            )
        async with self._vessels.places[order.reactor]:
            await self._make_room(order)
            await self._keep_fence(order)
            await self._vessels.begin(order, program)
        if order.wanted != "running":
            begun = self._vessels.of(order.attempt, order.vessel)
            assert begun is not None
            _control(begun, order)
        return ""

    async def _steer(self, unit: VesselUnit, order: RunOrder) -> str:
        running, wanted = unit.program, (order.revision, order.plan_hash)
        try:
            if wanted != (running.revision, running.plan_hash):
                if unit.view.ended:
                    return ""
                await self._vessels.revise(unit, order)
        except RevisionRefused as refusal:
            return str(refusal)
        finally:
            # Who cannot go on by another plan can still pause, and end.
            _control(unit, order)
        return ""

    async def _keep_fence(self, order: RunOrder) -> None:
        """Durable before anything moves."""
        if order.fence > self._fences.get(order.reactor, 0):
            self._fences[order.reactor] = order.fence
            await self._journal.keep(FENCES, self._fences)

    async def _make_room(self, order: RunOrder) -> None:
        """Another attempt on the same reactor ends first."""
        older = self._vessels.at(order.reactor)
        if older is None:
            return
        if not older.view.ended:
            older.cancel(f"attempt {order.attempt}")
        await self._vessels.clear(order.reactor)


def _control(unit: VesselUnit, order: RunOrder) -> None:
    if order.control_seq > unit.view.control_seq:
        unit.control(order.wanted, order.control_seq, order.by)
