"""Which troubles come over the room, and when: drawn from a seed, ended before the calm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

BEGIN_S = 30.0
SHORTEST_S = 1.0


class What(StrEnum):
    """Kinds of trouble."""

    WORKER_CRASH = "a worker is killed"
    WORKER_RESTART = "a worker is restarted in order"
    POWER_CUT = "a worker loses power"
    LEADER_CRASH = "the leader is killed"
    BROKER_LOSS = "the broker dies"
    WORKER_UNPLUGGED = "a worker's network cable is out"
    LEADER_UNPLUGGED = "the leader's network cable is out"
    NOISE = "messages are lost, doubled, late and out of order"
    CLOCK_STEP = "a worker's wall clock is set"
    CLOCK_DOUBT = "a worker's wall clock is not synchronised"
    LEADER_CLOCK_STEP = "the leader's wall clock is set"
    SENSOR_DEAD = "a sensor is silent"
    SENSORS_SLOW = "sensors answer late"
    PUMP_JAM = "a feed pump turns and moves nothing"
    DISK_FULL = "a worker's disk is full"
    DISK_SLOW = "a worker's disk is slow"
    STORE_FULL = "the leader's disk is full"
    STORE_SLOW = "the leader's disk is slow"
    HAND_DOSE = "a person doses by hand"
    PAUSE = "a person pauses, and resumes later"
    WORKER_HANGS = "a worker hangs, and goes on"
    SENSOR_WRONG = "a sensor shows something wrong"
    REVISION = "a person changes what runs"
    BY_HAND = "a person sets something by hand, and gives it back"
    OUTSIDE = "a button, a webhook or a topic that rules start on"
    KEEPER_LOST = "a keeper dies"
    LEADER_HANGS = "the leader hangs, and goes on"
    EMERGENCY_STOP = "a person stops everything at once, and lets it go on later"
    RESOLUTION = "a person says what moved in a dose that nobody saw the end of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How often and how long."""

    per_hour: float
    """Mean number in an hour."""
    for_s_min: float = 0.0
    for_s_max: float = 0.0


KINDS: Mapping[What, Kind] = {
    What.WORKER_CRASH: Kind(per_hour=6, for_s_min=0.1, for_s_max=60),
    What.WORKER_RESTART: Kind(per_hour=1.5, for_s_min=0.1, for_s_max=60),
    What.POWER_CUT: Kind(per_hour=3, for_s_min=2, for_s_max=1500),
    What.LEADER_CRASH: Kind(per_hour=3, for_s_min=0.1, for_s_max=900),
    What.BROKER_LOSS: Kind(per_hour=1.5, for_s_min=0.1, for_s_max=900),
    What.WORKER_UNPLUGGED: Kind(per_hour=1.5, for_s_min=0.1, for_s_max=900),
    What.LEADER_UNPLUGGED: Kind(per_hour=1, for_s_min=0.1, for_s_max=600),
    What.NOISE: Kind(per_hour=2, for_s_min=30, for_s_max=1800),
    What.CLOCK_STEP: Kind(per_hour=1),
    What.CLOCK_DOUBT: Kind(per_hour=1, for_s_min=10, for_s_max=900),
    What.LEADER_CLOCK_STEP: Kind(per_hour=0.5),
    What.SENSOR_DEAD: Kind(per_hour=2, for_s_min=5, for_s_max=600),
    What.SENSORS_SLOW: Kind(per_hour=1, for_s_min=30, for_s_max=600),
    What.PUMP_JAM: Kind(per_hour=1, for_s_min=30, for_s_max=600),
    What.DISK_FULL: Kind(per_hour=1.5, for_s_min=1, for_s_max=600),
    What.DISK_SLOW: Kind(per_hour=1.5, for_s_min=30, for_s_max=900),
    What.STORE_FULL: Kind(per_hour=1, for_s_min=1, for_s_max=600),
    What.STORE_SLOW: Kind(per_hour=1, for_s_min=30, for_s_max=900),
    What.HAND_DOSE: Kind(per_hour=3),
    What.PAUSE: Kind(per_hour=1, for_s_min=5, for_s_max=600),
    What.WORKER_HANGS: Kind(per_hour=2, for_s_min=0.5, for_s_max=120),
    What.SENSOR_WRONG: Kind(per_hour=2, for_s_min=5, for_s_max=600),
    What.REVISION: Kind(per_hour=3),
    What.BY_HAND: Kind(per_hour=3, for_s_min=5, for_s_max=600),
    What.OUTSIDE: Kind(per_hour=6),
    What.KEEPER_LOST: Kind(per_hour=1.5, for_s_min=0.5, for_s_max=120),
    What.LEADER_HANGS: Kind(per_hour=1, for_s_min=0.5, for_s_max=300),
    What.EMERGENCY_STOP: Kind(per_hour=1, for_s_min=5, for_s_max=300),
    What.RESOLUTION: Kind(per_hour=3),
}
SHARE: Mapping[str, float] = {"none": 0.0, "light": 0.15, "heavy": 1.5}
"""How many times as many a level brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that goes wrong."""

    at_s: float
    what: What
    for_s: float
    dice: float
    """From 0 to 1: whom it strikes, and how hard."""

    def choose(self, count: int) -> int:
        """Which of so many it strikes."""
        return int(self.dice * 7919.0) % count


def draw(level: str, chance: Random, calm_s: float) -> Sequence[Trouble]:
    """The troubles of one run, in order; all are over at `calm_s`."""
    troubles = []
    for what, kind in KINDS.items():
        per_s = SHARE[level] * kind.per_hour / 3600.0
        at_s = BEGIN_S + (chance.expovariate(per_s) if per_s else calm_s)
        while at_s < calm_s - SHORTEST_S:
            for_s = _length_s(kind, chance)
            troubles.append(
                Trouble(at_s=at_s, what=what, for_s=min(for_s, calm_s - at_s), dice=chance.random())
            )
            at_s += for_s + chance.expovariate(per_s)
    return sorted(troubles, key=lambda trouble: trouble.at_s)


def _length_s(kind: Kind, chance: Random) -> float:
    """Short ones are as likely as long ones: even on a logarithmic scale."""
    if not kind.for_s_max:
        return 0.0
    return float(kind.for_s_min * (kind.for_s_max / kind.for_s_min) ** chance.random())
