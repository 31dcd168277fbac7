"""A pump is compared through real processes; the worker is killed -9 in the middle of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.documents.check import check_text
from tests.support.cluster import Cluster, eventually, running_cluster

pytestmark = [pytest.mark.processes, pytest.mark.timeout(170)]

TRUE_ML_S = 0.09
"""6 mL/min by the hardware description, and a tenth less in truth."""


def axenic(cluster: Cluster, *words: str, typed: str = "") -> str:
    """What the command says, with a person at the keyboard."""
    done = cluster.axenic(*words, typed=typed)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def session(cluster: Cluster) -> dict[str, Any]:
    [found] = cluster.get("/calibrations/sessions")["items"]
    told: dict[str, Any] = found["session"]
    return told


def calibrate(cluster: Cluster, do: str, **args: Any) -> dict[str, Any]:
    said = cluster.post("/workers/unit1/calibrate", {"do": do, "args": args})
    assert said["outcome"] == "done", said
    result: dict[str, Any] = said["result"]
    return result


@pytest.mark.broker
def test_a_session_outlives_kill_9_and_what_was_cut_is_unknown_and_not_repeated(
    folder: Path, tmp_path: Path
) -> None:
    with running_cluster(folder, ["unit1"], speed=1.0) as cluster:
        cluster.bench("unit1", "miscalibrate", pump="feed_pump", error_factor=0.9)
        started = calibrate(cluster, "start", device="feed_pump", values=[2.0, 8.0])
        id_ = started["session"]["id"]
        calibrate(cluster, "go", session=id_)
        eventually(
            lambda: session(cluster)["stage"] == "asking", within_s=20, what="2 s are pumped"
        )
        calibrate(cluster, "answer", session=id_, value=2.0 * TRUE_ML_S)

        def pumped_ml() -> float:
            return float(cluster.bench("unit1", "counters")["moved_ml"]["feed_pump"])

        assert pumped_ml() == pytest.approx(0.18, rel=1e-3)
        calibrate(cluster, "go", session=id_)
        eventually(lambda: pumped_ml() > 0.3, within_s=20, what="the second run is under way")
        cluster.kill("worker unit1")
        eventually(
            lambda: cluster.bench("unit1", "counters")["duties"]["feed_pump"] == 0.0,
            within_s=5,
            what="the keeper stops the pump",
        )
        cut_ml = pumped_ml()
        assert cut_ml < 0.18 + 8.0 * TRUE_ML_S
        cluster.start("worker unit1")
        cluster.until_ready()
        eventually(
            lambda: session(cluster)["trouble"].startswith("unknown: nobody saw the end of it"),
            within_s=20,
            what="the run that was cut is unknown",
        )
        left = session(cluster)
        assert (left["id"], left["stage"], left["done"], left["of"]) == (id_, "preparing", 1, 2)
        assert pumped_ml() == cut_ml, "nothing is pumped again by itself"

        typed = f"\n{8.0 * TRUE_ML_S} g\n\nweighed\n90 d\ny\n"
        said = axenic(cluster, "calibrate", "resume", typed=typed)
        assert "unknown: nobody saw the end of it" in said
        assert "[2/2] Put the outlet of feed_pump into an empty tube" in said
        assert "weighed of feed_pump: linear, in force" in said
        assert pumped_ml() == pytest.approx(cut_ml + 8.0 * TRUE_ML_S, rel=1e-3)

        [listed] = json.loads(axenic(cluster, "calibrate", "list", "--format", "json"))
        assert (listed["name"], listed["active"], listed["by"]) == ("weighed", True, "local")
        [worker] = cluster.get("/workers")["items"]
        report = worker["reactors"]["unit1"]
        assert report["calibrations"]["feed_pump"] == "weighed"
        assert report["pumps"]["feed_pump"]["flow_ml_min"] == pytest.approx(5.4, rel=1e-3)
        assert report["expires"]["feed_pump"] > 0.0

        document = tmp_path / "weighed.yaml"
        axenic(cluster, "calibrate", "export", "weighed", "--out", str(document))
        checked = check_text(document.read_bytes(), "weighed.yaml")
        assert checked.calibration is not None
        assert checked.calibration.pairs == [tuple(pair) for pair in listed["points"]]
        document.write_text(document.read_text().replace("weighed", "weighed-again"))
        axenic(cluster, "calibrate", "import", str(document), "--activate")
        eventually(
            lambda: (
                [each["name"] for each in cluster.get("/calibrations")["items"] if each["active"]]
                == ["weighed-again"]
            ),
            within_s=10,
            what="what was imported is in force",
        )
