"""A law for dosing: a first one to change into one of your own.

It is pure: from what it remembers, what it sees and the moment it answers what it remembers next,
and what is to be exchanged. It turns no pump. The job `dosing` does, one exchange at a time, takes
out what has to go first, and keeps to the limits of the profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, NamedTuple

from orchestrator.plugin import Command, Exchange, Exchanged, Place, Step, View

SETTLED_S = 15.0
"""od600 is a median of three: after an exchange it takes so long to show it."""


class State(NamedTuple):
    """What it remembers."""

    thinning: bool = False
    asked: bool = False
    """An exchange is under way."""
    exchanged_s: float = -inf


class Sawtooth:
    """Inputs `low_od600`, `high_od600` and `exchange`, which are settings of the job."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> State:
        return State()

    def step(self, state: State, view: View, now_s: float) -> Step[State]:
        """Made when od600 has a new value, when an exchange ended, and when an input changes."""
        for event in view.events:
            if isinstance(event, Exchanged):
                state = state._replace(asked=False, exchanged_s=event.at_s)
        od600 = view.signals.get("od600")
        if view.paused or od600 is None or now_s - od600.at_s > od600.max_age_s:
            return Step(state)  # the vessel rests, or nobody knows how dense it is
        low, high = float(view.settings["low_od600"]), float(view.settings["high_od600"])
        density = float(od600.value)
        thinning = density > low if state.thinning else density >= high
        state = state._replace(thinning=thinning)
        if not thinning or state.asked or od600.at_s < state.exchanged_s + SETTLED_S:
            return Step(state)
        wanted = Exchange(
            remove_ml=0.0,  # what has to go first is for the job to know
            add_ml=float(view.settings["exchange"]),
            cause=f"od600 {density:.3f} is to be {low:g}",
        )
        return Step(state._replace(asked=True), (wanted,))

    def end(self, state: State) -> tuple[Command, ...]:
        return ()
