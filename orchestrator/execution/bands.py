"""How far a signal may move before it has to be decided anew.

Most conditions ask of a signal on which side of a bound it lies. While it stays between the bounds
next to it, and its sample is young enough, every answer stays what it was, and nobody need ask.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Final, TypeAlias

from orchestrator.model.expression import (
    And,
    Compare,
    Condition,
    Expression,
    Lookup,
    Or,
    Signal,
    Unary,
    compile_node,
    signals_of,
)
from orchestrator.model.expression.tree import NUMBER_MAX
from orchestrator.model.signal import Sample, Signals

CLOCKS: Final = frozenset({"elapsed", "phase_time"})
CONTEXT: Final = CLOCKS | {"phase", "vessel"}
Band: TypeAlias = tuple[float, float]
"""Both ends are outside."""
NOWHERE: Final[Band] = (inf, -inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A bound that a condition holds a signal against."""

    key: str
    bound: Condition
    reads: frozenset[str]
    """Settings that the bound is made of; none of them has samples, or it is no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What new values of signals can do to a condition."""

    edges: tuple[Edge, ...] = ()
    loose: frozenset[str] = frozenset()
    """Signals of which each new value may make another answer."""


def reach_of(node: Expression) -> Reach:
    """Read off a condition what it holds its signals against."""
    edges: list[Edge] = []
    loose = _gather(node, edges) - CONTEXT
    return Reach(edges=tuple(edges), loose=loose)


class Bands:
    """The bands of one decision, kept up with as signals leave them without changing anything."""

    def __init__(
        self, reaches: Iterable[Reach], signals: Signals, look: Lookup, now_s: float
    ) -> None:
        bounds: dict[str, list[float]] = {}
        loose: set[str] = set()
        for reach in reaches:
            loose |= reach.loose
            for edge in reach.edges:
                bound = edge.bound(look)
                loose |= edge.reads
                if type(bound) is float and not any(name in signals for name in edge.reads):
                    bounds.setdefault(edge.key, [-NUMBER_MAX, NUMBER_MAX]).append(bound)
                else:
                    loose.add(edge.key)
        self._bounds = {key: sorted(each) for key, each in bounds.items() if key not in loose}
        self.by_signal: dict[str, Band] = dict.fromkeys(loose, NOWHERE)
        """Of a signal that is not named every new value will do."""
        for key in self._bounds:
            self.by_signal[key] = self._around(signals.get(key), key, now_s)

    def hold(self, signals: Signals, now_s: float) -> bool:
        """Whether every signal is in its band, and known."""
        for key, (low, high) in self.by_signal.items():
            sample = signals.get(key)
            if sample is None:
                continue
            value = sample.value
            if type(value) is not float or not low < value < high:
                return False
            if now_s - sample.at_s > sample.max_age_s:
                return False
        return True

    def follow(self, signals: Signals, now_s: float) -> None:
        """Every answer came out as before with the signals as they are now."""
        for key in self._bounds:
            self.by_signal[key] = self._around(signals.get(key), key, now_s)

    def _around(self, sample: Sample | None, key: str, now_s: float) -> Band:
        """The bounds next to a value; what is unknown, or on a bound, has no band."""
        if sample is None or now_s - sample.at_s > sample.max_age_s:
            return NOWHERE
        value, bounds = sample.value, self._bounds[key]
        if type(value) is not float:
            return NOWHERE
        place = bisect_left(bounds, value)
        if not 0 < place < len(bounds) or bounds[place] == value:
            return NOWHERE
        return bounds[place - 1], bounds[place]


def _gather(node: Expression, edges: list[Edge]) -> frozenset[str]:
    """Collect the edges of a condition; answer what it reads in another way."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            return frozenset().union(*(_gather(each, edges) for each in operands))
        case Unary(operator="not", operand=operand):
            return _gather(operand, edges)
        case Compare(first=first, links=((_, second),)):
            edge = _edge(first, second) or _edge(second, first)
            if edge is not None:
                edges.append(edge)
                return frozenset()
    return signals_of(node)


def _edge(signal: Expression, bound: Expression) -> Edge | None:
    reads = signals_of(bound)
    if not isinstance(signal, Signal) or signal.key in CONTEXT or signal.key in reads:
        return None
    if reads & CLOCKS:
        return None
    return Edge(key=signal.key, bound=compile_node(bound), reads=reads - CONTEXT)
