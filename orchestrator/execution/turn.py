"""The working set of one `decide`: what is seen, what was decided so far, when to look again."""

from __future__ import annotations

from math import inf
from typing import Any, Final

from orchestrator.execution.decision import Announce, Moment, Perform
from orchestrator.execution.late import GRACE_S
from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.execution.program import Program
from orchestrator.execution.view import RunView
from orchestrator.execution.wanted import fold
from orchestrator.execution.watch import AFTER_S, POLL_S, Test, Watch
from orchestrator.model.expression import Unknown, Value
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.signal import Signals

SETTLE_S: Final = 1.0
"""How often what is unknown is asked again after an outage."""
ENTRIES_MAX: Final = 5000
"""More at one moment means that the plan goes in circles without time passing."""


class RunLook:
    """Answers what expressions ask: samples with their age, the clocks, settings as wanted."""

    __slots__ = ("_view", "now_s", "signals")

    def __init__(self, view: RunView, signals: Signals, now_s: float) -> None:
        self._view = view
        self.signals = signals
        self.now_s = now_s

    def __call__(self, key: str, /) -> Value | Unknown:
        """Give the value of a name, or say why it is unknown."""
        sample = self.signals.get(key)
        if sample is None:
            return self._context(key)
        age_s = self.now_s - sample.at_s
        if age_s > sample.max_age_s:
            return Unknown.signal(key, "stale", age_s)
        return sample.value

    def _context(self, key: str) -> Value | Unknown:
        view = self._view
        if key == "phase":
            return view.phase
        if key == "phase_time":
            return view.phase_s(self.now_s)
        if key == "elapsed":
            return view.elapsed_s(self.now_s)
        if key == "vessel":
            return view.program.vessel
        if view.cache.wanted_after != (view.layers.writes, view.phase, view.visit):
            # Within this very look a step has written or a phase was entered: the next step is to
            # read that.
            view.cache.wanted = fold(view, self.now_s)
        job, _, setting = key.partition(".")
        wanted = view.cache.wanted.get(job)
        if wanted is not None and setting in wanted.settings:
            return wanted.settings[setting]
        if wanted is not None and setting == "automation" and wanted.automation is not None:
            return wanted.automation
        return Unknown.signal(key, "no value yet")


class Turn:
    """One look at the world under way."""

    def __init__(self, program: Program, view: RunView, signals: Signals, moment: Moment) -> None:
        self.program = program
        self.view = view
        self.signals = signals
        self.moment = moment
        self.now_s = moment.process_s
        self.look = RunLook(view, signals, moment.process_s)
        self.entries: list[Entry] = []
        self.performs: list[Perform] = []
        self.cancels: list[ActionKey] = []
        self.announces: list[Announce] = []
        self.breathe = False
        """There is much to catch up on; the rest follows at the next look."""
        self.begin_pass()

    def begin_pass(self) -> None:
        """Forget when to look again; the pass finds it out anew."""
        self.wake_s = inf
        self.watches: list[Watch] = []
        self._before = self._size()

    @property
    def quiet(self) -> bool:
        """Whether nothing happened since the pass began."""
        return self._size() == self._before

    @property
    def empty(self) -> bool:
        """Whether nothing happened at all."""
        return self._size() == 0

    def _size(self) -> int:
        return len(self.entries) + len(self.performs) + len(self.cancels) + len(self.announces)

    @property
    def elapsed_s(self) -> float:
        """The experiment's clock now."""
        return self.view.clocks.elapsed_s(self.now_s)

    @property
    def phase_s(self) -> float:
        """The phase's clock now."""
        return self.view.clocks.phase_s(self.now_s)

    def write(self, kind: Kind, key: ActionKey | str | None = None, /, **data: Any) -> None:
        """Let an entry become true."""
        text = key.spelled() if isinstance(key, ActionKey) else key
        entry = Entry(
            kind=kind, process_s=self.now_s, wall_s=self.moment.wall_s, key=text, data=data
        )
        self.view.apply(entry)
        self.entries.append(entry)

    def wake_at(self, process_s: float) -> None:
        """Look again at a moment of process time."""
        self.wake_s = min(self.wake_s, process_s)

    def settles(self) -> bool:
        """Whether the run is just back from an outage: what is unknown now may be known soon."""
        until_s = self.view.recovered_s + GRACE_S
        if self.now_s >= until_s:
            return False
        self.wake_at(min(until_s, self.now_s + SETTLE_S))
        return True

    def is_past(self, elapsed_s: float) -> bool:
        """Whether a moment of the elapsed clock has come; if not, look again when it has."""
        clocks = self.view.clocks
        if clocks.elapsed_s(self.now_s) >= elapsed_s - EPSILON_S:
            return True
        if not clocks.stand:
            self.wake_at(clocks.process_s(elapsed_s, self.now_s))
        return False

    def process_s(self, elapsed_s: float) -> float:
        """The process time at which the elapsed clock shows something."""
        return self.view.clocks.process_s(elapsed_s, self.now_s)

    def watch(self, test: Test, found: Value, *, truth: bool = True) -> None:
        """Look again as soon as an answer changes."""
        self.watches.append(Watch(test, found, self.signals, truth=truth))
        self._wake_for_clocks(test)

    def _wake_for_clocks(self, test: Test) -> None:
        if test.polled:
            self.wake_at(self.now_s + POLL_S)
        standing = self.view.clocks.stand
        for clock, threshold_s in test.thresholds:
            now_s = self.elapsed_s if clock == "elapsed" else self.phase_s
            if now_s < threshold_s + AFTER_S and not standing:
                self.wake_at(self.now_s + (threshold_s + AFTER_S - now_s) + EPSILON_S)
