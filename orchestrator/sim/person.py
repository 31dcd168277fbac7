"""The person in a rehearsal: answers what is asked, and does it to the simulated culture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import RampPlan, ShapePlan, Slice, StepPlan
from orchestrator.ports.clock import Clock
from orchestrator.sim.reactor import Reactor

ANSWER_AFTER_S = 600.0
"""SEMANTICS rule 20."""
Answer = Callable[[str, str, str], None]
"""Takes (vessel, key, answer)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How a question is answered."""

    after_s: float | None = ANSWER_AFTER_S
    """None: never."""
    answer: str | None = None
    """None: whatever fits the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How questions are answered: those whose text holds a given phrase, and all others."""

    by_phrase: Mapping[str, Habit] = field(default_factory=dict)
    otherwise: Habit = field(default_factory=Habit)

    def of(self, text: str) -> Habit:
        """The habit for a question; letters' case does not matter."""
        lower = text.lower()
        for phrase, habit in self.by_phrase.items():
            if phrase.lower() in lower:
                return habit
        return self.otherwise


class Person:
    """Inoculates when first asked for something; takes samples out of the culture."""

    def __init__(
        self,
        *,
        clock: Clock,
        cultures: Mapping[str, Reactor],
        slices: Mapping[str, Slice],
        habits: Habits,
        answer: Answer,
    ) -> None:
        self._clock, self._cultures, self._habits = clock, cultures, habits
        self._answer = answer
        self._sample_ml: dict[str, float] = {}
        self._sterile = set(cultures)
        for vessel, slice_ in slices.items():
            if not asks(slice_):
                self._inoculate(vessel)

    def hear(self, vessel: str, entry: Entry) -> None:
        """Notice a question as it is written."""
        if entry.kind is Kind.ACTION_BEGAN and entry.key is not None:
            if entry.data.get("action") == "sample":
                self._sample_ml[entry.key] = float(entry.data["args"]["volume_ml"])
        elif entry.kind is Kind.QUESTION and entry.key is not None:
            self._take_up(vessel, entry.key, entry.data)

    def _take_up(self, vessel: str, key: str, asked: Mapping[str, Any]) -> None:
        habit = self._habits.of(str(asked["text"]))
        if habit.after_s is not None:
            at_s = self._clock.now().monotonic_s + habit.after_s
            answer = fitting(asked) if habit.answer is None else habit.answer
            self._clock.call_at(at_s, lambda: self._act(vessel, key, answer))

    def _act(self, vessel: str, key: str, answer: str) -> None:
        if key in self._sample_ml:
            now_s = self._clock.now().monotonic_s
            self._cultures[vessel].remove_sample(self._sample_ml.pop(key), now_s)
        elif vessel in self._sterile:
            self._inoculate(vessel)
        self._answer(vessel, key, answer)

    def _inoculate(self, vessel: str) -> None:
        self._sterile.discard(vessel)
        self._cultures[vessel].inoculate(self._clock.now().monotonic_s)


def fitting(asked: Mapping[str, Any]) -> str:
    """An answer that goes with a question: its default, its first choice, 1 for a number."""
    if asked.get("default") is not None:
        return str(asked["default"])
    if asked.get("choices"):
        return str(asked["choices"][0])
    return "yes" if asked.get("answer_type", "text") in ("text", "boolean") else "1"


def asks(slice_: Slice) -> bool:
    """Whether anything in a vessel's life waits for a person with `ask`."""
    lists = [
        steps for phase in slice_.phases for steps in (phase.on_enter, phase.do, phase.on_leave)
    ]
    lists += [
        item.steps
        for phase in slice_.phases
        for item in phase.items
        if not isinstance(item, RampPlan | ShapePlan)
    ]
    return any(_asks(steps) for steps in lists)


def _asks(steps: tuple[StepPlan, ...]) -> bool:
    return any(
        step.op == "ask"
        or _asks(step.steps)
        or _asks(step.otherwise)
        or any(_asks(branch.steps) for branch in step.branches)
        for step in steps
    )
