"""What a run keeps so as not to work it out again. It holds nothing that a restart must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.execution.agenda import Agenda
from orchestrator.execution.bands import Bands
from orchestrator.execution.decision import Decision, JobWanted, Moment, Wanted
from orchestrator.execution.watch import AFTER_S, Look, Watch, expiry_of
from orchestrator.model.expression import Value
from orchestrator.model.signal import Sample, Signals

CLOCK_STEP_S = 0.5
"""A wall clock that was put by more than this makes cron entries be looked up anew."""


@dataclass(slots=True, kw_only=True)
class Quiet:
    """The last decision, and for how long it stands."""

    decision: Decision
    """Without what was to be done once."""
    timers_s: float
    """Process seconds at which something falls due."""
    expiry_s: float
    """Process seconds at which a sample becomes too old."""
    step_s: float
    """Process seconds at which a ramp moves on; nothing else happens then."""
    offset_s: float | None
    """Wall minus process time; None while the clock is not trusted."""
    watches: Sequence[Watch]
    names: frozenset[str]
    """Signals that the watches look at."""
    polled: bool
    """Some answer depends on a clock in a way that has to be tried."""
    bands: Bands
    look: Look

    def holds(self, signals: Signals, moment: Moment) -> bool:
        """Whether everything would come out as before, but for ramps that move on."""
        now_s = moment.process_s
        if now_s >= self.timers_s or not self.same_wall(moment):
            return False
        look = self.look
        look.signals, look.now_s = signals, now_s
        expired = now_s >= self.expiry_s
        if self.polled or not self.bands.hold(signals, now_s):
            sure = expired and any(_is_old(signals.get(name), now_s) for name in self.names)
            for watch in self.watches:
                if not watch.still(signals, look, sure=sure):
                    return False
            self.bands.follow(signals, now_s)
        if expired:
            self.expiry_s = expiry_of(self.names, signals, now_s)
            self._decide(self.decision.wanted)
        return True

    def moves_on(self, wanted: Wanted, step_s: float) -> bool:
        """Whether everything else comes out as before with settings as a ramp has them now."""
        look, hang = self.look, False
        known = look.signals.keys()
        for watch in self.watches:
            if not known >= watch.reads:
                hang = True
                if not watch.still(look.signals, look, sure=True):
                    return False
        if hang:
            self.bands = Bands(
                [watch.reach for watch in self.watches], look.signals, look, look.now_s
            )
        self.step_s = step_s
        self.expiry_s = expiry_of(self.names, look.signals, look.now_s)
        self._decide(wanted)
        return True

    def _decide(self, wanted: Wanted) -> None:
        """Bring the decision up to date."""
        again_s = min(self.timers_s, self.expiry_s, self.step_s)
        self.decision = Decision(wanted=wanted, look_again_s=again_s, bands=self.bands.by_signal)

    def stands(self, moment: Moment) -> bool:
        """Whether no new value counts that is within its band."""
        return not self.polled and self.same_wall(moment)

    def same_wall(self, moment: Moment) -> bool:
        """Whether the wall clock runs on as it did."""
        now_s, wall_s = moment
        if wall_s is None or self.offset_s is None:
            return wall_s is None and self.offset_s is None
        return -CLOCK_STEP_S <= wall_s - now_s - self.offset_s <= CLOCK_STEP_S


def _is_old(sample: Sample | None, now_s: float) -> bool:
    return sample is not None and now_s >= sample.at_s + sample.max_age_s + AFTER_S


@dataclass(slots=True)
class Cache:
    """Of one view."""

    quiet: Quiet | None = None
    wanted: Wanted = field(default_factory=dict)
    stale: bool = True
    """An entry was taken in after which something else may be wanted."""
    wanted_after: tuple[int, str | None, int] = (0, None, 0)
    """The writes, the phase and the visit that it takes into account."""
    jobs: dict[str, JobWanted] = field(default_factory=dict)
    ground: tuple[object, ...] = ()
    """What all of those rest on, besides what is written about each."""
    standing: dict[str, int] = field(default_factory=dict)
    """job → the last write about it that is taken into account, where time does not move it."""
    followed: dict[str, Value] = field(default_factory=dict)
    """setting → the last value that was known, where it follows signals."""
    cron: dict[tuple[str, str], tuple[float, float | None]] = field(default_factory=dict)
    """(entry, timezone) → (asked after, found)."""
    agenda: Agenda | None = None
    wall_offset_s: float | None = None
    """Wall minus process time, when the wall clock was last trusted."""
    told_to_end: set[str] = field(default_factory=set)
    """Actions whose cancellation was handed out."""

    def spoil(self) -> None:
        """Something changed."""
        self.quiet = None
        self.stale = True
