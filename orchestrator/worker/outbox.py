"""Sends what the journal holds until the leader has committed it (SEMANTICS rule 16)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from math import inf

from orchestrator.messages import topics
from orchestrator.messages.codec import encode
from orchestrator.messages.outbox import Accepted
from orchestrator.ports.journal import Journal
from orchestrator.ports.link import Link, LinkDown

BATCH_MAX = 500
IN_FLIGHT_MAX = 4
"""Batches that wait for acceptance; more wait in the journal."""
RESEND_S = 5.0
RESEND_S_MAX = 60.0
CONNECT_S = 3600.0
Heard = Callable[[float, float], None]
"""Hears what time the leader had, and since when, in seconds of the loop, that can have been."""


class Outbox:
    """What was sent but not accepted is sent again: after a while, and at each connect."""

    def __init__(
        self, worker: str, link: Link, journal: Journal, heard: Heard | None = None
    ) -> None:
        self._topic = topics.outbox(worker)
        self._link, self._journal, self._heard = link, journal, heard
        self._newest = 0
        """The newest that was ever sent: only the first time of a batch can be told from later
        ones."""
        self._began_s: dict[tuple[int, int], float] = {}
        """When what is in flight for the first time was sent, in room seconds."""
        self._in_flight: list[tuple[int, int]] = []
        self._sent = 0
        self._rounds = 0
        self._resend_s = RESEND_S
        self._patient_until_s = inf
        """Room seconds at which what is in flight is sent again, whatever else happens."""
        self._stir = asyncio.Event()

    def again(self) -> None:
        """Somebody new may be listening: begin with the oldest."""
        self._in_flight.clear()
        self._began_s.clear()
        self._sent = 0
        self._rounds += 1
        self._resend_s = RESEND_S
        self._patient_until_s = inf
        self._stir.set()

    async def accept(self, accepted: Accepted) -> None:
        """The leader committed these."""
        if accepted.outbox != self._journal.level().outbox:
            return
        self._hear_time(accepted)
        await self._journal.forget(accepted.ranges)
        oldest = self._in_flight[:1]
        self._in_flight = [one for one in self._in_flight if not _covered(one, accepted.ranges)]
        if self._in_flight[:1] != oldest:
            self._resend_s = RESEND_S
            self._be_patient()
        self._stir.set()

    def _hear_time(self, accepted: Accepted) -> None:
        """The leader's clock showed that after the last of these had been sent, and before now."""
        answered = [one for one in self._began_s if _covered(one, accepted.ranges)]
        began_s = [self._began_s.pop(one) for one in answered]
        if began_s and accepted.at_wall_s is not None and self._heard is not None:
            self._heard(accepted.at_wall_s, max(began_s))

    async def run(self) -> None:
        """Send for ever."""
        watching = asyncio.create_task(self._watch(), name="watch the journal")
        try:
            while True:
                await self._send_next()
        finally:
            watching.cancel()
            await asyncio.wait((watching,))

    async def _send_next(self) -> None:
        self._stir.clear()
        if len(self._in_flight) >= IN_FLIGHT_MAX:
            await self._wait()
            return
        this_round = self._rounds
        batch = await self._journal.next_batch(self._sent, BATCH_MAX)
        if self._rounds != this_round:
            return  # meanwhile it was said to begin with the oldest again
        if batch is None:
            await self._wait()
            return
        if batch.first > self._newest:
            self._began_s[batch.first, batch.last] = asyncio.get_running_loop().time()
        self._newest = max(self._newest, batch.last)
        try:
            await self._link.publish(self._topic, encode(batch))
        except LinkDown:
            self.again()
            await self._come_back()
            return
        if self._rounds == this_round:
            self._sent = batch.last
            self._in_flight.append((batch.first, batch.last))
            if len(self._in_flight) == 1:
                self._be_patient()

    def _be_patient(self) -> None:
        """Give the leader some time for the oldest in flight; neither news nor the acceptance of
        later ones prolongs it."""
        now_s = asyncio.get_running_loop().time()
        self._patient_until_s = now_s + self._resend_s if self._in_flight else inf

    async def _wait(self) -> None:
        """For news, for acceptance, or until it is time to send again."""
        until_s = self._patient_until_s
        try:
            async with asyncio.timeout_at(None if until_s == inf else until_s):
                await self._stir.wait()
        except TimeoutError:
            resend_s = min(2.0 * self._resend_s, RESEND_S_MAX)
            self.again()
            self._resend_s = resend_s

    async def _come_back(self) -> None:
        try:
            await self._link.wait_connected(CONNECT_S)
        except LinkDown:
            return

    async def _watch(self) -> None:
        newest = 0
        while True:
            await self._journal.news(newest)
            newest = self._journal.level().newest
            self._stir.set()


def _covered(one: tuple[int, int], ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= one[0] and one[1] <= last for first, last in ranges)
