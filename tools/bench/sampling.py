"""Medians and percentiles, and runs in turn so that both sides meet the same weather."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from math import ceil
from statistics import median
from time import perf_counter, process_time

Sampled = Callable[[], float]


def in_turn(times: int, *samples: Sampled, warm_up: int = 1) -> list[float]:
    """Sample each, one after the other, again and again; the median of each."""
    for _ in range(warm_up):
        for sample in samples:
            sample()
    rounds = [[sample() for sample in samples] for _ in range(times)]
    return [median(column) for column in zip(*rounds, strict=True)]


def seconds_of(work: Callable[[], object]) -> float:
    """How long something takes, with the garbage collector as it always is."""
    gc.collect()
    began_s = perf_counter()
    work()
    return perf_counter() - began_s


def cpu_seconds_of(work: Callable[[], object]) -> float:
    """The same in processor time, for what only computes: neighbours do not count."""
    gc.collect()
    began_s = process_time()
    work()
    return process_time() - began_s


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)]
