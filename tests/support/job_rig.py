"""A tiny worker for tests: steps jobs on a simulated reactor, in plain virtual time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any

from orchestrator.jobs.job import (
    Account,
    Alert,
    Command,
    Drive,
    Event,
    Exchange,
    Exchanged,
    Finish,
    Photograph,
    Photographed,
    Remember,
    Requested,
    Sense,
    Sensed,
    View,
)
from orchestrator.jobs.levelling import Level
from orchestrator.jobs.registry import BUILT_IN, job_named
from orchestrator.model.outcome import Ending, Outcome
from orchestrator.model.signal import Sample
from orchestrator.ports.clock import Instant
from orchestrator.ports.reactor import PumpEnd
from orchestrator.sim.clock import VirtualTimer
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import SimReactor

DONE = Ending(outcome=Outcome.DONE)


class PlainClock:
    """Time that the rig moves on by hand."""

    boot, speed = "rig", 1.0

    def __init__(self) -> None:
        self.now_s = 0.0
        self._queue: list[tuple[float, int, VirtualTimer]] = []
        self._numbers = count()

    def now(self) -> Instant:
        return Instant(self.now_s, self.now_s, True)

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> VirtualTimer:
        timer = VirtualTimer(monotonic_s, callback)
        heappush(self._queue, (monotonic_s, next(self._numbers), timer))
        return timer

    def next_s(self) -> float:
        return self._queue[0][0] if self._queue else inf

    def fire_due(self) -> None:
        while self._queue and self._queue[0][0] <= self.now_s:
            timer = heappop(self._queue)[2]
            if timer.callback is not None:
                timer.callback()


@dataclass
class Wanted:
    automation: str | None = None
    settings: dict[str, float | bool | str] = field(default_factory=dict)


class Rig:
    """One vessel with jobs; `record` holds what they published, `told` what else they commanded."""

    def __init__(
        self,
        physics: Physics,
        wanted: Mapping[str, Wanted],
        nominal_ml: float = 15.0,
        *,
        tube_is_known: bool = True,
        evaporation_ml_h: float = 0.0,
    ) -> None:
        self.physics, self.wanted, self.nominal_ml = physics, dict(wanted), nominal_ml
        self.clock = PlainClock()
        self.reactor = SimReactor(physics, self.clock)  # type: ignore[arg-type]
        tube_ml = self.reactor.spec.waste_tube_ml if tube_is_known else None
        self.level = Level(nominal_ml, nominal_ml, tube_ml or 0.0)
        self.fed_ml, self.removed_ml, self.unknown = 0.0, 0.0, 0
        self.evaporation_ml_h, self.evaporated_ml = evaporation_ml_h, 0.0
        """By the books, whatever the vessel really loses."""
        self.fractions: dict[str, float] = {}
        self.paused = False
        self.signals: dict[str, Sample] = {}
        self.record: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.told: list[Finish | Alert | Remember] = []
        self.memories: dict[str, Mapping[str, Any]] = {}
        """What each job asked to `Remember` last."""
        self.exchanges: list[tuple[float, Exchange]] = []
        self.shots: list[tuple[float, Photograph]] = []
        self.peak_ml = 0.0
        self.steps = 0
        self.refuse = ""
        """Why exchanges are refused, while they are."""
        self.lose_next = False
        """Whether the next dose works and nobody can say so: unknown, counted in full."""
        self._numbers = count(1)
        self._jobs = {name: job_named(name) for name in BUILT_IN if name in self.wanted}
        self._states = {name: job.begin({}, 0.0) for name, job in self._jobs.items()}
        self._look_s = dict.fromkeys(self._jobs, 0.0)
        self._sense: dict[str, tuple[str, ...]] = dict.fromkeys(self._jobs, ())
        self._due_s = dict.fromkeys(self._jobs, 0.0)
        self._events: dict[str, list[Event]] = {name: [] for name in self._jobs}

    @property
    def pumping(self) -> bool:
        """Whether a pump turns now."""
        return any(
            output.duty > 0.0
            for name, output in self.physics.outputs.items()
            if name.endswith("_pump")
        )

    @property
    def volume_ml(self) -> float:
        """By the books."""
        return self.level.volume_ml

    def run(self, seconds: float, each: Callable[[], None] | None = None) -> None:
        """Let time pass; `each` is called at every turn."""
        until_s = self.clock.now_s + seconds
        while True:
            self._turn()
            if each is not None:
                each()
            next_s = min(self.clock.next_s(), *self._look_s.values())
            if next_s > until_s:
                break
            self.clock.now_s = max(self.clock.now_s, next_s)
            self.clock.fire_due()
        self.clock.now_s = until_s
        self.physics.advance(until_s)

    def restart(self, job: str) -> None:
        """End a job where it stands, as when its worker dies, and begin it with what it kept."""
        now_s = self.clock.now_s
        self._states[job] = self._jobs[job].begin(self.memories.get(job, {}), now_s)
        self._events[job], self._look_s[job] = [], now_s

    def request(self, job: str, action: str, **args: Any) -> str:
        key = f"asked/{next(self._numbers)}"
        self._events[job].append(Requested(key=key, action=action, args=args))
        return key

    def pause(self, paused: bool) -> None:
        self.paused = paused
        self._look_s = dict.fromkeys(self._jobs, self.clock.now_s)

    def tell(self, job: str, event: Event) -> None:
        self._events[job].append(event)

    def finished(self, key: str) -> Finish:
        return next(each for each in self.told if isinstance(each, Finish) and each.key == key)

    def values(self, signal: str, since_s: float = 0.0) -> list[float]:
        return [value for at_s, value in self.record[signal] if at_s >= since_s]

    def account(self) -> Account:
        lost_ml = self.evaporation_ml_h * self.clock.now_s / 3600.0 - self.evaporated_ml
        if lost_ml >= 0.01:
            self.level = self.level.dried(lost_ml)
            self.evaporated_ml += lost_ml
        return Account(
            volume_ml=self.volume_ml,
            nominal_ml=self.nominal_ml,
            tube_ml=self.level.tube_ml,
            highest_ml=self.level.highest_ml,
            fed_ml=self.fed_ml,
            removed_ml=self.removed_ml,
            evaporated_ml=self.evaporated_ml,
            unknown_doses=self.unknown,
            fractions=self.fractions,
        )

    def sample(self, volume_ml: float) -> None:
        """Take culture out by hand and enter it into the books."""
        taken_ml = self.physics.remove_sample(volume_ml, self.clock.now_s)
        self.level = self.level.sampled(taken_ml)
        self.removed_ml += taken_ml

    def _turn(self) -> None:
        again = True
        while again:
            again = False
            for name in self._jobs:
                if self._events[name] or self._look_s[name] <= self.clock.now_s:
                    self._step(name)
                    again = True

    def _step(self, name: str) -> None:
        now_s, wanted = self.clock.now_s, self.wanted[name]
        if self._due_s[name] <= now_s:
            for sensor in self._sense[name]:
                self._read(name, sensor)
        events, self._events[name] = tuple(self._events[name]), []
        view = View(
            curves=self.reactor.spec.curves,
            settings=wanted.settings,
            automation=wanted.automation,
            paused=self.paused,
            signals=self.signals,
            account=self.account(),
            events=events,
            calibration=self.reactor.spec.constants,
            outputs=self.reactor.spec.outputs,
            sensors=self.reactor.spec.sensors,
        )
        step = self._jobs[name].step(self._states[name], view, now_s)
        self.steps += 1
        self._states[name], self._look_s[name] = step.state, step.look_again_s
        self._due_s[name], self._sense[name] = step.look_again_s, step.sense
        assert step.look_again_s > now_s, f"{name} asks to be looked at again at once"
        for signal, value in step.publish.items():
            self.signals[signal] = Sample(value, now_s)
            self.record[signal].append((now_s, value))
            for other, job in self._jobs.items():
                if signal in job.watches:
                    self._look_s[other] = now_s
        for command in step.commands:
            self._carry_out(name, command)

    def _carry_out(self, name: str, command: Command) -> None:
        if isinstance(command, Sense):
            self._read(name, command.sensor)
        elif isinstance(command, Drive):
            self.reactor.drive(command.output, command.duty)
        elif isinstance(command, Exchange):
            self._exchange(name, command)
        elif isinstance(command, Photograph):
            self.shots.append((self.clock.now_s, command))
            self._photograph(name, command)
        else:
            if isinstance(command, Remember):
                self.memories[name] = command.memory
            self.told.append(command)

    def _read(self, name: str, sensor: str) -> None:
        at_s = self.clock.now_s

        def deliver(value: float | None, fault: str) -> None:
            self._events[name].append(Sensed(sensor, value, at_s, fault))

        self.reactor.sense(sensor, deliver)

    def _photograph(self, name: str, asked: Photograph) -> None:
        def deliver(picture: bytes | None, fault: str) -> None:
            file = f"{len(self.shots)}.png" if picture else ""
            answer = Photographed(
                camera=asked.camera, key=asked.key, at_s=self.clock.now_s, file=file, fault=fault
            )
            self._events[name].append(answer)

        self.reactor.photograph(asked.camera, asked.shot, deliver)

    def _exchange(self, name: str, wanted: Exchange) -> None:
        self.exchanges.append((self.clock.now_s, wanted))
        key = wanted.key or f"own/{next(self._numbers)}"
        removed_ml = added_ml = 0.0

        def end(ending: Ending) -> None:
            self._events[name].append(
                Exchanged(
                    key=key,
                    own=wanted.key is None,
                    removed_ml=removed_ml,
                    added_ml=added_ml,
                    medium=wanted.medium,
                    ending=ending,
                    at_s=self.clock.now_s,
                )
            )

        def removed(ended: PumpEnd) -> None:
            nonlocal removed_ml
            removed_ml = ended.moved_ml
            before_ml, self.level = self.volume_ml, self.level.drained(removed_ml)
            self.removed_ml += before_ml - self.volume_ml
            add()

        def add() -> None:
            self.peak_ml = max(self.peak_ml, self.volume_ml + wanted.add_ml)
            if wanted.add_ml > 0.0:
                self.reactor.begin_pump(f"{key}/in", f"{wanted.medium}_pump", wanted.add_ml, added)
            else:
                end(DONE)

        def added(ended: PumpEnd) -> None:
            nonlocal added_ml
            added_ml = ended.moved_ml
            self.level = self.level.filled(added_ml)
            self.fed_ml += added_ml
            self.unknown = self.unknown + 1 if self.lose_next else 0
            lost = Ending(outcome=Outcome.UNKNOWN, reason="the worker died")
            end(lost if self.lose_next else DONE)
            self.lose_next = False

        if self.refuse:
            end(Ending(outcome=Outcome.REFUSED, reason=self.refuse))
        elif wanted.remove_ml > 0.0:
            self.reactor.begin_pump(f"{key}/out", "waste_pump", wanted.remove_ml, removed)
        else:
            add()
