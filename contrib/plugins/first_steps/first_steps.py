"""Counts the generations of a culture: a first job to change into one of your own.

It runs in a process of its own. It may read instruments, import what it likes and take its time;
should it fall, the worker goes on and starts it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, log2
from typing import Any

from orchestrator.plugin import Command, Place, Question, Refused, Step, View


class FirstSteps:
    """Setting `from_od600`; signal `first_steps.generations`."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def begin(self, memory: Mapping[str, Any], now_s: float) -> None:
        """What is returned here is handed to the first step, and from each step to the next."""

    def step(self, state: None, view: View, now_s: float) -> Step[None]:
        """Made when od600 has a new value, since plugin.yaml says that it is watched."""
        od600 = view.signals.get("od600")
        from_od600 = float(view.settings["from_od600"])
        publish = {}
        if od600 is not None and float(od600.value) > 0.0:
            publish["first_steps.generations"] = max(0.0, log2(float(od600.value) / from_od600))
        return Step(state, publish=publish, look_again_s=inf)

    def end(self, state: None) -> tuple[Command, ...]:
        """Let go of what was opened; outputs are turned off without being told."""
        return ()


class Doublings:
    """A route of the API: `/api/plugins/first_steps/doublings?from=0.1&to=0.8`."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def answer(self, question: Question) -> dict[str, float]:
        """What JSON knows; one question at a time."""
        first, last = _density(question, "from"), _density(question, "to")
        return {"doublings": log2(last / first)}


def _density(question: Question, name: str) -> float:
    text = question.query.get(name, "")
    try:
        od600 = float(text)
    except ValueError:
        od600 = 0.0
    if not 0.0 < od600 < inf:
        raise Refused(422, f"{name} is a density above 0, such as 0.1, not '{text}'")
    return od600
