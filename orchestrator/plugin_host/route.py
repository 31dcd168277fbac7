"""A route of the API that a plugin answers, in a process that may hang, die and be started anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Literal

from orchestrator.jobs.guest import JobLost
from orchestrator.plugin_host.hearing import POLL_S, Hearing
from orchestrator.plugin_host.hosted import END_S
from orchestrator.plugin_host.once import START_S
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.wire import (
    PACKET_BYTES_MAX,
    Ask,
    Broke,
    Config,
    Declined,
    Said,
    pack,
    said_of,
)
from orchestrator.ports.plugin_routes import RouteBroke, RouteLate, RouteLost, RouteRefused

AGAIN_S: Final = 5.0
"""One that was lost is started anew by whoever asks after so many seconds."""
IDLE_S: Final = 300.0
"""A process that nobody asks for so long is let go."""
WAITING_MAX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSpec:
    """What a plugin's document says of a route."""

    plugin: str
    name: str
    method: Literal["GET", "POST"]
    description: str
    query: Mapping[str, str]
    is_for_administrators: bool
    config: Config
    within_s: float


class HostedRoute:
    """`ports.plugin_routes.PluginRoute`; one request at a time, the others wait for their turn."""

    def __init__(self, spec: RouteSpec) -> None:
        self.plugin, self.name, self.method = spec.plugin, spec.name, spec.method
        self.description, self.query = spec.description, spec.query
        self.is_for_administrators = spec.is_for_administrators
        self._spec, self._turn, self._waiting = spec, asyncio.Lock(), 0
        self._hearing: Hearing | None = None
        self._processes: set[GuestProcess] = set()
        """The present one, and those before it that are not quite gone."""
        self._answer: asyncio.Future[Said] | None = None
        """Who waits for an answer."""
        self._idle: asyncio.TimerHandle | None = None
        self._not_before_s = -inf
        self._fault = ""

    async def answer(self, query: Mapping[str, str], body: Any, actor: str, role: str) -> bytes:
        """As the port says."""
        packet = pack(Ask(dict(query), body, actor, role))
        if len(packet) > PACKET_BYTES_MAX:
            raise RouteRefused(413, f"the plugin is told {PACKET_BYTES_MAX} bytes at the most")
        if self._waiting >= WAITING_MAX:
            raise RouteLost(f"{self._waiting} others wait for its answer")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._ask(packet)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Let the process end by itself for a moment, and then see that it does."""
        self._be_quiet()
        self._let_go()
        left_s = END_S
        while left_s > 0.0 and any(not each.ending for each in self._processes):
            await asyncio.sleep(POLL_S)
            left_s -= POLL_S
        for each in self._processes:
            each.bury()

    async def _ask(self, packet: bytes) -> bytes:
        limit_s = self._spec.within_s + (START_S if self._hearing is None else 0.0)
        self._be_quiet()
        try:
            hearing = self._hearing or self._start()
            self._answer = asyncio.get_running_loop().create_future()
            hearing.process.send(packet)
            async with asyncio.timeout(limit_s):
                return (await self._answer).body
        except TimeoutError:
            late = f"it did not answer within {limit_s:g} s"
            self._strike(late)
            raise RouteLate(late) from None
        except JobLost as lost:
            self._strike(str(lost))
            raise RouteLost(str(lost)) from None
        except asyncio.CancelledError:
            self._strike("")  # its answer would be taken for that to the next question
            raise
        finally:
            self._answer = None
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._let_go)

    def _start(self) -> Hearing:
        if asyncio.get_running_loop().time() < self._not_before_s:
            raise RouteLost(self._fault)
        process = GuestProcess(self._spec.config)
        self._processes = {each for each in self._processes if not each.ending} | {process}
        self._hearing = Hearing(process, packet=self._hear, lost=self._lose)
        return self._hearing

    def _hear(self, packet: bytes) -> None:
        try:
            said = said_of(packet)
        except JobLost as lost:
            self._lose(str(lost))
            return
        if isinstance(said, Broke):
            self._strike("")
            self._tell(RouteBroke(said.text))
        elif isinstance(said, Declined):
            self._tell(RouteRefused(said.status, said.text))
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(said)

    def _lose(self, why: str) -> None:
        self._strike(why)
        self._tell(RouteLost(why))

    def _tell(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _strike(self, fault: str) -> None:
        """End it; after a fault the next one is started when somebody asks after a while."""
        if self._hearing is not None:
            self._hearing.strike()
            self._hearing = None
        if fault:
            self._fault = fault
            self._not_before_s = asyncio.get_running_loop().time() + AGAIN_S

    def _let_go(self) -> None:
        if self._hearing is not None:
            self._hearing.ask_to_end()
            self._hearing = None

    def _be_quiet(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
