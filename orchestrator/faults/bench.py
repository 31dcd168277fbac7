"""A vessel on its bench with the keeper, and the wire over which one worker process reaches both.

The bench counts by itself what was measured and pumped: the truth that ledgers are held against.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from math import inf, isfinite, nan
from random import Random

from orchestrator.hardware.keeper.client import LOST
from orchestrator.hardware.keeper.core import PATIENCE_S
from orchestrator.model.interlock import Interlock
from orchestrator.model.picture import Shot
from orchestrator.ports.clock import Clock
from orchestrator.ports.reactor import DeviceFault, Held, PumpEnd
from orchestrator.sim.reactor import HEATER, THERMOMETER, Reactor, SensorDead
from orchestrator.sim.reactor_port import SimReactor

MEASURED_C = "temperature.measured"


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that a sensor gave to a worker."""

    at_s: float
    sensor: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """How a sensor is wrong: it shows no number, its last value, or what it should times and plus
    something."""

    nan: bool = False
    stuck: bool = False
    gain_factor: float = 1.0
    offset: float = 0.0


@dataclass(slots=True)
class Pumped:
    """A pump that was told to turn."""

    run: str
    pump: str
    volume_ml: float
    began_s: float
    turned_ml: float = 0.0
    """What it moved unless it was jammed; nothing as long as it turns."""


@dataclass(slots=True)
class Truth:
    """What the vessel itself went through."""

    samples: list[Sample] = field(default_factory=list)
    pumped: list[Pumped] = field(default_factory=list)
    refused_runs: list[str] = field(default_factory=list)
    """Doses that were to begin a second time."""
    jams: list[tuple[str, float, float]] = field(default_factory=list)
    """(pump, from, to): it turned without moving anything."""
    volume_ml_max: float = 0.0
    temperature_c_max: float = 0.0
    """While the thermometer told the truth, and the vessel had cooled down after it had not."""
    heated_too_hot: list[tuple[float, float]] = field(default_factory=list)
    """(moment, °C): the heater was on although the thermometer had shown so much."""
    ran_against: list[tuple[float, str, str]] = field(default_factory=list)
    """(moment, output, why not): it was on, and an interlock did not let it."""
    moved_at_rest: list[tuple[float, str]] = field(default_factory=list)
    """(moment, output): it was on, and had to be off because of an emergency stop."""
    fed: list[tuple[float, float]] = field(default_factory=list)
    """(moment, mL that had flowed in until then), growing."""


