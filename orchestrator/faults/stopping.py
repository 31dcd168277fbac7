"""An emergency stop in the middle of it, by the dashboard or at the worker's own door.

Who stops cannot wait until all is well: half of them go to the worker itself. Whoever attends to
the room releases what still stands once nobody wants it to (`Attendant`), and lets it go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from orchestrator.faults.machines import WorkerMachine
from orchestrator.faults.storm import Trouble
from orchestrator.leader.service import Leader
from orchestrator.model.outcome import Outcome

if TYPE_CHECKING:
    from orchestrator.faults.room import Room

WHO: Final = "rehearsal"
AT_THE_DOOR: Final = 0.5
"""So often a person stops at the worker itself, which needs neither leader nor network."""


async def stop_for_a_while(room: Room, trouble: Trouble) -> None:
    """Stop, see that it stands still, and say some time later that it may go on."""
    attendant = room.attendant
    attendant.stopping += 1
    try:
        if trouble.dice < AT_THE_DOOR:
            await _at_the_door(room.worker(trouble))
        else:
            await attendant.attempt(lambda leader: _by_the_leader(room, leader))
        await asyncio.sleep(trouble.for_s)
    finally:
        attendant.stopping -= 1
        for bench in room.benches.values():
            bench.stopped = False


async def _at_the_door(machine: WorkerMachine) -> None:
    """A process that hangs does not answer; whoever stands before it goes away again."""
    worker = machine.worker
    if worker is None or machine.hangs:
        return

    async def stop() -> None:
        if await worker.emergency_stop(WHO) == "" and machine.worker is worker:
            _stand_still(machine, machine.benches)

    machine.within(stop())


async def _by_the_leader(room: Room, leader: Leader) -> None:
    said = await leader.emergency_stop(by=WHO)
    for machine in room.workers:
        answer = said.get(machine.name)
        if answer is not None and answer.outcome == Outcome.DONE:
            _stand_still(machine, answer.result["stopped"])


def _stand_still(machine: WorkerMachine, reactors: Iterable[str]) -> None:
    for name in reactors:
        machine.benches[name].stopped = True
