"""Child processes of `axenic up`: started in order, restarted when they die, ended in reverse."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from orchestrator.transport.process import WRAPPER, end

BACKOFF_FIRST_S = 0.5
BACKOFF_MAX_S = 10.0
HEALTHY_AFTER_S = 20.0
LOG_BYTES_MAX = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One child: its name, and the `axenic` words that run it."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Children:
    """Runs programs until told to stop; a child dies with this process, even at kill -9."""

    def __init__(self, log_folder: Path, report: Callable[[str], None]) -> None:
        self._log_folder = log_folder
        self._report = report
        self._tasks: list[tuple[str, asyncio.Task[None]]] = []
        self.pids: dict[str, int] = {}
        """Of those that run now, by name."""

    def start(self, program: Program) -> None:
        """Keep a program running from now on."""
        task = asyncio.create_task(self._keep(program), name=f"keep {program.name} running")
        self._tasks.append((program.name, task))

    async def stop(self) -> None:
        """End the children, the last started first: SIGTERM, and SIGKILL after a limit."""
        while self._tasks:
            _, task = self._tasks.pop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def log_of(self, name: str) -> Path:
        """Where a child's output goes."""
        return self._log_folder / f"{name}.log"

    async def _keep(self, program: Program) -> None:
        pause_s = BACKOFF_FIRST_S
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            code = await self._run_once(program)
            if loop.time() - began_s > HEALTHY_AFTER_S:
                pause_s = BACKOFF_FIRST_S
            self._report(
                f"{program.name} ended ({_ending(code)}); starting it again in {pause_s:g} s, "
                f"see {self.log_of(program.name)}"
            )
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, BACKOFF_MAX_S)

    async def _run_once(self, program: Program) -> int:
        log = self.log_of(program.name)
        with await asyncio.to_thread(_open_log, log) as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(WRAPPER), str(os.getpid()), "--"),
                *(sys.executable, "-m", "orchestrator", *program.words),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **program.environment},
                start_new_session=True,  # Ctrl-C reaches us alone; we end the others in order
            )
        self.pids[program.name] = process.pid
        try:
            return await process.wait()
        finally:
            await end(process)
            self.pids.pop(program.name, None)


def _open_log(log: Path) -> BinaryIO:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".old"))
    return log.open("ab")


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