class Bench:
    """One vessel; it stands there whatever becomes of its worker."""

    def __init__(
        self,
        name: str,
        physics: Reactor,
        clock: Clock,
        chance: Random,
        limit_c: float = inf,
        interlocks: tuple[Interlock, ...] = (),
    ) -> None:
        self.name, self.physics, self.truth = name, physics, Truth()
        self.turns = asyncio.Event()
        """A pump has just begun to turn."""
        self.slow_s = 0.0
        """How long sensors take to answer, at most."""
        self._clock, self._chance = clock, chance
        self._interlocks = interlocks
        self._against_since_s: dict[str, float] = {}
        self.keeper = SimReactor(physics, clock, name, interlocks)
        self.limit_c = limit_c
        """What must not be passed."""
        self.stopped = False
        """A person has stopped it, was told so, and has not asked to let it go since."""
        self.has_keeper = True
        self._lied = False
        """The thermometer shows something wrong, or the vessel is still hot from it."""
        self._wire: Wire | None = None
        self._cut: asyncio.TimerHandle | None = None

    def connect(self) -> Wire:
        """A worker comes; who was there before is not heard any more."""
        self.disconnect()
        if self._cut is not None:
            self._cut.cancel()
        self.has_keeper = True
        self._wire = Wire(self, self._chance)
        return self._wire

    def disconnect(self) -> None:
        """The worker is gone: pumps stop at once, all else when the keeper's patience is over."""
        if self._wire is None:
            return
        self._wire.alive, self._wire = False, None
        self.keeper.stop_pumps()
        self._cut = asyncio.get_running_loop().call_later(PATIENCE_S, self._all_off)

    def lose_power(self) -> None:
        """Worker and keeper are gone, and nothing turns or heats."""
        self.disconnect()
        self._all_off()
        self._another_keeper()

    def lose_keeper(self) -> None:
        """The keeper dies: all goes off, and nobody can say how far a pump had got."""
        self.has_keeper = False
        self._all_off()
        self._another_keeper()

    def find_keeper(self) -> None:
        """A new one is there; it is told what to hold off, and what each output should do."""
        self.has_keeper = True
        if self._wire is not None and not self._wire.hangs:
            self._wire.say_all()

    def hang(self) -> None:
        """The worker hangs: the keeper's patience ends, and it turns everything off."""
        if self._wire is not None and not self._wire.hangs:
            self._wire.hangs = True
            self._cut = asyncio.get_running_loop().call_later(PATIENCE_S, self._all_off)

    def go_on(self) -> None:
        """It lives again, and says once more what each output should do, as a keeper's client."""
        if self._wire is not None and self._wire.hangs:
            self._wire.hangs = False
            if self._cut is not None:
                self._cut.cancel()
            self._wire.say_all()

    async def lie(self, sensor: str, how: Lie, for_s: float) -> None:
        """Let a sensor show something wrong."""
        part = self.physics.sensors[sensor]
        self.look()
        if sensor == THERMOMETER:
            self._lied = True
        if how.nan:
            part.stuck_at = nan
        elif how.stuck:
            with contextlib.suppress(SensorDead):
                part.stuck_at = self.physics.read(sensor, self._clock.now().monotonic_s)
        part.gain_factor, part.offset = how.gain_factor, how.offset
        await asyncio.sleep(for_s)
        part.stuck_at, part.gain_factor, part.offset = None, 1.0, 0.0
        self.look()

    def moved_ml(self, run: str) -> float:
        """What somebody finds who looks closely at what a dose has left behind."""
        return sum(one.turned_ml for one in self.truth.pumped if one.run == run)

    async def jam(self, pump: str, for_s: float) -> None:
        """Let a pump turn without moving anything."""
        loop = asyncio.get_running_loop()
        self.look()
        self.physics.stick(pump, 0.0, loop.time())
        self.truth.jams.append((pump, loop.time(), loop.time() + for_s))
        await asyncio.sleep(for_s)
        self.look()
        self.physics.stick(pump, None, loop.time())

    def look(self) -> None:
        """Take down what the vessel went through until now."""
        truth, now_s = self.truth, self._clock.now().monotonic_s
        seen = self.physics.truth(now_s)
        truth.volume_ml_max = max(truth.volume_ml_max, seen["sim.volume_ml"])
        if self._wire is not None and self._wire.heats_too_hot(now_s):
            truth.heated_too_hot.append((now_s, self._wire.shown_c))
        temperature_c = seen["sim.temperature_c"]
        if self._lied and temperature_c <= self.limit_c and self._is_honest(THERMOMETER):
            self._lied = False
        if not self._lied:
            truth.temperature_c_max = max(truth.temperature_c_max, temperature_c)
        if not truth.fed or truth.fed[-1][1] != seen["sim.fed_ml"]:
            truth.fed.append((now_s, seen["sim.fed_ml"]))
        if self.stopped:
            self.has_to_rest()
        self._look_at_interlocks(now_s)

    def _look_at_interlocks(self, now_s: float) -> None:
        """Take down what goes on against one; what ends in this moment may take others with it."""
        against = {
            each.device: reason
            for each in self._interlocks
            if self._is_on(each.device)
            and (reason := each.against(self._is_on) or self._measured_against(each, now_s))
        }
        for device, reason in against.items():
            if self._against_since_s.get(device, inf) < now_s:
                self.truth.ran_against.append((now_s, device, reason))
        since_s = self._against_since_s
        self._against_since_s = {device: since_s.get(device, now_s) for device in against}

    def _is_on(self, device: str) -> bool:
        return self.physics.outputs[device].commanded_duty > 0.0

    def _measured_against(self, interlock: Interlock, now_s: float) -> str:
        """Why not, by what the worker was shown long ago, as far as a bench knows signals."""
        range_ = interlock.within.get(MEASURED_C)
        shown_c = None if self._wire is None else self._wire.shown_long_ago_c(now_s)
        if range_ is None or shown_c is None or range_.holds(shown_c):
            return ""
        return interlock.told(f"{MEASURED_C} is {range_}", f"; it was {shown_c:g} °C")

    def has_to_rest(self) -> None:
        """Take down what is on although nothing may be."""
        for name, output in self.physics.outputs.items():
            if output.commanded_duty > 0.0:
                self.truth.moved_at_rest.append((self._clock.now().monotonic_s, name))

    def _is_honest(self, sensor: str) -> bool:
        part = self.physics.sensors[sensor]
        return part.stuck_at is None and (part.gain_factor, part.offset) == (1.0, 0.0)

    def _another_keeper(self) -> None:
        self.keeper = SimReactor(self.physics, self._clock, self.name, self._interlocks)
        if self._wire is not None:
            self._wire.heed_keeper()

    def _all_off(self) -> None:
        self.keeper.stop_pumps()
        for output in self.keeper.spec.outputs:
            self.keeper.drive(output, 0.0)


