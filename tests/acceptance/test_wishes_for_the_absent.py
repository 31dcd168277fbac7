"""What people want of an experiment whose worker is dead is done when it comes back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import Cluster, eventually, running_cluster

pytestmark = [pytest.mark.processes, pytest.mark.broker, pytest.mark.timeout(170)]

SPEED = 20.0
WISHES = {"cancel": "cancelled", "finish": "completed", "pause": "paused"}
UNITS = {wish: f"unit{number}" for number, wish in enumerate(WISHES, start=1)}
WATCHED_S = 3.0
"""In which there would be three exchanges of each."""

PROFILE = """
axenic: profile/1
name: Exchanges without end
vessels:
  only: {volume: 15 mL}
media:
  feed: {bottle: 1 L}
  waste: {bottle: 1 L}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s, uncalibrated: true}
  temperature: {automation: thermostat, target: 30 °C}
  dosing: {automation: silent}
limits:
  dosing: {vessel_maximum: 18 mL}
phases:
  - name: run
    duration: 30 d
    schedule:
      - name: a little
        every: 20 s
        do:
          - dilute: 0.2 mL
"""


def test_rule_8_who_was_dead_when_it_was_cancelled_finished_or_paused_obeys_when_it_is_back(
    folder: Path,
) -> None:
    with running_cluster(folder, [*UNITS.values()], speed=SPEED) as cluster:
        made = {
            wish: cluster.submit(PROFILE, bindings={"only": unit}) for wish, unit in UNITS.items()
        }
        for unit in UNITS.values():
            eventually(lambda unit=unit: _fed_ml(cluster, unit), within_s=40, what="they exchange")
        for unit in UNITS.values():
            cluster.kill(f"worker {unit}")
        for wish, experiment in made.items():
            cluster.post(f"/experiments/{experiment}/{wish}")
        for unit in UNITS.values():
            eventually(lambda unit=unit: _is_off(cluster, unit), within_s=5, what="all is off")
        for experiment in made.values():
            assert cluster.experiment(experiment)["state"] == "running", "nobody has obeyed yet"

        for unit in UNITS.values():
            cluster.start(f"worker {unit}")
        for wish, experiment in made.items():
            eventually(
                lambda wish=wish, experiment=experiment: (
                    cluster.experiment(experiment)["state"] == WISHES[wish]
                ),
                within_s=40,
                what=f"{wish} has come about\n{cluster.logs()}",
            )
        # What was under way when the pause came is finished first.
        for unit in UNITS.values():
            eventually(lambda unit=unit: _stands(cluster, unit), within_s=20, what="it stands")
        before_ml = {unit: _fed_ml(cluster, unit) for unit in UNITS.values()}
        time.sleep(WATCHED_S)
        assert {unit: _fed_ml(cluster, unit) for unit in UNITS.values()} == before_ml
        for wish in ("cancel", "finish"):
            assert _is_off(cluster, UNITS[wish])
            actions = cluster.actions(made[wish])
            assert all(each["outcome"] for each in actions), "what was under way has an outcome"
        paused = _duties(cluster, UNITS["pause"])
        assert paused["stirrer"] > 0.0, "a pause holds what it does not stop"
        assert (paused["feed_pump"], paused["waste_pump"]) == (0.0, 0.0)

        cluster.post(f"/experiments/{made['pause']}/resume")
        eventually(
            lambda: _fed_ml(cluster, UNITS["pause"]) > before_ml[UNITS["pause"]],
            within_s=20,
            what="it goes on",
        )


def _fed_ml(cluster: Cluster, unit: str) -> float:
    return float(cluster.bench(unit, "counters")["moved_ml"]["feed_pump"])


def _stands(cluster: Cluster, unit: str) -> bool:
    """Whether nothing was let in for as long as an exchange takes."""
    before_ml = _fed_ml(cluster, unit)
    time.sleep(1.5)
    return _fed_ml(cluster, unit) == before_ml


def _duties(cluster: Cluster, unit: str) -> dict[str, Any]:
    found: dict[str, Any] = cluster.bench(unit, "counters")["duties"]
    return found


def _is_off(cluster: Cluster, unit: str) -> bool:
    return set(_duties(cluster, unit).values()) == {0.0}
