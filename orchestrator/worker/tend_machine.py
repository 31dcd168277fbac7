"""What people ask of the machine that a worker runs on: from there, or by way of the leader."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, get_args

import msgspec

from orchestrator.messages.machine import ClockReport, MachineDeed, MachineReport
from orchestrator.messages.reports import RunReport
from orchestrator.model.experiment import ENDED
from orchestrator.model.outcome import Outcome
from orchestrator.ports.clock import Instant
from orchestrator.ports.machine import Machine
from orchestrator.worker.show_picture import PIECE_BYTES

LINES_MAX: Final = 1000
FILES_MAX: Final = 400
"""Of an answer, which every broker has to take."""
DOCUMENT_MAX: Final = 100_000
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
        if asked == "documents":
            return await self._documents(self._machine)
        if asked == "files":
            return await self._files(self._machine, args)
        if asked == "file":
            return await self._piece(self._machine, str(args["name"]), int(args.get("offset", 0)))
        for deed in get_args(MachineDeed):
            if deed == asked:
                return await self._do(self._machine, deed, bool(args.get("while_running", False)))
        return _refused(f"a machine is not asked to {asked:.40}")

    def report(self, machine: Machine) -> MachineReport:
        """As it is now."""
        now = self._now()
        clock = ClockReport(wall_s=now.wall_s, trusted=now.trusted, monotonic_s=now.monotonic_s)
        return MachineReport(system=machine.system(), clock=clock, may=sorted(machine.may))

    async def _documents(self, machine: Machine) -> Said:
        try:
            found = await asyncio.to_thread(machine.documents)
        except OSError as error:
            return _failed(f"a document cannot be read: {error}")
        too_long = [about for about, text in found.items() if len(text) > DOCUMENT_MAX]
        if too_long:
            return _failed(f"{', '.join(too_long)}: more than {DOCUMENT_MAX} characters")
        return _done(documents=dict(found))

    async def _files(self, machine: Machine, args: Mapping[str, Any]) -> Said:
        limit = min(max(int(args.get("limit", FILES_MAX)), 1), FILES_MAX)
        under, after = str(args.get("under", "")), str(args.get("after", ""))
        found = await asyncio.to_thread(machine.files, under, after, limit)
        return _done(files=msgspec.to_builtins(found))

    async def _piece(self, machine: Machine, name: str, offset: int) -> Said:
        if offset < 0:
            raise ValueError(f"offset is at least 0, not {offset}")
        try:
            piece = await asyncio.to_thread(machine.piece, name, offset, PIECE_BYTES)
        except OSError as error:
            return _failed(f"{name:.200} cannot be read: {error}")
        if piece is None:
            return _refused(f"there is no file {name:.200} in this worker's folder", "no-file")
        data, size_bytes = piece
        return _done(data=b64encode(data).decode(), size_bytes=size_bytes)

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
