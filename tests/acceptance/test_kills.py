"""Real processes are killed with -9; bench, ledger and store are the three witnesses."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.stop import release, stop
from tests.support.cluster import Cluster, eventually, running_cluster
from tests.support.held import SENSORS, held

pytestmark = [pytest.mark.processes, pytest.mark.timeout(170)]

DOSES = """
axenic: profile/1
name: One long dose
vessels:
  only: {volume: 10 mL}
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
  - name: dose
    do:
      - dose: {volume: 3 mL}
      - log: "after the dose"
    duration: 1 h
"""

SCHEDULE = """
axenic: profile/1
name: Busy
vessels:
  left: {volume: 15 mL}
  right: {volume: 15 mL}
media:
  feed: {bottle: 1 L}
  waste: {bottle: 1 L}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  temperature: {automation: thermostat, target: 30 °C}
  dosing: {automation: chemostat, dilution_rate: 0.5 /h, exchange: 0.5 mL}
phases:
  - name: run
    duration: 30 d
    do:
      - blank: {}
    schedule:
      - name: stir
        every: 2 min
        from: 1 min
        do:
          - set: {stirring.target: 800 rpm}
          - wait: 20 s
          - set: {stirring.target: 500 rpm}
      - name: say
        every: 1 min
        do:
          - log: "a minute has passed"
