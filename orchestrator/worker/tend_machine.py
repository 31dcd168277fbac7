"""What people ask of the machine that a worker runs on: from there, or by way of the leader."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, get_args

import msgspec

from orchestrator.messages.machine import ClockReport, MachineDeed, MachineReport
from orchestrator.messages.reports import RunReport
from orchestrator.model.experiment import ENDED
from orchestrator.model.outcome import Outcome
from orchestrator.ports.clock import Instant
from orchestrator.ports.machine import Machine

LINES_MAX: Final = 1000
Said = dict[str, Any]
_OVER: Final = frozenset(state.value for state in ENDED)


class TendMachine:
    """Looks freely; acts only as the service's settings allow, and only on safe vessels."""

    def __init__(
        self,
        machine: Machine | None,
        now: Callable[[], Instant],
        runs: Callable[[], list[RunReport]],
        make_safe: Callable[[], Awaitable[str]],
    ) -> None:
        self._machine, self._now = machine, now
        self._runs, self._make_safe = runs, make_safe

    async def take(self, args: Mapping[str, Any]) -> Said:
        """Do what is asked; its outcome. `result.why` tells programs of a refusal which it is."""
        if self._machine is None:
            return _refused("nothing is known here of the machine")
        asked = str(args["do"])
        if asked == "look":
            return _done(machine=msgspec.to_builtins(self.report(self._machine)))
        if asked == "logs":
            limit = min(max(int(args.get("limit", LINES_MAX)), 1), LINES_MAX)
            return _done(lines=msgspec.to_builtins(self._machine.log_lines(limit)))
        for deed in get_args(MachineDeed):
            if deed == asked:
                return await self._do(self._machine, deed, bool(args.get("while_running", False)))
        return _refused(f"a machine is not asked to {asked:.40}")

    def report(self, machine: Machine) -> MachineReport:
        """As it is now."""
        now = self._now()
        clock = ClockReport(wall_s=now.wall_s, trusted=now.trusted, monotonic_s=now.monotonic_s)
        return MachineReport(system=machine.system(), clock=clock, may=sorted(machine.may))

    async def _do(self, machine: Machine, deed: MachineDeed, while_running: bool) -> Said:
        """Safe first, and only then."""
        if deed not in machine.may:
            return _refused(
                f"this worker may not {deed} its machine; --{deed}-command of its service says how",
                why="not-allowed",
            )
        running = [run.vessel for run in self._runs() if run.state not in _OVER]
        if running and not while_running:
            return _refused(
                f"{', '.join(running)} runs here; say while_running to {deed} even so",
                why="runs",
            )
        if trouble := await self._make_safe():
            return _failed(f"nothing was done, since not all is safe: {trouble}")
        try:
            await machine.do(deed)
        except OSError as error:
            return _failed(f"all outputs are off, but it could not {deed}: {error}")
        return _done(done=deed)


def _done(**result: Any) -> Said:
    return {"outcome": Outcome.DONE.value, "result": result}


def _refused(reason: str, why: str = "") -> Said:
    return {"outcome": Outcome.REFUSED.value, "reason": reason, "result": {"why": why}}


def _failed(reason: str) -> Said:
    return {"outcome": Outcome.FAILED.value, "reason": reason}
