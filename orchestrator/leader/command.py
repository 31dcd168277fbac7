"""Ask a worker to do something now, and wait for what it says (SEMANTICS rule 17)."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec

from orchestrator.leader.ids import command_id
from orchestrator.leader.pace import Pace
from orchestrator.leader.presence import Presences
from orchestrator.messages import topics
from orchestrator.messages.codec import BadMessage, decode, encode
from orchestrator.messages.orders import CommandMessage, CommandResult
from orchestrator.messages.reports import StateMessage
from orchestrator.model.canonical import canonical_json
from orchestrator.model.outcome import Outcome
from orchestrator.ports.clock import Clock
from orchestrator.ports.link import Arrival, Link, LinkDown, LinkRefused
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.store import NotFound

POURING = frozenset({"dose", "dilute"})
log = logging.getLogger(__name__)


class Command:
    """One at a time or many at once."""

    def __init__(
        self, link: Link, clock: Clock, pace: Pace, presences: Presences, chance: Random
    ) -> None:
        self._link = link
        self._clock = clock
        self._pace = pace
        self._presences = presences
        self._chance = chance
        self._waiting: dict[str, asyncio.Future[CommandResult]] = {}

    async def ask(
        self,
        worker: str,
        name: str,
        args: Mapping[str, Any],
        *,
        by: str,
        reactor: str = "",
        attempt: str = "",
        vessel: str = "",
        key: str | None = None,
    ) -> CommandResult:
        """Send it and return the worker's answer.

        Under a key, the same again has the same id: the worker does it once, and answers again.

        Raises:
            NotFound: nobody ever heard of this worker.
            RequestRefused: it is not there, or there is no such command.
            NoAnswer: it did not answer in time.
        """
        message = self._message(worker, name, args, by, reactor, attempt, vessel)
        if key is not None:
            message = msgspec.structs.replace(message, id=_id_under(key, worker, message))
        answer = self._waiting.get(message.id)
        is_first = answer is None
        if answer is None:
            answer = self._waiting[message.id] = asyncio.get_running_loop().create_future()
        pours = name in POURING
        limit_s = self._pace.pour_s if pours else self._pace.command_s
        try:
            async with asyncio.timeout(limit_s):
                await self._link.publish(topics.command(worker), encode(message))
                return await asyncio.shield(answer)
        except TimeoutError:
            goes_on = "; what began goes on, and the event log tells its end" if pours else ""
            raise NoAnswer(f"{worker} did not answer within {limit_s:g} s{goes_on}") from None
        except LinkDown as error:
            raise NoAnswer(f"{worker} was not reached: {error}") from error
        except LinkRefused as error:
            raise RequestRefused(f"the broker refuses it: {error}") from error
        finally:
            if is_first:
                del self._waiting[message.id]

    async def hear(self, arrival: Arrival) -> None:
        """A worker answers."""
        try:
            result = decode(arrival.payload, CommandResult)
        except BadMessage as error:
            log.warning("%s is no answer to a command: %s", arrival.topic, error)
            return
        waiting = self._waiting.get(result.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(result)

    async def emergency_stop(self, by: str) -> Mapping[str, CommandResult]:
        """Everybody at once, so that nobody waits for one that is dead; what each of them said."""
        known = [
            each.worker for each in self._presences if each.state and each.state.state != "stopped"
        ]
        said = await asyncio.gather(*(self._stop(worker, by) for worker in known))
        return dict(zip(known, said, strict=True))

    async def _stop(self, worker: str, by: str) -> CommandResult:
        try:
            return await self.ask(worker, "emergency_stop", {}, by=by)
        except (NoAnswer, RequestRefused) as error:
            return CommandResult(id="", outcome=Outcome.UNKNOWN.value, reason=str(error))

    def _message(
        self,
        worker: str,
        name: str,
        args: Mapping[str, Any],
        by: str,
        reactor: str,
        attempt: str,
        vessel: str,
    ) -> CommandMessage:
        presence = self._presences.get(worker)
        if presence is None or presence.state is None:
            raise NotFound(f"there is no worker {worker}")
        if not presence.ready:
            raise RequestRefused(f"{worker} is {presence.state.state}: it cannot be reached")
        plain = {
            "id": command_id(self._chance),
            "session": presence.state.session,
            "sent_wall_s": self._clock.now().wall_s,
            "by": by,
            "name": name,
            "reactor": reactor,
            "attempt": attempt,
            "vessel": vessel,
            "args": dict(args) | (_stops(presence.state) if name == "release_stop" else {}),
        }
        try:
            return msgspec.convert(plain, CommandMessage)
        except msgspec.ValidationError as error:
            raise RequestRefused(f"no such command: {error}") from error


def _id_under(key: str, worker: str, message: CommandMessage) -> str:
    """The same for the same command, after a restart of the leader as well."""
    plain = msgspec.to_builtins(message)
    told = {name: plain[name] for name in plain if name not in ("id", "session", "sent_wall_s")}
    return hashlib.sha256(canonical_json([key, worker, told])).hexdigest()[:16]


def _stops(state: StateMessage) -> dict[str, Any]:
    """Which stops are to be released: whatever the clocks show, a later one is none of them."""
    return {"stops": {reactor: stop.id for reactor, stop in state.stopped.items()}}
