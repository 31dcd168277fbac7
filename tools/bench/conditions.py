"""How often a second a worker can ask its conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import repeat
from typing import Any

from orchestrator.model.expression import (
    And,
    Compare,
    Const,
    Expression,
    Signal,
    compile_node,
    evaluate,
)
from tools.bench.figure import Budget, Figure
from tools.bench.sampling import cpu_seconds_of, in_turn
from tools.bench.size import Size

SIGNALS: Mapping[str, Any] = {"od600": 0.93, "temperature.measured": 36.2, "phase": "hold"}
SIMPLE = Compare(Signal("od600"), ((">", Const(1.6)),))
COMPOSED = And(
    (
        Compare(Signal("od600"), (("<=", Const(1.6)),)),
        Compare(Signal("temperature.measured"), ((">", Const(30.0)),)),
        Compare(Signal("phase"), (("==", Const("hold")),)),
    )
)
Ask = Callable[[Any], object]


def measure(size: Size) -> list[Figure]:
    """A comparison, and three of them joined."""
    return [
        _figure("od600 > 1.6", SIMPLE, lambda get: get("od600") > 1.6, size),
        _figure(
            "od600 <= 1.6 and temperature.measured > 30 and phase == 'hold'",
            COMPOSED,
            lambda get: (
                get("od600") <= 1.6
                and get("temperature.measured") > 30.0
                and get("phase") == "hold"
            ),
            size,
        ),
    ]


def _figure(what: str, tree: Expression, bare: Ask, size: Size) -> Figure:
    count, times = size.of(1_000, 200_000, 1_000_000), size.of(1, 7, 15)
    compiled = compile_node(tree)
    assert compiled(SIGNALS.get) is bare(SIGNALS.get)
    ours_s, bare_s, walked_s = in_turn(
        times,
        *(
            partial(cpu_seconds_of, partial(_ask, each, count))
            for each in (compiled, bare, partial(evaluate, tree))
        ),
    )
    return Figure(
        what=f"conditions a second: {what}",
        ours=count / ours_s,
        unit="/s",
        baseline=count / bare_s,
        baseline_is="a Python lambda",
        budget=Budget(text="≥ 1 M", least=1e6),
        quoted="Pioreactor 20 k/s, Home Assistant 146 k/s; a prototype's tree 3.8 M/s",
        note=f"walked instead of compiled: {count / walked_s / 1e3:.0f} k/s",
    )


def _ask(condition: Ask, count: int) -> None:
    get = SIGNALS.get
    for _ in repeat(None, count):
        condition(get)
