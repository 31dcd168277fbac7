"""Estimates how fast the culture grows from its optical density, told of every dilution."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.control.growth import OD600_MIN, WINDOW_S, Estimate, begin, dilute, observe
from orchestrator.jobs.job import Account, Command, Signal, Step, View

STALE_READINGS = 2
"""After a dilution so many values of od600, a median of three, may still show what was before."""
MISSED_S = 60.0
"""Look again after this long without a new od600."""


class GrowthRateState(Struct, frozen=True):
    """What the job remembers."""

    estimate: Estimate | None = None
    seen_s: float = -inf
    """Moment of the newest od600 that was looked at."""
    fed_ml: float | None = None
    stale: int = 0


class GrowthRate:
    """Setting `window` (s); signal `growth_rate` (1/h), published once it is known to 0.1/h."""

    name: ClassVar[str] = "growth_rate"
    watches: ClassVar[tuple[str, ...]] = ("od600",)
    signals: ClassVar[Mapping[str, Signal]] = {"growth_rate": Signal(max_age_s=300.0)}

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> GrowthRateState:
        return GrowthRateState()

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
        after = GrowthRateState(estimate, at_s, state.fed_ml, 0)
        published: dict[str, float] = {}
        if estimate is not None and estimate.at_s == at_s and estimate.sure:
            published["growth_rate"] = estimate.rate_per_h
        return Step(after, (), published, now_s + MISSED_S)

    def end(self, _state: GrowthRateState) -> tuple[Command, ...]:
        return ()


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
