"""What a vessel's jobs act and speak through: devices, dose journal, ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from math import inf, isfinite
from typing import Final

from orchestrator.execution.bands import Band
from orchestrator.jobs.guest import OnLoss
from orchestrator.jobs.job import (
    Alert,
    Command,
    Drive,
    Exchange,
    Exchanged,
    Finish,
    MadeOf,
    Photograph,
    Photographed,
    Remember,
    Sense,
    Sensed,
    Signal,
)
from orchestrator.jobs.registry import SIGNALS
from orchestrator.model.event import FAULT, HELD, OK
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.signal import Sample
from orchestrator.ports.reactor import Reactor
from orchestrator.worker.darkroom import Darkroom
from orchestrator.worker.dose import DOSING, Asked, Doser
from orchestrator.worker.guard import HEATER, LEVEL, TEMPERATURE, Guard, Refusal
from orchestrator.worker.interlocks import Interlocks
from orchestrator.worker.level_watch import LevelWatch
from orchestrator.worker.page import Page
from orchestrator.worker.performing import Performing
from orchestrator.worker.regulate import Regulate
from orchestrator.worker.throttle import Throttle

GUARD = "guard"
MAX_AGE_S: Final = {name: signal.max_age_s for name, signal in SIGNALS.items()}
Live = Callable[[str, float], None]
_new = tuple.__new__


class SensorRead:
    """A sensor that a job has read, which may still owe it answers."""

    __slots__ = ("deliver", "job", "owed", "sensor")

    def __init__(
        self,
        job: str,
        sensor: str,
        sensed: Callable[[SensorRead, float | None, str], None],
    ) -> None:
        self.job, self.sensor, self.owed = job, sensor, 0
        self.deliver = partial(sensed, self)
        """Takes an answer."""


class VesselHands:
    """Carries out what the jobs of one vessel command."""

    def __init__(
        self,
        *,
        page: Page,
        reactor: Reactor,
        guard: Guard,
        level: LevelWatch,
        signals: MutableMapping[str, Sample],
        faults: Mapping[str, str],
        darkroom: Callable[..., Darkroom],
        look_at_clock: Callable[[], None],
        wake: Callable[[], None],
    ) -> None:
        self._page, self._reactor, self._guard, self._level = page, reactor, guard, level
        self._signals, self._faults = signals, faults
        self._look_at_clock, self._wake = look_at_clock, wake
        self.live: Live | None = None
        """Who shows values to people and peers; None while nobody looks."""
        self._throttle = Throttle()
        self._asked_duty: dict[str, float] = {}
        self._ahead: set[str] = set()
        """Outputs that were driven before any job commanded it."""
        self._read: dict[tuple[str, str], SensorRead] = {}
        """Sensors that were ever read, by job and name."""
        self.in_turn = False
        """The clock was looked at, and what happens now needs nobody woken."""
        self.changed = False
        """Signals have new values that have to be decided upon."""
        self.published = False
        """Signals have new values; within their bands they decide nothing."""
        self.bands: Mapping[str, Band] = {}
        """As the last decision answered them."""
        self._max_age_s: Mapping[str, float] = MAX_AGE_S
        self._darkroom = darkroom(
            allowed=self._allowed_duty,
            now=self._now_s,
            taken=self._pictured,
            faulty=self.device_told,
        )
        self.interlocks = interlocks = Interlocks(reactor, signals)
        self._minded = interlocks.watched | {TEMPERATURE, LEVEL}
        self.held = {name: faults[name] for name in reactor.spec.outputs if name in faults}
        """Outputs that interlocks hold off although they were driven, and why."""
        guard.why_off = interlocks.why_off

    def join(self, regulate: Regulate, doser: Doser, performing: Performing) -> None:
        """Get to know the ones that need these hands themselves."""
        self._regulate, self._doser, self._performing = regulate, doser, performing
        if self.held:  # since before a restart
            regulate.show_held(self.held)

    # ---- for jobs

    def carry_out(self, job: str, command: Command, now_s: float) -> None:
        if isinstance(command, Drive):
            self._drive(command.output, command.duty)
        elif isinstance(command, Sense):
            self.sense(job, command.sensor)
        elif isinstance(command, Exchange):
            self._doser.ask(command, job)
        elif isinstance(command, Finish):
            self._performing.finish(command.key, command.ending, command.result)
        elif isinstance(command, Alert):
            if self._throttle.passes(f"{job} {command.text}", now_s):
                self.alert(command.text, command.severity, job)
        elif isinstance(command, Remember):
            self._page.note(Kind.JOB_MEMORY, job=job, memory=dict(command.memory))
        elif isinstance(command, MadeOf):
            self._page.made_of(command.signal, command.devices)
        elif isinstance(command, Photograph):
            self._darkroom.photograph(job, command)

    def sense(self, job: str, sensor: str) -> None:
        """Read a sensor for a job, which is told of the answer."""
        reading = self._read.get((job, sensor))
        if reading is None:
            reading = self._read[job, sensor] = SensorRead(job, sensor, self._sensed)
        reading.owed += 1
        self._reactor.sense(sensor, reading.deliver)

    def _sensed(self, reading: SensorRead, value: float | None, fault: str) -> None:
        """A sensor answered."""
        reading.owed -= 1
        sensor = reading.sensor
        if value is not None and not isfinite(value):
            value, fault = None, f"it shows {value}, which is no number"
        if value is None or sensor in self._faults:
            self.device_told(sensor, "" if value is not None else fault or "no value")
        if not self.in_turn:
            self._look_at_clock()
        seen = Sensed(sensor, value, self._page.now_s, fault)
        if self._regulate.tell(reading.job, seen) and not self.in_turn:
            self._wake()

    def publish(self, values: Mapping[str, float], now_s: float) -> None:
        signals, live, readings = self._signals, self.live, self._page.readings
        max_age_s, bands = self._max_age_s, self.bands
        for signal, value in values.items():
            if not isfinite(value):
                self._say_once(f"{signal} is not a number: {value}", now_s)
                continue
            # What `Sample(…)` does, without a call: this is done some six times a tick.
            signals[signal] = _new(Sample, (value, now_s, max_age_s.get(signal, inf)))
            readings.append((signal, value))
            if signal in bands:
                low, high = bands[signal]
                if not low < value < high:
                    self.changed = True
        if live is not None:
            for signal, value in values.items():
                if isfinite(value):
                    live(signal, value)
        if not self._minded.isdisjoint(values):
            self._mind(values, now_s)
        if not self._regulate.watched.isdisjoint(values):
            self._regulate.wake(values)
        self.published = True

    def _mind(self, values: Mapping[str, float], now_s: float) -> None:
        """Look at what may be against something being on."""
        measured_c = values.get(TEMPERATURE)
        if measured_c is not None and self._guard.minds(measured_c) and isfinite(measured_c):
            self._mind_the_heat(measured_c)
        level_ml = values.get(LEVEL)
        if level_ml is not None and isfinite(level_ml):
            self._mind_the_level(level_ml, now_s)
        if not self.interlocks.watched.isdisjoint(values):
            self.mind_interlocks(now_s)

    def show(self, setting: str, value: float) -> None:
        """A setting has a new value: for charts and eyes it is a signal too."""
        self._page.reading(setting, value)
        if self.live is not None:
            self.live(setting, value)

    def is_sensing(self, job: str) -> bool:
        return any(each.owed for (asking, _), each in self._read.items() if asking == job)

    def expect(self, signals: Mapping[str, Signal]) -> None:
        known = {name: signal.max_age_s for name, signal in signals.items()}
        self._max_age_s = {**self._max_age_s, **known}

    def max_age_s(self, signal: str) -> float:
        """How old a value may be that some job of this worker measures."""
        return self._max_age_s.get(signal, inf)

    def job_changed(
        self, job: str, state: str, reason: str, on_loss: OnLoss = OnLoss.RESTART
    ) -> None:
        then = {"then": on_loss.value} if on_loss is not OnLoss.RESTART else {}
        self._page.note(Kind.JOB, job=job, state=state, reason=reason, **then)
        self.changed = self.changed or bool(then)
        if state == "lost" and on_loss is not OnLoss.IGNORE:
            self.alert(f"{job} broke down and is off: {reason}", "critical", job)
        if state in ("lost", "stopped"):
            self._performing.job_left(job, reason or "it was stopped")

    def _pictured(self, job: str, asked: Photograph, answer: Photographed) -> None:
        """A picture is kept, or there is none: the ledger knows it before the job does."""
        if not answer.fault:
            self._page.note(
                Kind.PICTURE,
                asked.key or None,
                camera=asked.camera,
                file=answer.file,
                sha256=answer.sha256,
                size_bytes=answer.size_bytes,
                label=asked.label,
            )
        self._regulate.tell(job, answer)
        if not self.in_turn:
            self._wake()

    def _now_s(self) -> float:
        if not self.in_turn:
            self._look_at_clock()
        return self._page.now_s

    # ---- for the others

    def alert(self, text: str, severity: str, source: str) -> None:
        """Tell a person."""
        self._page.note(Kind.ALERT, text=text, severity=severity, source=source)

    def exchanged(self, ended: Exchanged) -> None:
        """An exchange ended: its action with it, and the job that pumps hears of it.

        What another job asked for on its own is to the one that pumps what a person asked for.
        """
        self._look_at_clock()
        if ended.by not in ("", DOSING):
            self._regulate.tell(ended.by, ended)
            ended = replace(ended, own=False)
        self._regulate.tell(DOSING, ended)
        result = {"added_ml": ended.added_ml, "removed_ml": ended.removed_ml}
        self._performing.finish(ended.key, ended.ending, result)
        if not self.in_turn:
            self._wake()

    def refused(self, refusal: Refusal, asked: Asked) -> None:
        """The guard let nothing move: actions say so themselves, automations do not."""
        self._look_at_clock()
        if not self._throttle.passes(refusal.limit, self._page.now_s):
            return
        if asked.own:
            self._page.note(
                Kind.DOSE_ENDED,
                asked.key,
                pump="",
                medium=asked.exchange.medium,
                direction="in",
                volume_ml=0.0,
                own=asked.own,
                outcome=Outcome.REFUSED.value,
                reason=refusal.reason,
            )
        self.alert(f"dosing was refused: {refusal.reason}", "warning", GUARD)

    def setpoint_refused(self, refusal: Refusal) -> None:
        """A limit keeps a setting from the job that follows it."""
        self.alert(f"refused: {refusal.reason}", "warning", GUARD)

    def device_told(self, device: str, fault: str) -> None:
        """A sensor or pump did what it was asked, or said why not; only a change is news."""
        if bool(fault) is (device in self._faults):
            return
        self._look_at_clock()
        self._page.note(Kind.DEVICE, device=device, state=FAULT if fault else OK, reason=fault)
        if not self.in_turn:
            self._wake()

    def outputs_off(self) -> None:
        """Everything off, whatever the jobs commanded."""
        for output in self._asked_duty.keys() | self._ahead:
            self._reactor.drive(output, 0.0)
        self._asked_duty.clear()
        self._ahead.clear()
        self._tell_held()

    def pump_held(self, pump: str, reason: str) -> None:
        """An interlock did not let a pump begin, or go on."""
        self._look_at_clock()
        if self._throttle.passes(f"{pump} held", self._page.now_s):
            self.alert(f"{pump} was held off: {reason}", "warning", GUARD)

    # ---- devices

    def drive_ahead(self, duties: Mapping[str, float]) -> None:
        """Drive already what the jobs are about to command at this very moment."""
        for output, duty in duties.items():
            self._ahead.add(output)
            self._reactor.drive(output, self._allowed_duty(output, duty))

    def settle(self) -> None:
        """Take back what was driven ahead, and then not commanded after all."""
        for output in self._ahead:
            duty = self._asked_duty.get(output, 0.0)
            self._reactor.drive(output, self._allowed_duty(output, duty))
        self._ahead.clear()

    def _drive(self, output: str, duty: float) -> None:
        self._asked_duty[output] = duty
        self._ahead.discard(output)
        self._reactor.drive(output, self._allowed_duty(output, duty))
        if self.interlocks.outputs or self.held:
            self._tell_held()

    def _allowed_duty(self, output: str, duty: float) -> float:
        if output in self.interlocks.unmeasured:
            return 0.0
        return self._guard.allowed_duty(output, duty)

    def mind_interlocks(self, now_s: float) -> None:
        """Hold off what the measurements of now do not let be on, and let go of the rest."""
        interlocks = self.interlocks
        if interlocks.look(now_s):
            for output in interlocks.outputs:
                if output in self._asked_duty:
                    duty = self._asked_duty[output]
                    self._reactor.drive(output, self._allowed_duty(output, duty))
        if reason := interlocks.unmeasured.get(self._doser.turning):
            self._doser.interrupt(reason)
        self._tell_held()

    def keeper_told(self, output: str, reason: str) -> None:
        """An interlock between outputs holds one off, or lets it go."""
        if reason:
            self.interlocks.kept[output] = reason
        else:
            self.interlocks.kept.pop(output, None)
        self._look_at_clock()
        self._tell_held()
        if not self.in_turn:
            self._wake()

    def _tell_held(self) -> None:
        """Write down and tell what is held off since now, and what no longer is."""
        before = self.held
        held = self.interlocks.held(self._asked_duty, before)
        if held.keys() == before.keys():
            return
        self.held = held
        for output in before.keys() - held.keys():
            self._page.note(Kind.DEVICE, device=output, state=OK, reason="")
        for output in held.keys() - before.keys():
            reason = held[output]
            self._page.note(Kind.DEVICE, device=output, state=HELD, reason=reason)
            if self._throttle.passes(f"{output} held", self._page.now_s):
                self.alert(f"{output} is held off: {reason}", "warning", GUARD)
        self._regulate.show_held(held)

    def _mind_the_heat(self, measured_c: float) -> None:
        was_hot, refusal = self._guard.too_hot, self._guard.measured_c(measured_c)
        if refusal is not None:
            self._reactor.drive(HEATER, 0.0)
            self.alert(refusal.reason, "critical", GUARD)
        elif was_hot and not self._guard.too_hot:
            asked = self._asked_duty.get(HEATER, 0.0)
            self._reactor.drive(HEATER, self._allowed_duty(HEATER, asked))

    def _mind_the_level(self, level_ml: float, now_s: float) -> None:
        odd = self._level.measured(level_ml, now_s, pumping=self._doser.busy)
        self._guard.too_full = self._level.too_full
        if odd is not None:
            self.alert(odd.text, "critical" if odd.too_full else "warning", GUARD)

    def _say_once(self, text: str, now_s: float) -> None:
        if self._throttle.passes(text, now_s):
            self.alert(text, "warning", GUARD)