class Wire:
    """`ports.Reactor` for one process; cut, it does nothing and nobody hears from it."""

    def __init__(self, bench: Bench, chance: Random) -> None:
        self._bench, self._chance, self.alive = bench, chance, True
        self.spec = bench.keeper.spec
        self.hangs = False
        self._process: Context = copy_context()
        self._duties: dict[str, float] = {}
        self._held = ""
        self._react: Held = _nobody
        self._blocked: set[str] = set()
        """Outputs of which the worker was told that an interlock holds them off."""
        self.shown_c = self._shown_s = 0.0

    def sense(self, sensor: str, deliver: Callable[[float | None, str], None]) -> None:
        if not self.alive:
            return
        if self._bench.slow_s <= 0.0:
            self._sense_now(sensor, deliver)
            return
        later_s = self._chance.uniform(0.0, self._bench.slow_s)
        asyncio.get_running_loop().call_later(later_s, self._sense_now, sensor, deliver)

    def photograph(
        self, camera: str, shot: Shot, deliver: Callable[[bytes | None, str], None]
    ) -> None:
        if self.alive:
            self._bench.keeper.photograph(camera, shot, deliver)

    def drive(self, output: str, duty: float) -> None:
        if self.alive:
            self._duties[output] = duty
            if self._bench.has_keeper:
                self._bench.keeper.drive(output, duty)
                self._look_if_stopped()

    def heats_too_hot(self, now_s: float) -> bool:
        """Whether the heater is on, long after the thermometer showed that it is too hot."""
        shown_c = self.shown_long_ago_c(now_s)
        if shown_c is None or shown_c <= self._bench.limit_c:
            return False
        return self._bench.physics.outputs[HEATER].commanded_duty > 0.0

    def shown_long_ago_c(self, now_s: float) -> float | None:
        """What the thermometer showed last, if a worker that lives has had time to act on it."""
        if not self.alive or self.hangs or now_s - self._shown_s <= PATIENCE_S:
            return None
        return self.shown_c

    def say_all(self) -> None:
        """Say again what is to be held off, and what each output should do."""
        if not self._bench.has_keeper:
            return
        if self._held:
            self._bench.keeper.hold(self._held)
        for output, duty in self._duties.items():
            self._bench.keeper.drive(output, duty)
        self._look_if_stopped()

    def begin_pump(
        self, run: str, pump: str, volume_ml: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        if not self.alive:
            return 0.0
        if not self._bench.has_keeper:
            reason = "there is no keeper"
            deliver(PumpEnd(run=run, moved_ml=0.0, complete=False, reason=reason))
            return 0.0
        now_s = asyncio.get_running_loop().time()
        pumped = Pumped(run, pump, volume_ml, now_s)
        self._bench.truth.pumped.append(pumped)
        self._bench.turns.set()
        self._bench.look()

        def ended(end: PumpEnd) -> None:
            self._bench.look()
            pumped.turned_ml = end.moved_ml
            if end.reason.startswith("it was begun before"):
                self._bench.truth.refused_runs.append(run)
            if not self._bench.has_keeper:
                end = replace(end, moved_ml=volume_ml, complete=False, uncertain=True, reason=LOST)
            if self.alive and self.hangs:
                loop = asyncio.get_running_loop()
                loop.call_soon(deliver, end, context=self._process)
            elif self.alive:
                deliver(end)

        takes_s = self._bench.keeper.begin_pump(run, pump, volume_ml, ended)
        self._look_if_stopped()
        return takes_s

    def run_pump(
        self, run: str, pump: str, for_s: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """As a dose of what that should move."""
        return self.begin_pump(run, pump, self.spec.pumped_ml(pump, for_s), deliver)

    def stop_pumps(self) -> None:
        if self.alive:
            self._bench.keeper.stop_pumps()

    def hold(self, reason: str) -> None:
        self._duties.clear()
        self._held = reason
        if self.alive:
            self._bench.keeper.hold(reason)

    def let_go(self) -> None:
        self._held = ""
        if self.alive:
            self._bench.keeper.let_go()

    def heed(self, react: Held) -> None:
        self._react = react
        self.heed_keeper()

    def heed_keeper(self) -> None:
        """Hear of the keeper that there is now; what another one held off is held no longer."""
        keeper = self._bench.keeper
        held, self._blocked = self._blocked, set()

        def told(output: str, reason: str) -> None:
            if self._bench.keeper is keeper:
                (self._blocked.add if reason else self._blocked.discard)(output)
                self._tell_held(output, reason)

        for output in sorted(held):
            self._tell_held(output, "")
        keeper.heed(told)

    def _tell_held(self, output: str, reason: str) -> None:
        if self.alive and self.hangs:
            loop = asyncio.get_running_loop()
            loop.call_soon(self._react, output, reason, context=self._process)
        elif self.alive:
            self._react(output, reason)

    def why_off(self, device: str) -> str:
        return self._bench.keeper.why_off(device)

    async def make_safe(self) -> None:
        self._duties.clear()
        if not self._bench.has_keeper:
            raise DeviceFault("there is no keeper to turn outputs off; it has done so itself")
        if self.alive:
            await self._bench.keeper.make_safe()

    def _look_if_stopped(self) -> None:
        if self._bench.stopped:
            self._bench.has_to_rest()

    def _sense_now(self, sensor: str, deliver: Callable[[float | None, str], None]) -> None:
        if not self.alive:
            return

        def counted(value: float | None, fault: str) -> None:
            if value is not None and isfinite(value):
                now_s = asyncio.get_running_loop().time()
                if sensor == THERMOMETER:
                    self.shown_c, self._shown_s = value, now_s
                self._bench.truth.samples.append(Sample(now_s, sensor, value))
            deliver(value, fault)

        self._bench.keeper.sense(sensor, counted)


def _nobody(_output: str, _reason: str) -> None:
    """Nobody hears yet."""
