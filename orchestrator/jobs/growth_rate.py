"""Estimates how fast the culture grows from its optical density, told of every dilution."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.control.growth import OD600_MIN, WINDOW_S, Estimate, begin, dilute, observe
from orchestrator.control.lineage import Lineage, follow, inoculated, resumed
from orchestrator.jobs.job import Account, Command, Remember, Signal, Step, View

STALE_READINGS = 2
"""After a dilution so many values of od600, a median of three, may still show what was before."""
MISSED_S = 60.0
"""Look again after this long without a new od600."""
TELL_S = 60.0
"""The deviation, the generations and the lag are told no more often."""
REMEMBER_S = 600.0
"""What must survive a restart is kept so often; the growth since is then reckoned from the rate."""
DEVIATION, GENERATIONS, LAG = (
    f"growth_rate.{each}" for each in ("deviation", "generations", "lag")
)
NO_COMMANDS: tuple[Command, ...] = ()


class GrowthRateState(Struct, frozen=True):
    """What the job remembers."""

    estimate: Estimate | None = None
    seen_s: float = -inf
    """Moment of the newest od600 that was looked at."""
    fed_ml: float | None = None
    stale: int = 0
    lineage: Lineage | None = None
    tell_s: float = -inf
    """Moment from which on it is told again how sure the rate is, and what has come of it."""
    remember_s: float = -inf
    lag_told: bool = False
    is_resumed: bool = False
    """The lineage is one that `Remember` kept, and no reading has been taken into it since."""


class GrowthRate:
    """Setting `window` (s); signal `growth_rate` (1/h), published once it is known to 0.1/h, and
    with it, once a minute, its standard deviation, the generations since inoculation and the lag.
    """

    name: ClassVar[str] = "growth_rate"
    watches: ClassVar[tuple[str, ...]] = ("od600",)
    signals: ClassVar[Mapping[str, Signal]] = {
        "growth_rate": Signal(max_age_s=300.0),
        DEVIATION: Signal(max_age_s=300.0),
        GENERATIONS: Signal(),
        LAG: Signal(),
    }

    def begin(self, memory: Mapping[str, Any], _now_s: float) -> GrowthRateState:
        lineage = Lineage(**memory) if memory else None
        return GrowthRateState(lineage=lineage, is_resumed=lineage is not None)

    def step(self, state: GrowthRateState, view: View, now_s: float) -> Step[GrowthRateState]:
        if view.account.fed_ml != state.fed_ml:
            state = _told_of_feed(state, view.account)
        newest = view.signals.get("od600")
        if newest is None or newest.at_s <= state.seen_s:
            return Step(state, look_again_s=now_s + MISSED_S)
        od600, at_s = float(newest.value), newest.at_s
        if state.stale > 0:
            after = replace(state, seen_s=at_s, stale=state.stale - 1)
            return Step(after, look_again_s=now_s + MISSED_S)
        window_s = float(view.settings.get("window") or WINDOW_S)
        estimate = state.estimate
        if estimate is not None:
            estimate = observe(estimate, od600, at_s, window_s)
        elif od600 >= OD600_MIN:
            estimate = begin(od600, at_s)
        after = replace(state, estimate=estimate, seen_s=at_s)
        published: dict[str, float] = {}
        commands = NO_COMMANDS
        if estimate is not None and estimate.at_s == at_s:
            if estimate.sure:
                published["growth_rate"] = estimate.rate_per_h
            if at_s >= state.tell_s:
                after, commands = _tell(after, estimate, window_s, published)
        return Step(after, commands, published, now_s + MISSED_S)

    def end(self, _state: GrowthRateState) -> tuple[Command, ...]:
        return ()


def _tell(
    state: GrowthRateState, estimate: Estimate, window_s: float, published: dict[str, float]
) -> tuple[GrowthRateState, tuple[Command, ...]]:
    """Publish what is known beside the rate, and have it remembered now and then."""
    at_s, before = estimate.at_s, state.lineage
    lineage = _gone_on(before, state.is_resumed, estimate, window_s)
    if estimate.sure:
        published[DEVIATION] = estimate.deviation_per_h
    if lineage.rate_per_h is not None:
        published[GENERATIONS] = lineage.generations
    if lineage.lag_s is not None and not state.lag_told:
        published[LAG] = lineage.lag_s
    is_due = lineage.rate_per_h is not None and (at_s >= state.remember_s or LAG in published)
    after = replace(
        state,
        lineage=lineage,
        is_resumed=False,
        tell_s=at_s + TELL_S,
        remember_s=at_s + REMEMBER_S if is_due else state.remember_s,
        lag_told=lineage.lag_s is not None,
    )
    return after, (Remember(memory=lineage._asdict()),) if is_due else NO_COMMANDS


def _gone_on(
    before: Lineage | None, is_resumed: bool, estimate: Estimate, window_s: float
) -> Lineage:
    if before is None:
        return inoculated(estimate)
    if is_resumed:
        return resumed(before, estimate)
    return follow(before, estimate, window_s)


def _told_of_feed(state: GrowthRateState, account: Account) -> GrowthRateState:
    """Take in what was fed since the last step: the cells in the vessel share its volume."""
    added_ml = 0.0 if state.fed_ml is None else account.fed_ml - state.fed_ml
    if added_ml <= 0.0 or account.volume_ml <= 0.0 or state.estimate is None:
        return replace(state, fed_ml=account.fed_ml)
    kept_share = max(0.0, account.volume_ml - added_ml) / account.volume_ml
    return replace(
        state,
        estimate=dilute(state.estimate, kept_share),
        fed_ml=account.fed_ml,
        stale=STALE_READINGS,
    )
