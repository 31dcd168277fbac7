"""Worker, leader and broker are killed with -9 at random moments, for as long as one likes.

Three witnesses that know nothing of each other must agree afterwards: the bench, which counts what
its pumps moved and its sensors showed; each worker's own ledger; and the leader's store.

`AXENIC_KILLS_S` says for how long (`make faults` gives it minutes), `AXENIC_KILLS_SEED` which.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.cluster import Cluster, eventually, running_cluster
from tests.support.held import SENSORS, canonical, held

KILLS_S = float(os.environ.get("AXENIC_KILLS_S", "35"))
SEED = int(os.environ.get("AXENIC_KILLS_SEED", "1"))
SPEED = 10.0
UNITS = ("unit1", "unit2")
PUMPS = ("feed_pump", "waste_pump")
REST_S = (0.5, 4.0)
"""Between two kills,"""
DOWN_S = (0.05, 3.0)
"""and until what was killed is back."""
CLOSE_ML = 0.05
"""By a timer's lateness, for each dose: 50 ms of a second, ten times as fast, at 6 mL/min."""
LOST_MAX = 12
"""Readings of a sensor that were taken in the last moment before a kill: 1 s, ten times as fast."""

pytestmark = [
    pytest.mark.processes,
    pytest.mark.broker,
    pytest.mark.timeout(KILLS_S * 2.0 + 170.0),
]

PROFILE = """
axenic: profile/1
name: Much to do
vessels:
  left: {volume: 15 mL}
  right: {volume: 15 mL}
media:
  feed: {bottle: 10 L}
  waste: {bottle: 10 L}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  temperature: {automation: thermostat, target: 30 °C}
  dosing: {automation: chemostat, dilution_rate: 2 /h, exchange: 0.5 mL}
limits:
  dosing: {vessel_maximum: 18 mL}
phases:
  - name: run
    duration: 30 d
    do:
      - blank: {}
    schedule:
      - name: a drop
        every: 40 s
        do:
          - dose: 0.2 mL
          - set: {stirring.target: 600 rpm}
          - wait: 10 s
          - set: {stirring.target: 500 rpm}
rules:
  - name: after each dose
    on: {dose: done, medium: feed}
    mode: queued
    do:
      - note: "{{ trigger.value }} mL"
"""


def test_rules_3_and_16_three_witnesses_agree_after_a_storm_of_kills(folder: Path) -> None:
    with running_cluster(folder, UNITS, speed=SPEED) as cluster:
        experiment = cluster.submit(PROFILE)
        eventually(lambda: _pumps(cluster), within_s=40, what="doses are under way")
        kills = _storm(cluster, Random(SEED), KILLS_S)
        said = f"seed {SEED}, {dict(kills)}"
        cluster.until_ready()
        cluster.post(f"/experiments/{experiment}/cancel")
        eventually(
            lambda: cluster.experiment(experiment)["state"] == "cancelled",
            within_s=60,
            what=f"the experiment is cancelled ({said})",
        )
        eventually(
            lambda: _is_settled(cluster), within_s=60, what=f"the outboxes are empty ({said})"
        )
        broken = [f"{unit}: {each}" for unit in UNITS for each in _broken(cluster, unit, kills)]
        broken += _broken_actions(cluster, experiment)
        assert not broken, f"{said}: " + "\n".join(broken)
        assert sum(kills.values()) >= KILLS_S / 10.0, said
        assert len(kills) == 2 + len(UNITS), f"everybody is killed at times: {said}"


# ---- the storm


def _storm(cluster: Cluster, chance: Random, for_s: float) -> Counter[str]:
    """Kill and start again until the time is over; who was killed how often."""
    names = [*(f"worker {unit}" for unit in UNITS), "leader", "broker"]
    kills: Counter[str] = Counter()
    until_s = time.monotonic() + for_s
    order: list[str] = []
    while time.monotonic() < until_s:
        time.sleep(chance.uniform(*REST_S))
        if not order:  # nobody is spared for long
            order = [*names, chance.choice(names[: len(UNITS)])]
            chance.shuffle(order)
        name = order.pop()
        if name.startswith("worker") and chance.random() < 0.7:
            _wait_for_a_pump(cluster, name.split()[1])
        cluster.kill(name)
        kills[name] += 1
        time.sleep(chance.uniform(*DOWN_S))
        cluster.start(name)
    return kills


def _wait_for_a_pump(cluster: Cluster, unit: str) -> None:
    """So that the kill hits a dose; if none comes, so be it."""
    until_s = time.monotonic() + 3.0
    while time.monotonic() < until_s:
        duties = cluster.bench(unit, "counters")["duties"]
        if any(duties[pump] > 0.0 for pump in PUMPS):
            return
        time.sleep(0.02)


