"""Conditions made ready to be asked often: what they read, and when time alone can change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Protocol

from orchestrator.execution.bands import CLOCKS, CONTEXT, Reach, reach_of
from orchestrator.model.expression import (
    Compare,
    Condition,
    Const,
    Expression,
    Lookup,
    Signal,
    Threshold,
    Unknown,
    Value,
    compile_node,
    nodes_of,
    signals_of,
    threshold_of,
)
from orchestrator.model.expression.tree import NUMBER_MAX
from orchestrator.model.signal import Sample, Signals

POLL_S: Final = 5.0
"""How often a condition is asked whose moment cannot be read off it, such as `elapsed % 60 < 5`."""
AFTER_S: Final = 1e-3
"""A threshold is looked at this much after it, so that `>` and `>=` are both past it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A compiled condition; for a value that is no condition, ask it with `value`."""

    value: Condition
    names: tuple[str, ...]
    """Keys of the signals and settings that it reads; not the clocks."""
    reads: frozenset[str]
    """The same."""
    thresholds: tuple[tuple[str, float], ...]
    """Moments of a clock at which it can change by itself."""
    polled: bool
    """It depends on a clock in a way that has to be tried."""
    reach: Reach
    """What new values of those can do to it, as a condition."""
    threshold: Threshold | None = None
    """It compares one signal with a number, and nothing else."""

    @classmethod
    def of(cls, expression: Expression) -> Test:
        """Compile an expression."""
        keys = signals_of(expression)
        thresholds = _thresholds(expression)
        threshold = threshold_of(expression)
        if threshold is not None and threshold.key in CONTEXT:
            threshold = None
        return cls(
            value=compile_node(expression),
            names=tuple(sorted(keys - CONTEXT)),
            reads=keys - CONTEXT,
            thresholds=thresholds or (),
            polled=thresholds is None,
            reach=reach_of(expression),
            threshold=threshold,
        )

    def ask(self, lookup: Lookup) -> bool | Unknown:
        """True, false or unknown."""
        found = self.value(lookup)
        if type(found) is bool or isinstance(found, Unknown):
            return found
        return Unknown.domain(f"{found!r:.40} is neither true nor false")


class Look(Protocol):
    """A lookup that is told anew what there is to see."""

    signals: Signals
    now_s: float

    def __call__(self, key: str, /) -> Value | Unknown: ...


class Watch:
    """A question, the answer that it had, and the samples that were seen then.

    An unknown answer is kept as None.
    """

    __slots__ = ("_ask", "_found", "_samples", "_threshold", "names", "polled", "reach", "reads")

    def __init__(self, test: Test, found: Value, signals: Signals, *, truth: bool = True) -> None:
        self._ask: Condition = test.ask if truth else test.value
        self._found = found
        self.polled = test.polled
        self._threshold = test.threshold if truth else None
        self.names, self.reads = test.names, test.reads
        self.reach = test.reach if truth else Reach(loose=frozenset(test.names))
        self._samples: list[Sample | None] = [signals.get(name) for name in test.names]

    def still(self, signals: Signals, lookup: Look, *, sure: bool = False) -> bool:
        """Whether it would be answered as before; asks only where a sample is another one."""
        threshold = self._threshold
        if threshold is not None and not sure:
            fresh = signals.get(threshold.key)
            if fresh is self._samples[0]:
                return True
            if fresh is not None and lookup.now_s - fresh.at_s <= fresh.max_age_s:
                value = fresh.value
                if type(value) is float and -NUMBER_MAX <= value <= NUMBER_MAX:
                    self._samples[0] = fresh
                    return threshold.holds(value, threshold.bound) is self._found
        changed = self.polled or sure
        for number, name in enumerate(self.names):
            sample = signals.get(name)
            if sample is not self._samples[number]:
                self._samples[number] = sample
                changed = True
        if not changed:
            return True
        found = self._ask(lookup)
        return (None if isinstance(found, Unknown) else found) == self._found


def expiry_of(names: Iterable[str], signals: Signals, after_s: float) -> float:
    """The next moment after `after_s` at which one of these samples becomes too old."""
    soonest_s = inf
    for name in names:
        sample = signals.get(name)
        if sample is not None:
            expiry_s = sample.at_s + sample.max_age_s + AFTER_S
            if after_s < expiry_s < soonest_s:
                soonest_s = expiry_s
    return soonest_s


def least_max_age_s(names: tuple[str, ...], signals: Signals) -> float | None:
    """The shortest life among the samples of some names; None if none of them ages."""
    ages = [signals[name].max_age_s for name in names if name in signals]
    return min((age for age in ages if age < inf), default=None)


def seen(names: tuple[str, ...], lookup: Lookup) -> Mapping[str, Any]:
    """What a condition saw, for the trace; None where there was nothing to see."""
    found = {name: lookup(name) for name in names}
    return {name: None if isinstance(value, Unknown) else value for name, value in found.items()}


def _thresholds(expression: Expression) -> tuple[tuple[str, float], ...] | None:
    """Read off the clock times that matter; None where a clock is used in another way."""
    total = sum(isinstance(node, Signal) and node.key in CLOCKS for node in nodes_of(expression))
    found: list[tuple[str, float]] = []
    for node in nodes_of(expression):
        if isinstance(node, Compare):
            found += _of_compare(node)
    return tuple(found) if len(found) == total else None


def _of_compare(node: Compare) -> list[tuple[str, float]]:
    match node:
        case Compare(first=Signal() as clock, links=((_, Const(value=float() as bound)),)):
            return [(clock.key, bound)] if clock.key in CLOCKS else []
        case Compare(first=Const(value=float() as bound), links=((_, Signal() as clock),)):
            return [(clock.key, bound)] if clock.key in CLOCKS else []
        case _:
            return []
