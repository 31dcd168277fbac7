"""What the name of a run says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class RunName:
    """`<experiment>.<number>:<vessel>`; what is not so named is an experiment of that name."""

    experiment: str
    attempt: str
    vessel: str

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, run: str) -> RunName:
        attempt, _, vessel = run.partition(":")
        experiment, _, _ = attempt.rpartition(".")
        return cls(experiment or attempt, attempt, vessel)
