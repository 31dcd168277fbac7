"""A self-test of a plugin: a process for each reactor that is tested, which is soon gone again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orchestrator.jobs.guest import JobLost, Option
from orchestrator.messages.calibrations import Trial
from orchestrator.plugin_host.once import ask_once
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.wire import Tried, Try, answer_of, pack

WORDS_MAX: Final = 300
Start = Callable[[str, Mapping[str, Option]], GuestProcess]


class HostedTest:
    """`ports.plugin_test.PluginTest` by a class of a plugin."""

    def __init__(self, name: str, start: Start, within_s: float) -> None:
        """`start` is told the reactor and what its hardware document says to this test."""
        self.name, self._start, self._within_s = name, start, within_s

    async def run(self, reactor: str, options: Mapping[str, Option]) -> Trial:
        """As the port says: one that falls, hangs or says nonsense did not pass."""
        try:
            packet = await ask_once(
                lambda: self._start(reactor, options), pack(Try()), self._within_s
            )
            said = answer_of(packet)
            if not isinstance(said, Tried):
                raise JobLost("it answers something else")
        except JobLost as lost:
            return Trial(device=self.name, result="failed", reason=f"the test itself fell: {lost}")
        reason = said.reason[:WORDS_MAX]
        if said.result != "passed" and not reason:
            reason = "its test does not say why"
        figure = said.figure[:WORDS_MAX]
        return Trial(device=self.name, result=said.result, figure=figure, reason=reason)
