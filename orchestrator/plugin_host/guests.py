"""All guests of one worker: which jobs there are, and every process that was started for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from zlib import crc32

from orchestrator.jobs.guest import Guest, Invitation, Place
from orchestrator.jobs.job import Job
from orchestrator.jobs.registry import BUILT_IN, UnknownJob
from orchestrator.plugin_host.hearing import POLL_S
from orchestrator.plugin_host.hosted import END_S, LockstepGuest
from orchestrator.plugin_host.live import LiveGuest
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.spec import GuestSpec, config_of
from orchestrator.plugin_host.wire import Config


class Guests:
    """Gives out jobs by name, built-in ones too; whoever made it closes it."""

    def __init__(
        self,
        specs: Iterable[GuestSpec],
        *,
        lockstep: bool = False,
        simulated: bool = False,
        seed: int = 0,
    ) -> None:
        """`lockstep`: time is virtual, and stands still while a guest makes its step."""
        self._specs = {spec.name: spec for spec in specs}
        self._lockstep, self._simulated, self._seed = lockstep, simulated, seed
        self._processes: set[GuestProcess] = set()

    @property
    def names(self) -> Sequence[str]:
        """Of the jobs that plugins bring."""
        return tuple(name for name, spec in self._specs.items() if not spec.leads)

    @property
    def laws(self) -> Sequence[str]:
        """Of the laws that plugins bring, with the job that follows each: `dosing.gentle`."""
        return tuple(name for name, spec in self._specs.items() if spec.leads)

    def job_named(self, name: str) -> Job[Any] | Invitation:
        """A built-in job, or the invitation to a guest, which may be a law.

        Raises:
            UnknownJob: there is none of that name.
        """
        if name in BUILT_IN:
            return BUILT_IN[name]
        spec = self._specs.get(name)
        if spec is None:
            raise UnknownJob(f"no job {name!r}; there are {', '.join((*BUILT_IN, *self.names))}")
        return Invitation(name=name, accept=partial(self._take_in, spec))

    async def close(self) -> None:
        """Let what still runs end by itself for a moment, and then see that it does."""
        left_s = END_S
        while left_s > 0.0 and any(not process.ending for process in self._processes):
            await asyncio.sleep(POLL_S)
            left_s -= POLL_S
        for process in self._processes:
            process.strike()
        for process in self._processes:
            process.bury()
        self._processes.clear()

    def _take_in(self, spec: GuestSpec, place: Place, wake: Callable[[], None]) -> Guest:
        seed = crc32(f"{self._seed}/{place.vessel}/{spec.name}".encode())
        place = replace(place, simulated=self._simulated, seed=seed)
        start = partial(self.start, config_of(spec, place))
        if self._lockstep:
            return LockstepGuest(spec, start)
        return LiveGuest(spec, start, wake)

    def start(self, config: Config) -> GuestProcess:
        """Start a process that ends with all the others.

        Raises:
            JobLost: there is no room for another one.
        """
        self._processes = {each for each in self._processes if not each.ending}
        process = GuestProcess(config)
        self._processes.add(process)
        return process
