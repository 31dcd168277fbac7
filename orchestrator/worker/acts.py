"""What a machine does in a comparison: runs a pump, turns a stirrer, reads a sensor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from orchestrator.control.calibration.protocol import TACHOMETER, Task, sensor_of
from orchestrator.control.calibration.session import Session
from orchestrator.model.picture import Shot
from orchestrator.ports.clock import Clock
from orchestrator.ports.reactor import DeviceFault, PumpEnd, Reactor
from orchestrator.ports.wake import Wake
from orchestrator.worker.pump import MARGIN_S

STIRRER = "stirrer"
READINGS = 10
"""Their mean is what counts."""
READING_S = 1.0
"""From one to the next."""
SETTLE_S = 8.0
"""For which a stirrer turns before anybody looks."""
TOGETHER_S = 8.0
"""Room seconds that a sensor may take to answer: 2 s, and up to 1.5 s before that until the vessel
is as it has to be for the reading, and once more as much for a reading that is under way."""


class ActFailed(RuntimeError):
    """It was not done, or not to its end; the message says why."""


def lasts_s(task: Task) -> float:
    """For how long an act goes on, more or less."""
    if task.act == "pump":
        return task.amount
    reading_s = READINGS * READING_S
    if task.act == "read":
        return reading_s
    return SETTLE_S if task.question else SETTLE_S + reading_s


class Acts:
    """One act at a time on each reactor; the keeper times the pumps."""

    def __init__(self, clock: Clock, reactors: Mapping[str, Reactor]) -> None:
        self._clock, self._reactors = clock, reactors
        self._stopped: dict[str, Wake] = {}

    def stop(self, session: Session) -> None:
        """End an act before its time, if one is under way; what it drove is off on return."""
        stopped = self._stopped.get(session.id)
        if stopped is not None:
            stopped.set()
            self._reactors[session.reactor].stop_pumps()
            if session.task is not None and session.task.act == "turn":
                self._reactors[session.reactor].drive(STIRRER, 0.0)

    def rest(self, session: Session) -> None:
        """Let stand what turned only so that a person could tell its speed."""
        task = session.task
        if task is not None and task.act == "turn" and task.question:
            self._reactors[session.reactor].drive(STIRRER, 0.0)

    async def carry_out(self, session: Session) -> tuple[float, float | None]:
        """Answer the raw value, and the actual one where the machine knows it itself.

        Raises:
            ActFailed: it was not done, or not to its end.
        """
        task, reactor = session.task, self._reactors[session.reactor]
        assert task is not None
        stopped = self._stopped[session.id] = Wake()
        try:
            if task.act == "pump":
                return await self._pump(reactor, session, task.amount, stopped), None
            if task.act == "turn":
                return await self._turn(reactor, task.amount, stopped, ask=bool(task.question))
            return await self._read(reactor, sensor_of(session.wish), stopped), None
        except DeviceFault as fault:
            raise ActFailed(str(fault)) from fault
        finally:
            del self._stopped[session.id]

    async def look(self, reactor: str, sensor: str) -> float:
        """Answer one value of a sensor.

        Raises:
            ActFailed: it shows nothing.
        """
        return await sense_once(self._reactors[reactor], sensor)

    async def _pump(self, reactor: Reactor, session: Session, for_s: float, stopped: Wake) -> float:
        ends: list[PumpEnd] = []
        heard = Wake()

        def deliver(end: PumpEnd) -> None:
            ends.append(end)
            heard.set()

        takes_s = reactor.run_pump(session.act_name, session.wish.device, for_s, deliver)
        give_up_s = self._now_s() + takes_s + MARGIN_S * max(1.0, self._clock.speed)
        while not ends and self._now_s() < give_up_s:
            await self._clock.sleep_until(give_up_s, heard)
        if not ends:
            reactor.stop_pumps()
            raise ActFailed(f"unknown: {session.wish.device} did not say how far it got")
        end = ends[0]
        if end.uncertain or not end.complete or stopped.is_set():
            unknown = "unknown: " if end.uncertain else ""
            raise ActFailed(
                f"{unknown}{session.wish.device} ran {end.on_s:.3g} of {for_s:g} s"
                + (f": {end.reason}" if end.reason else "")
            )
        return end.on_s

    async def _turn(
        self, reactor: Reactor, duty: float, stopped: Wake, *, ask: bool
    ) -> tuple[float, float | None]:
        """With nobody but a person to tell the speed, it turns until the next act, or the end."""
        reactor.drive(STIRRER, duty)
        turns_on = False
        try:
            await self._pass(SETTLE_S, stopped)
            turns_on = ask
            if ask:
                return duty, None
            return duty, await self._read(reactor, TACHOMETER, stopped)
        finally:
            if not turns_on and not stopped.is_set():  # whoever stopped it has seen to that
                reactor.drive(STIRRER, 0.0)

    async def _read(self, reactor: Reactor, sensor: str, stopped: Wake) -> float:
        values: list[float] = []
        for _ in range(READINGS):
            values.append(await sense_once(reactor, sensor))
            await self._pass(READING_S, stopped)
        return sum(values) / len(values)

    async def _pass(self, seconds: float, stopped: Wake) -> None:
        until_s = self._now_s() + seconds
        while self._now_s() < until_s and not stopped.is_set():
            await self._clock.sleep_until(until_s, stopped)
        if stopped.is_set():
            raise ActFailed("it was stopped")

    def _now_s(self) -> float:
        return self._clock.now().monotonic_s


async def sense_once(reactor: Reactor, sensor: str) -> float:
    """Read a sensor.

    Raises:
        ActFailed: it shows nothing.
    """
    answered: asyncio.Future[tuple[float | None, str]]
    answered = asyncio.get_running_loop().create_future()

    def deliver(value: float | None, fault: str) -> None:
        if not answered.done():
            answered.set_result((value, fault))

    reactor.sense(sensor, deliver)
    try:
        async with asyncio.timeout(TOGETHER_S):
            value, fault = await answered
    except TimeoutError:
        value, fault = None, "it did not answer"
    if value is None:
        raise ActFailed(f"the {sensor} shows nothing: {fault or 'no value'}")
    return value


async def look_once(reactor: Reactor, camera: str) -> bytes:
    """Take a picture, by the light that there is; its camera has a time limit of its own.

    Raises:
        ActFailed: there is none.
    """
    answered: asyncio.Future[tuple[bytes | None, str]]
    answered = asyncio.get_running_loop().create_future()

    def deliver(picture: bytes | None, fault: str) -> None:
        if not answered.done():
            answered.set_result((picture, fault))

    reactor.photograph(camera, Shot(), deliver)
    picture, fault = await answered
    if picture is None:
        raise ActFailed(fault or "it took no picture")
    return picture