"""


@pytest.mark.broker
def test_rule_3_and_4_a_worker_killed_in_the_middle_of_a_dose_stops_and_never_repeats_it(
    folder: Path,
) -> None:
    with running_cluster(folder, ["unit1"], speed=1.0) as cluster:
        experiment = cluster.submit(DOSES)

        def pumped_ml() -> float:
            return float(cluster.bench("unit1", "counters")["moved_ml"]["feed_pump"])

        eventually(lambda: pumped_ml() > 0.3, within_s=30, what="the dose is under way")
        cluster.kill("worker unit1")
        killed_s = time.monotonic()
        eventually(
            lambda: cluster.bench("unit1", "counters")["duties"]["feed_pump"] == 0.0,
            within_s=5,
            what="the keeper stops the pump",
        )
        stopped_after_s = time.monotonic() - killed_s
        assert stopped_after_s < 1.5, f"it took {stopped_after_s:.2f} s"  # 1 s, and our looking
        moved_ml = pumped_ml()
        assert moved_ml < 3.0

        cluster.start("worker unit1")
        cluster.until_ready()

        def dose() -> dict[str, object] | None:
            found = [each for each in cluster.actions(experiment) if each["action"] == "dose"]
            return found[0] if found and found[0]["outcome"] else None

        ended = eventually(dose, within_s=30, what="the dose has an outcome")
        assert ended["outcome"] == "unknown"
        eventually(
            lambda: [each for each in cluster.actions(experiment) if each["action"] == "log"],
            within_s=20,
            what="the procedure goes on after the unknown dose, or says why not",
        )
        time.sleep(3.0)
        assert pumped_ml() == pytest.approx(moved_ml), "nothing is dosed again"
        doses = [each for each in cluster.actions(experiment) if each["action"] == "dose"]
        assert len(doses) == 1
        alerts = cluster.get("/alerts", experiment=experiment)["items"]
        assert any("nobody saw the end" in each["text"] for each in alerts)

        # A person who looked at the bottle says what moved.
        listed = cluster.axenic("resolve", experiment, "--format", "json")
        [unknown] = json.loads(listed.stdout)
        volume = f"{moved_ml:.3f} mL"
        said = cluster.axenic("resolve", experiment, unknown["key"], "--volume", volume)
        assert said.returncode == 0, said.stderr
        assert "count from now on" in said.stdout
        eventually(
            lambda: cluster.get(f"/experiments/{experiment}/doses")["items"][0]["resolved_by"],
            within_s=10,
            what="the resolution is stored",
        )
        [stored] = cluster.get(f"/experiments/{experiment}/doses")["items"]
        assert (stored["outcome"], stored["volume_ml"]) == ("unknown", round(moved_ml, 3))
        assert cluster.axenic("resolve", experiment, unknown["key"], "--did-not").returncode == 1
        assert pumped_ml() == pytest.approx(moved_ml)


def _counters(cluster: Cluster, unit: str) -> dict[str, Any]:
    return cluster.bench(unit, "counters")


@pytest.mark.broker
def test_rule_19_a_stop_in_the_middle_of_a_dose_ends_it_within_a_second_and_holds(
    folder: Path,
) -> None:
    with running_cluster(folder, ["unit1", "unit2"], speed=1.0) as cluster:
        bindings, here = {"only": "unit1"}, ("--data", str(cluster.folder))
        experiment = cluster.submit(DOSES, bindings=bindings)
        eventually(
            lambda: _counters(cluster, "unit1")["moved_ml"]["feed_pump"] > 0.3,
            within_s=30,
            what="the dose is under way",
        )
        cluster.kill("worker unit2")

        def axenic(command: click.Command, *words: str) -> Result:
            """Without the time that an interpreter takes to start."""
            return CliRunner().invoke(command, [*words, *here], env=cluster.environment())

        axenic(release, "--on", "unit1")  # nothing is held: it only loads what a stop needs, too
        with ThreadPoolExecutor() as pool:
            asked_s = time.monotonic()
            saying = pool.submit(axenic, stop, "--all")
            eventually(
                lambda: set(_counters(cluster, "unit1")["duties"].values()) == {0.0},
                within_s=5,
                what="everything is off",
            )
            took_s = time.monotonic() - asked_s
            everybody = saying.result()
        assert took_s < 1.5, f"it took {took_s:.2f} s"  # 1 s, and our looking
        moved_ml = _counters(cluster, "unit1")["moved_ml"]["feed_pump"]
        assert moved_ml < 3.0

        def dose() -> dict[str, Any] | None:
            found = [each for each in cluster.actions(experiment) if each["action"] == "dose"]
            return found[0] if found and found[0]["outcome"] else None

        ended = eventually(dose, within_s=20, what="the dose has an outcome")
        assert (ended["outcome"], ended["reason"]) == ("failed", "emergency stop by local")
        assert ended["result"]["added_ml"] == pytest.approx(moved_ml, abs=0.1)

        # The dead one held nobody up, and is told of.
        assert everybody.exit_code == 3, everybody.output
        assert "unit1: stopped" in everybody.stdout
        assert "not reached: unit2" in everybody.stderr
        assert cluster.post("/workers/unit1/stop")["outcome"] == "done"

        cluster.kill("worker unit1")
        cluster.start("worker unit1")
        cluster.start("worker unit2")
        cluster.until_ready()
        time.sleep(2.0)
        assert set(_counters(cluster, "unit1")["duties"].values()) == {0.0}

        # Leader and broker are away: the worker is told at its own machine.
        cluster.kill("leader")
        cluster.kill("broker")
        alone = cluster.axenic("release", "--on", "unit1", *here)
        assert (alone.returncode, alone.stdout) == (0, "unit1: released, to be resumed\n")
        again = cluster.axenic("stop", "--on", "unit1", *here)
        assert (again.returncode, again.stdout) == (0, "unit1: stopped\n")
        assert set(_counters(cluster, "unit1")["duties"].values()) == {0.0}


@pytest.mark.broker
@pytest.mark.parametrize("broker", ["mosquitto", "embedded"])
def test_rule_16_leader_and_broker_die_and_every_reading_arrives_once(
    folder: Path, broker: str
) -> None:
    with running_cluster(folder, ["unit1", "unit2"], speed=20.0, broker=broker) as cluster:
        experiment = cluster.submit(SCHEDULE)
        eventually(
            lambda: len(cluster.get(f"/experiments/{experiment}/latest")["items"]) > 8,
            within_s=30,
            what="readings arrive",
        )
        before = _samples(cluster)
        cluster.kill("leader")
        cluster.kill("broker")
        time.sleep(8.0)
        during = _samples(cluster)
        assert during > before + 20, "the workers went on"
        cluster.start("broker")
        cluster.start("leader")
        cluster.until_ready()
        time.sleep(3.0)

        cluster.post(f"/experiments/{experiment}/cancel")
        eventually(
            lambda: cluster.experiment(experiment)["state"] == "cancelled",
            within_s=30,
            what="the experiment is cancelled",
        )
        eventually(lambda: _is_settled(cluster), within_s=30, what="the outboxes are empty")
        for unit in cluster.units:
            _check_unit(cluster, unit)
        _check_actions(cluster, experiment)


def _samples(cluster: Cluster) -> int:
    return sum(sum(cluster.bench(unit, "counters")["samples"].values()) for unit in cluster.units)


def _is_settled(cluster: Cluster) -> bool:
    workers = cluster.get("/workers")["items"]
    return all(each["outbox_waiting"] == 0 for each in workers)


def _check_unit(cluster: Cluster, unit: str) -> None:
    """The store holds 1 to N once each; the raw readings are the bench's own count of samples."""
    newest = cluster.newest_number(unit)
    counted = cluster.bench(unit, "counters")["samples"]
    with held(cluster, unit) as store:
        assert store.ranges() == [(1, newest)], f"{unit}: gaps or overlaps"
        assert store.numbers() == [*range(1, newest + 1)], f"{unit}: a number is lost or doubled"
        for signal, sensor in SENSORS.items():
            assert store.readings(signal) == counted[sensor], f"{unit}: {signal}"


def _check_actions(cluster: Cluster, experiment: str) -> None:
    rows = cluster.actions(experiment)
    ids = [each["action_id"] for each in rows]
    assert len(ids) == len(set(ids)), "an action stands twice"
    assert all(each["outcome"] for each in rows), [each for each in rows if not each["outcome"]]
    assert len(rows) >= 10, json.dumps(rows)[:500]


@pytest.mark.broker
def test_rule_4_real_services_tell_a_service_manager_that_they_are_ready_live_and_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(10.0)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        heard: list[str] = []
        with running_cluster(folder, ["unit1"], speed=1.0):
            while heard.count("READY=1") < 2 or heard.count("WATCHDOG=1") < 4:
                heard.append(manager.recv(100).decode())
        while heard.count("STOPPING=1") < 2:
            heard.append(manager.recv(100).decode())
        assert set(heard) == {"READY=1", "WATCHDOG=1", "STOPPING=1"}
