"""A press and a webhook through real processes; what was confirmed outlives a kill -9."""

from __future__ import annotations

import urllib.error
from pathlib import Path

import pytest

from tests.support.cluster import Cluster, eventually, running_cluster

pytestmark = [pytest.mark.processes, pytest.mark.timeout(170)]

PROFILE = """
axenic: profile/1
name: Pressed
vessels:
  left: {volume: 15 mL}
  right: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: wait
    duration: 30 d
rules:
  - name: pressed
    on: {button: rinse}
    mode: queued
    vessels: [left]
    do:
      - note: "{{ trigger.kind }} {{ trigger.name }}"
  - name: called
    on: {webhook: door, as: number, json: level}
    if: "{{ trigger.value > 5 }}"
    do:
      - note: "door {{ trigger.value }}"
"""


def notes(cluster: Cluster, experiment: str) -> list[tuple[str, str]]:
    found = [each for each in cluster.actions(experiment) if each["action"] == "note"]
    return sorted((each["vessel"], each["detail"]) for each in found if each["outcome"])


@pytest.mark.broker
def test_what_a_worker_confirmed_starts_its_rule_once_whatever_dies_then(folder: Path) -> None:
    with running_cluster(folder, ["unit1", "unit2"], speed=1.0) as cluster:
        experiment = cluster.submit(PROFILE)
        eventually(
            lambda: (
                cluster.experiment(experiment)["state"] == "running"
                and all(run["phase"] for run in cluster.experiment(experiment)["runs"])
            ),
            within_s=40,
            what="both vessels run",
        )
        assert cluster.experiment(experiment)["buttons"] == [{"name": "rinse", "vessels": ["left"]}]
        unit = {run["vessel"]: run["worker"] for run in cluster.experiment(experiment)["runs"]}
        told = cluster.post(f"/experiments/{experiment}/press", {"button": "rinse"})
        cluster.kill(f"worker {unit['left']}")
        assert [(each["vessel"], each["outcome"]) for each in told["vessels"]] == [("left", "done")]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            cluster.post(f"/experiments/{experiment}/press", {"button": "other"})

        cluster.start(f"worker {unit['left']}")
        cluster.until_ready()
        eventually(
            lambda: notes(cluster, experiment) == [("left", "button rinse")],
            within_s=30,
            what="the press was acted upon",
        )
        cluster.kill("leader")
        cluster.start("leader")
        cluster.until_ready()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            cluster.post("/webhooks/window")
        with pytest.raises(urllib.error.HTTPError, match="409"):
            cluster.post("/webhooks/door", {"level": "high"})
        cluster.post("/webhooks/door", {"level": 3})
        cluster.post("/webhooks/door", {"level": 7})
        expected = [("left", "button rinse"), ("left", "door 7"), ("right", "door 7")]
        eventually(
            lambda: notes(cluster, experiment) == expected,
            within_s=30,
            what="the webhook was acted upon by both vessels, and the press once",
        )
