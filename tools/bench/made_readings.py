"""Readings as a worker sends them, and the store that takes them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from orchestrator.messages.outbox import Batch, ReadingRecord

SIGNALS = (
    "od_reading.raw",
    "od600",
    "growth_rate",
    "temperature.measured",
    "temperature.duty",
    "stirring.measured",
    "stirring.duty",
    "dosing.volume",
)
INTERVAL_S = 5.0
WALL_S = 1_800_000_000.0
OUTBOX = "0f8fad5bd9cb469fa16570867728950e"
BOOT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
EXPERIMENT = "k3f9a2"
RUN = f"{EXPERIMENT}.1:control"


def readings(
    count: int, signals: tuple[str, ...] = SIGNALS, seed: int = 1
) -> Iterator[ReadingRecord]:
    """So many: each signal once in each interval, as noisy as real ones."""
    chance = Random(seed).random
    for number in range(count):
        turn, which = divmod(number, len(signals))
        yield reading(INTERVAL_S * turn + 0.001 * which, chance(), signals[which])


def reading(process_s: float, value: float, signal: str = "od600") -> ReadingRecord:
    """One, at a moment of the run."""
    return ReadingRecord(
        RUN, 1, signal, process_s, WALL_S + process_s, value, BOOT, process_s, "simulated"
    )


def batches(count: int, size: int, signals: tuple[str, ...] = SIGNALS) -> Iterator[Batch]:
    """The same in numbered batches of one size."""
    source = readings(count, signals)
    for first in range(1, count + 1, size):
        last = min(first + size - 1, count)
        records = [next(source) for _ in range(first, last + 1)]
        yield Batch(outbox=OUTBOX, first=first, last=last, records=[*records])
