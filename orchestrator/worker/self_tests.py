"""Self-tests of a worker's reactors: one at a time on each, never beside a run, kept for later."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import msgspec

from orchestrator.messages.calibrations import SelfTest
from orchestrator.model.outcome import Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import Journal, JournalFault
from orchestrator.ports.plugin_test import PluginTest
from orchestrator.worker.trials import Stopped, Trials
from orchestrator.worker.vessels import Vessels

KEPT = "self tests"

logger = logging.getLogger(__name__)


class SelfTests:
    """The last self-test of each reactor, and those under way."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        vessels: Vessels,
        comparing: Callable[[str], bool],
        changed: Callable[[], None],
        own: Sequence[PluginTest] = (),
    ) -> None:
        """`comparing` says whether a device of a reactor is being compared just now; `own` are
        tests that plugins bring."""
        self._own = own
        self._clock, self._journal, self._vessels = clock, journal, vessels
        self._comparing, self._changed = comparing, changed
        self._tests: dict[str, SelfTest] = {}
        self._under_way: dict[str, Trials] = {}

    async def remember(self) -> None:
        """What the last process was in the middle of is over."""
        kept = await self._journal.kept(KEPT)
        try:
            tests = msgspec.convert(kept["tests"] if kept else [], list[SelfTest])
        except msgspec.ValidationError as error:  # it must not keep vessels from going on
            logger.error("the self-tests of this worker are lost: %s", error)
            return
        for test in tests:
            if test.ended_wall_s is None:
                test = _ended(test, test.began_wall_s, "the worker stopped in the middle")
            self._tests[test.reactor] = test

    @property
    def records(self) -> list[SelfTest]:
        """Of each reactor the last one."""
        return [*self._tests.values()]

    def is_under_way(self, reactor: str) -> bool:
        """Whether the reactor is being tested."""
        return reactor in self._under_way

    def give_way(self, reactor: str) -> None:
        """A run begins, or everything stops."""
        trials = self._under_way.get(reactor)
        if trials is not None:
            trials.stop()

    async def start(self, reactor: str, by: str) -> dict[str, Any]:
        """Begin; answers as commands are answered, and the results come later."""
        if not reactor and len(self._vessels.reactors) == 1:
            [reactor] = self._vessels.reactors
        why_not = self._why_not(reactor)
        if why_not:
            return {"outcome": Outcome.REFUSED.value, "reason": why_not}
        test = SelfTest(
            id=uuid4().hex[:8], reactor=reactor, by=by, began_wall_s=self._clock.now().wall_s
        )
        trials = Trials(self._clock, self._vessels.reactors[reactor], test.id, self._own)
        self._under_way[reactor] = trials
        try:
            await self._keep(test)
        except JournalFault as fault:
            del self._under_way[reactor]
            return {"outcome": Outcome.UNKNOWN.value, "reason": str(fault)}
        self._vessels.spawn(self._run(test, trials), f"self-test of {reactor}")
        return {"outcome": Outcome.DONE.value, "result": {"id": test.id, "reactor": reactor}}

    def _why_not(self, reactor: str) -> str:
        if reactor not in self._vessels.reactors:
            names = ", ".join(self._vessels.reactors)
            return f"say which reactor: {names}" if not reactor else f"there is no {reactor} here"
        unit = self._vessels.at(reactor)
        if unit is not None and not unit.view.ended:
            return f"{reactor} runs {unit.run}: test it when that is over"
        if reactor in self._vessels.stops.stopped:
            return f"an emergency stop holds {reactor}: release it first"
        if reactor in self._under_way:
            return f"{reactor} is being tested already"
        if self._comparing(reactor):
            return f"a device of {reactor} is being compared just now"
        return ""

    async def _run(self, test: SelfTest, trials: Trials) -> None:
        trouble = ""
        try:
            async for trial in trials.run():
                test = msgspec.structs.replace(test, trials=[*test.trials, trial])
                self._tests[test.reactor] = test
                self._changed()
        except Stopped as stopped:
            trouble = str(stopped)
        except Exception as error:  # other vessels have no part in it
            logger.exception("the self-test of %s broke down", test.reactor)
            trouble = f"{type(error).__name__}: {error}"
        finally:
            del self._under_way[test.reactor]
        try:
            await self._keep(_ended(test, self._clock.now().wall_s, trouble))
        except JournalFault as fault:
            logger.error("the self-test of %s is not on record: %s", test.reactor, fault)

    async def _keep(self, test: SelfTest) -> None:
        tests = {**self._tests, test.reactor: test}
        kept: Mapping[str, Any] = {"tests": msgspec.to_builtins([*tests.values()])}
        await self._journal.keep(KEPT, kept)
        self._tests = tests
        self._changed()


def _ended(test: SelfTest, wall_s: float, trouble: str) -> SelfTest:
    return msgspec.structs.replace(test, ended_wall_s=wall_s, trouble=trouble)
