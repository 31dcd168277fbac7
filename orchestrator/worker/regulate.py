"""The jobs of one vessel: which run, when each is stepped, and what becomes of one that breaks."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from math import inf
from typing import Any

from msgspec.structs import replace

from orchestrator.control.calibration.curve import Curve
from orchestrator.execution.decision import JobWanted, Wanted
from orchestrator.jobs.guest import Guest, OnLoss
from orchestrator.jobs.job import Account, Command, Drive, Event, Exchange, Job, Sensed, View
from orchestrator.jobs.registry import BUILT_IN
from orchestrator.model.signal import Signals
from orchestrator.worker.laws import Laws, concerns_law, silence, wishes
from orchestrator.worker.running import Hands, Running, in_words, state_of

ECHOES_MAX = 8
"""A job that is answered at once is stepped again at once, so many times in one turn."""
NOBODY = 1_000_000
"""Place of the job that is being stepped, when none is."""
RESTART_S = 5.0
RESTART_S_MAX = 600.0
_ORDER = {name: place for place, name in enumerate(BUILT_IN)}


class Regulate:
    """Steps what is due."""

    def __init__(
        self,
        *,
        make: Callable[[str], Job[Any]],
        hands: Hands,
        memory: Callable[[str], Mapping[str, Any]],
        signals: Signals,
        calibration: Mapping[str, float],
        curves: Mapping[str, Curve] | None = None,
        outputs: tuple[str, ...] = (),
        sensors: tuple[str, ...] = (),
    ) -> None:
        self._make, self._hands, self._memory = make, hands, memory
        self._signals, self._calibration = signals, calibration
        self._curves, self._outputs = curves or {}, outputs
        self._sensors = sensors
        self._held: Mapping[str, str] = {}
        self._laws = Laws(self._is_there)
        self._jobs: dict[str, Running] = {}
        self._leaving: dict[str, Running] = {}
        """Stopped, with a sensor that has still to answer: a value that was taken is not lost."""
        self._in_order: list[Running] = []
        self._watchers: dict[str, list[Running]] = {}
        self.watched: frozenset[str] = frozenset()
        """Signals that some job wants to see at once."""
        self._wanted: Wanted = {}
        self._missing: set[str] = set()
        self._stepping = NOBODY
        self.stirred = False
        """Some job has a reason to be stepped before its moment."""
        self.due_s = -inf
        """Process seconds of the next step that some job needs."""
        self.laws_needed: tuple[str, ...] = ()
        """Laws of plugins that the plan names; one that is not here is as lost as a job."""

    # ---- what is wanted

    def want(self, wanted: Wanted, now_s: float) -> None:
        """Start, change and stop jobs until they are as wanted."""
        if wanted is self._wanted:
            return
        self._wanted = wanted
        wanted = self._laws.add_to(wanted)
        for name in [name for name in self._jobs if name not in wanted]:
            self._stop(self._jobs[name], now_s)
        for name, each in wanted.items():
            running = self._jobs.get(name)
            if name in self._missing:
                continue
            if running is None:
                self._start(name, each, now_s)
            elif running.wanted is not each and running.wanted != each:
                self._change(running, each)

    def stop_all(self, now_s: float) -> None:
        """End every job, its outputs off."""
        self.want({}, now_s)

    def _start(self, name: str, wanted: JobWanted, now_s: float) -> None:
        try:
            job = self._make(name)
        except KeyError as error:
            self._missing.add(name)
            self._hands.job_changed(name, "lost", str(error.args[0]))
            return
        running = Running(name, job, wanted)
        if isinstance(job, Guest):
            running.on_loss = job.on_loss
            self._hands.expect(job.signals)
        self._leaving.pop(name, None)
        self._jobs[name] = running
        self.stirred = True
        self._reorder()
        self._begin(running, now_s)

    def _begin(self, running: Running, now_s: float) -> None:
        running.begun_s = now_s
        try:
            running.state = running.job.begin(self._memory(running.name), now_s)
        except Exception as error:  # a job must not take the vessel down with it
            self._lose(running, error, now_s)
            return
        running.lost, running.due_s = False, now_s
        self._hands.job_changed(running.name, state_of(running.wanted), "")

    def _change(self, running: Running, wanted: JobWanted) -> None:
        before, running.wanted, running.woken = running.wanted, wanted, True
        running.view = None
        self.stirred = True
        if before.paused != wanted.paused and not running.lost:
            self._hands.job_changed(running.name, state_of(wanted), "")

    def _stop(self, running: Running, now_s: float) -> None:
        del self._jobs[running.name]
        self.stirred = True
        self._let_go(running)
        self._reorder()
        if not running.lost:
            came, running.events = running.events, []
            for event in came:
                self._publish_last(running, event)
            try:
                self._carry_out(running, running.job.end(running.state), now_s)
            except Exception as error:  # a job must not take the vessel down with it
                self._outputs_off(running, now_s)
                self._hands.job_changed(running.name, "lost", in_words(error))
                return
        self._hands.job_changed(running.name, "stopped", "")
        if not running.lost and self._hands.is_sensing(running.name):
            self._leaving[running.name] = running

    # ---- stepping

    @property
    def any(self) -> bool:
        """Whether any job is there, or waits for a last answer."""
        return bool(self._jobs or self._leaving)

    def standing(self) -> dict[str, tuple[str, JobWanted]]:
        """Each job as it stands, and as it is wanted."""
        return {
            name: ("lost" if running.lost else state_of(running.wanted), running.wanted)
            for name, running in self._jobs.items()
        }

    def tell(self, job: str, event: Event) -> bool:
        """Hand an event to a job; False if it does not run."""
        running = self._jobs.get(job)
        if concerns_law(event) and (law := self._laws.law_of(running)):
            self.tell(law, event)
        if running is None:
            return self._tell_last(job, event)
        if running.lost:
            return False
        running.events.append(event)
        if running.place < self._stepping:
            self.stirred = True
        return True

    def _tell_last(self, job: str, event: Event) -> bool:
        """Let a stopped job publish what it had asked for; it commands nothing any more."""
        running = self._leaving.get(job)
        if running is None or not isinstance(event, Sensed):
            return False
        self._publish_last(running, event)
        if not self._hands.is_sensing(job):
            del self._leaving[job]
        return True

    def _publish_last(self, running: Running, event: Event) -> None:
        """What was measured is kept, whatever became of who asked for it."""
        if not isinstance(event, Sensed) or running.account is None:
            return
        try:
            running.events.append(event)
            view = self._show(running, running.account)
            step = running.job.step(running.state, view, event.at_s)
            running.state = step.state
            self._hands.publish(step.publish, event.at_s)
        except Exception as error:  # a job must not take the vessel down with it
            self._hands.job_changed(running.name, "lost", in_words(error))

    def wake(self, signals: Container[str]) -> None:
        """Signals have new values: whoever watches them is stepped."""
        for signal, watchers in self._watchers.items():
            if signal in signals:
                for running in watchers:
                    running.woken = True
                    if running.place < self._stepping:
                        self.stirred = True

    def recalibrate(self, numbers: Mapping[str, float], curves: Mapping[str, Curve]) -> None:
        """From the next step on devices mean something else."""
        self._calibration, self._curves = numbers, curves
        for running in self._jobs.values():
            running.view, running.woken = None, True
        self.stirred = True

    def show_held(self, held: Mapping[str, str]) -> None:
        """Interlocks keep these outputs off: jobs see it from their next step on."""
        self._held = held
        for running in self._jobs.values():
            running.view = None

    def nudge(self, job: str) -> None:
        """Something that this job sees has changed."""
        running = self._jobs.get(job)
        if running is not None:
            running.woken = self.stirred = True

    def foresee(self, wanted: Wanted, account: Account, at_s: float) -> dict[str, float]:
        """The duties to which jobs would drive outputs, were they wanted like this at a moment.

        A job's step is pure, so that it may be tried; one in a process of its own is not asked.
        """
        duties: dict[str, float] = {}
        for name, each in wanted.items():
            running = self._jobs.get(name)
            if running is None or running.view is None:
                continue
            if running.lost or isinstance(running.job, Guest):
                continue
            for command in self._try(running, each, account, at_s):
                if isinstance(command, Drive):
                    duties[command.output] = command.duty
        return duties

    def _try(
        self, running: Running, wanted: JobWanted, account: Account, at_s: float
    ) -> tuple[Command, ...]:
        """What a job would command; one that breaks does so when its moment comes."""
        assert running.view is not None
        view = replace(
            running.view,
            settings=wanted.settings,
            automation=wanted.automation,
            paused=wanted.paused,
            account=account,
            events=(),
        )
        try:
            return running.job.step(running.state, view, at_s).commands
        except Exception:  # whatever a job raises, it is told of at the step that counts
            return ()

    def step(self, account: Account, now_s: float) -> None:
        """Step every job that is due, was told something or was woken."""
        self.stirred = False
        due_s = inf
        for running in self._in_order:
            if running.due_s <= now_s or running.woken or running.events:
                self._stepping = running.place
                if running.lost:
                    self._begin_again(running, now_s)
                if not running.lost:
                    self._step(running, account, now_s)
            if running.due_s < due_s:
                due_s = running.due_s
        self.due_s = due_s
        self._stepping = NOBODY

    def _step(self, running: Running, account: Account, now_s: float) -> None:
        for _ in range(ECHOES_MAX):
            running.woken = False
            try:
                if running.due_s <= now_s and running.sense:
                    # What it asked for beforehand; a sensor that takes its time answers later.
                    sensors, running.sense = running.sense, ()
                    for sensor in sensors:
                        self._hands.sense(running.name, sensor)
                view = running.view
                if running.events or view is None or view.account is not account or view.events:
                    running.account = account
                    view = running.view = self._show(running, account)
                step = running.job.step(running.state, view, now_s)
                running.state, running.due_s = step.state, step.look_again_s
                running.sense = step.sense
                if step.publish:
                    self._hands.publish(step.publish, now_s)
                if step.commands:
                    self._carry_out(running, step.commands, now_s)
            except Exception as error:  # a job must not take the vessel down with it
                self._lose(running, error, now_s)
                return
            if not running.events:
                return
        self.stirred = True

    def _show(self, running: Running, account: Account) -> View:
        wanted, waiting = running.wanted, running.events
        if len(waiting) > 1:
            events = _portion(waiting)
            running.events = waiting[len(events) :]
        else:
            events = tuple(waiting)
            waiting.clear()
        # By place, since this is done some three times a tick.
        return View(
            wanted.settings,
            wanted.automation,
            wanted.paused,
            self._signals,
            account,
            events,
            self._calibration,
            self._curves,
            self._outputs,
            self._sensors,
            self._held,
        )

    def _carry_out(self, running: Running, commands: tuple[Command, ...], now_s: float) -> None:
        led = self._laws.leads(running.name)
        if led:
            advised = wishes(running.name, commands)
            if advised is not None:
                self.tell(led, advised)
            commands = tuple(each for each in commands if not isinstance(each, Exchange | Drive))
        for command in commands:
            if isinstance(command, Drive):
                running.driven.add(command.output)
            self._hands.carry_out(running.name, command, now_s)

    def _lose(self, running: Running, error: Exception, now_s: float) -> None:
        """Outputs off; what then is the job's policy: mostly another try after a while."""
        if now_s - running.begun_s > RESTART_S_MAX:
            running.failures = 0
        running.failures += 1
        running.lost, running.woken, running.events, running.sense = True, False, [], ()
        running.due_s = inf
        if running.on_loss is OnLoss.RESTART:
            running.due_s = now_s + min(RESTART_S * 2.0 ** (running.failures - 1), RESTART_S_MAX)
        if isinstance(running.job, Guest):
            running.job.leave()
        self._let_go(running)
        self._outputs_off(running, now_s)
        self._hands.job_changed(running.name, "lost", in_words(error), running.on_loss)

    def _is_there(self, law: str) -> bool:
        try:
            self._make(law)
        except KeyError:
            return law in self.laws_needed
        return True

    def _let_go(self, running: Running) -> None:
        """A law is gone: the job that followed it is told, and does nothing by itself."""
        led = self._laws.leads(running.name)
        if led:
            self.tell(led, silence(running.name))

    def _begin_again(self, running: Running, now_s: float) -> None:
        running.woken, running.events = False, []
        if now_s >= running.due_s:
            self._begin(running, now_s)

    def _outputs_off(self, running: Running, now_s: float) -> None:
        for output in sorted(running.driven):
            self._hands.carry_out(running.name, Drive(output, 0.0), now_s)

    def _reorder(self) -> None:
        """What measures is stepped before what acts on it, and a law before its job."""

        def place_of(running: Running) -> tuple[int, bool, str]:
            led = self._laws.leads(running.name)
            return _ORDER.get(led or running.name, len(_ORDER)), not led, running.name

        self._in_order = sorted(self._jobs.values(), key=place_of)
        self._watchers = {}
        for place, running in enumerate(self._in_order):
            running.place = place
            for signal in running.job.watches:
                self._watchers.setdefault(signal, []).append(running)
        self.watched = frozenset(self._watchers)


def _portion(events: list[Event]) -> tuple[Event, ...]:
    """Events up to the second value of a sensor: a step publishes a signal once, and no value that
    was measured may be lost under a newer one."""
    values = [place for place, event in enumerate(events) if isinstance(event, Sensed)]
    return tuple(events[: values[1]] if len(values) > 1 else events)