def _pumps(cluster: Cluster) -> bool:
    return all(cluster.bench(unit, "counters")["moved_ml"]["feed_pump"] > 0.0 for unit in UNITS)


def _is_settled(cluster: Cluster) -> bool:
    workers = cluster.get("/workers")["items"]
    return all(each["state"] == "ready" and each["outbox_waiting"] == 0 for each in workers)


# ---- the witnesses


def _broken(cluster: Cluster, unit: str, kills: Counter[str]) -> Iterator[str]:
    ledger = _ledger(cluster, unit)
    counters = cluster.bench(unit, "counters")
    yield from _broken_doses(ledger, counters)
    yield from _broken_store(cluster, unit, ledger)
    yield from _broken_readings(cluster, unit, counters, kills[f"worker {unit}"])


def _broken_doses(ledger: list[dict[str, Any]], counters: dict[str, Any]) -> Iterator[str]:
    """What the glass received is what the ledger says, give or take what it calls unknown."""
    began = Counter(each["key"] for each in ledger if each["kind"] == "dose_began")
    doses = {each["key"]: each["data"] for each in ledger if each["kind"] == "dose_began"}
    ends = [each for each in ledger if each["kind"] == "dose_ended" and each["key"] in doses]
    ended = Counter(each["key"] for each in ends)
    for key in began + ended:
        if (began[key], ended[key]) != (1, 1):
            yield f"{key} began {began[key]} times and ended {ended[key]} times"
    for pump in PUMPS:
        own = [each["data"] for each in ends if doses[each["key"]]["pump"] == pump]
        most_ml = sum(float(each["volume_ml"]) for each in own)
        known = [each for each in own if each["outcome"] != "unknown"]
        least_ml = sum(float(each["volume_ml"]) for each in known)
        if pump == "waste_pump":  # below its tube it draws air
            least_ml = 0.0
        moved_ml, close_ml = float(counters["moved_ml"][pump]), CLOSE_ML * len(own)
        if not least_ml - close_ml <= moved_ml <= most_ml + close_ml:
            yield f"{pump} moved {moved_ml:.3f} mL, the ledger says {least_ml:.3f} to {most_ml:.3f}"
        if pump == "feed_pump" and len(own) < 3:
            yield f"what never happens proves nothing: {len(own)} doses"


def _broken_store(cluster: Cluster, unit: str, ledger: list[dict[str, Any]]) -> Iterator[str]:
    """The leader's copy of the ledger is the worker's, and no number is lost or doubled."""
    with held(cluster, unit) as store:
        ranges, lines = store.ranges(), store.ledger()
    if ranges != [(1, cluster.newest_number(unit))]:
        yield f"the store holds {ranges} of the records 1 to {cluster.newest_number(unit)}"
    ours = [
        (each["kind"], each["process_s"], each["key"], canonical(each["data"]))
        for each in ledger
        if each["kind"] != "tick"
    ]
    if ours != lines:
        missing, extra = Counter(ours) - Counter(lines), Counter(lines) - Counter(ours)
        yield f"ledger and store differ: missing {[*missing][:3]}, too many {[*extra][:3]}"


def _broken_readings(
    cluster: Cluster, unit: str, counters: dict[str, Any], kills: int
) -> Iterator[str]:
    """What a sensor showed is stored once, but for the last moment before each kill."""
    with held(cluster, unit) as store:
        for signal, sensor in SENSORS.items():
            stored, shown = store.readings(signal), counters["samples"][sensor]
            if not shown - LOST_MAX * kills <= stored <= shown:
                yield f"{sensor} showed {shown} values, {stored} are stored; {kills} kills"


def _broken_actions(cluster: Cluster, experiment: str) -> Iterator[str]:
    rows = cluster.actions(experiment)
    for action_id, count in Counter(each["action_id"] for each in rows).items():
        if count > 1:
            yield f"{action_id} stands {count} times"
    for each in rows:
        if not each["outcome"]:
            yield f"{each['action_id']} has no outcome"


def _ledger(cluster: Cluster, unit: str) -> list[dict[str, Any]]:
    with contextlib.closing(cluster.journal(unit)) as journal:
        rows = journal.execute("SELECT kind, process_s, key, data FROM ledger ORDER BY number")
        return [
            {"kind": kind, "process_s": process_s, "key": key, "data": json.loads(data)}
            for kind, process_s, key, data in rows
        ]
