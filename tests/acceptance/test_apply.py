"""What runs is changed by the command line, through real processes, and outlives a kill -9."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cluster import Cluster, eventually, running_cluster

pytestmark = [pytest.mark.processes, pytest.mark.timeout(170)]

PROFILE = """
axenic: profile/1
name: Applied
vessels:
  left: {volume: 15 mL}
  right: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: hold
    duration: 30 d
    schedule:
      - {name: beat, every: 1 h, do: [{log: beat}]}
"""
FASTER = PROFILE.replace("500 rpm", "700 rpm")


def revisions(cluster: Cluster, experiment: str) -> list[int]:
    return [run["revision"] for run in cluster.experiment(experiment)["runs"]]


@pytest.mark.broker
def test_apply_and_rollback_reach_every_worker(folder: Path) -> None:
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
        profile = folder / "faster.yaml"
        profile.write_text(FASTER)
        apply = ("apply", str(profile), "--to", experiment, "--yes")
        refused = cluster.axenic(*apply)
        assert refused.returncode == 1, refused.stdout + refused.stderr
        assert "stirring.target  500 rpm  700 rpm" in refused.stdout
        assert "--accept-jumps" in refused.stderr
        assert revisions(cluster, experiment) == [1, 1]

        taken = cluster.axenic(*apply, "--accept-jumps")
        assert taken.returncode == 0, taken.stdout + taken.stderr
        eventually(
            lambda: revisions(cluster, experiment) == [2, 2],
            within_s=20,
            what="both run by revision 2",
        )
        unit = cluster.experiment(experiment)["runs"][0]["worker"]
        cluster.kill(f"worker {unit}")
        eventually(
            lambda: any(
                each["worker"] == unit and each["state"] != "ready"
                for each in cluster.get("/workers")["items"]
            ),
            within_s=40,
            what="one worker is away",
        )
        back = cluster.axenic("rollback", experiment, "--yes", "--accept-jumps")
        assert back.returncode == 0, back.stdout + back.stderr
        eventually(
            lambda: sorted(revisions(cluster, experiment)) == [2, 3],
            within_s=20,
            what="one is behind",
        )
        cluster.start(f"worker {unit}")
        eventually(
            lambda: revisions(cluster, experiment) == [3, 3],
            within_s=30,
            what="it follows on its return",
        )
        assert [
            each["revision"]
            for each in cluster.get(f"/experiments/{experiment}/revisions")["items"]
        ] == [1, 2, 3]
