"""The canonical profile, rehearsed by the command as a user would."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.timeout(240)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_S = 3600.0
FILES = (
    "readings.csv",
    "actions.csv",
    "ledger.jsonl",
    "summary.json",
    "plan.json",
    "report.html",
)


def simulate(profile: Path, out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", "simulate", str(profile), "--out", str(out), *words],
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )


@pytest.fixture(scope="module")
def rehearsed(canonical_profile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve days over the night of 30 March 2025, in which clocks in Berlin go forward."""
    out = tmp_path_factory.mktemp("rehearsed")
    done = simulate(
        canonical_profile, out, "--for", "12d", "--seed", "1", "--start", "2025-03-24T09:00"
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def summary(rehearsed: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((rehearsed / "summary.json").read_text())
    return found


def series(folder: Path, wanted: Sequence[str]) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """(vessel, signal) → (time_s, value), in order."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    with (folder / "readings.csv").open() as file:
        for row in csv.DictReader(file):
            if row["signal"] in wanted:
                point = (float(row["time_s"]), float(row["value"]))
                found[row["vessel"], row["signal"]].append(point)
    return found


def test_a_rehearsal_leaves_the_files_that_were_promised(rehearsed: Path) -> None:
    assert {path.name for path in rehearsed.iterdir()} == set(FILES)
    head = (rehearsed / "readings.csv").read_text().splitlines()[0]
    assert head == "time_s,wall,vessel,signal,value"
    head = (rehearsed / "actions.csv").read_text().splitlines()[0]
    assert head == "action_id,nominal_s,time_s,wall,vessel,action,detail,outcome,reason"


def test_every_vessel_goes_through_its_phases_to_the_end(summary: dict[str, Any]) -> None:
    for vessel in ("control", "warmed"):
        course = summary["vessels"][vessel]
        assert course["state"] == "completed"
        assert [phase["phase"] for phase in course["phases"]] == ["inoculate", "batch", "hold"]


def test_the_ramp_reaches_42_degrees_in_one_vessel_only(rehearsed: Path) -> None:
    found = series(rehearsed, ["temperature.target", "temperature.measured"])
    assert max(value for _, value in found["warmed", "temperature.target"]) == pytest.approx(
        42.0, abs=0.01
    )
    assert max(value for _, value in found["warmed", "temperature.measured"]) == pytest.approx(
        42.0, abs=0.1
    )
    assert max(value for _, value in found["control", "temperature.measured"]) < 30.5


def test_the_hourly_true_od_stays_within_5_percent_and_from_the_second_day_on_within_3(
    rehearsed: Path, summary: dict[str, Any]
) -> None:
    truth = series(rehearsed, ["sim.od600"])
    for vessel in ("control", "warmed"):
        hold = summary["vessels"][vessel]["phases"][-1]
        hours: dict[int, list[float]] = defaultdict(list)
        for time_s, value in truth[vessel, "sim.od600"]:
            if hold["entered_s"] + 2 * HOUR_S <= time_s < hold["left_s"]:
                hours[int((time_s - hold["entered_s"]) // HOUR_S)].append(value)
        means = [sum(values) / len(values) for values in hours.values() if len(values) >= 59]
        assert len(means) >= 237
        assert 0.95 * 0.8 <= min(means) <= max(means) <= 1.05 * 0.8
        assert 0.97 * 0.8 <= min(means[22:]) <= max(means[22:]) <= 1.03 * 0.8


def test_rule_7_the_daily_sample_falls_due_once_per_local_day_and_vessel(
    rehearsed: Path, summary: dict[str, Any]
) -> None:
    days: Counter[tuple[str, str]] = Counter()
    with (rehearsed / "actions.csv").open() as file:
        for row in csv.DictReader(file):
            if row["action"] == "sample":
                local = datetime.fromisoformat(row["wall"]).astimezone(BERLIN)
                assert (local.hour, local.minute) == (9, 0)
                days[row["vessel"], local.date().isoformat()] += 1
    expected = [f"2025-03-{day}" for day in range(25, 32)] + [
        "2025-04-01",
        "2025-04-02",
        "2025-04-03",
    ]
    for vessel in ("control", "warmed"):
        assert [days[vessel, day] for day in expected] == [1] * len(expected)
    assert sum(days.values()) == 2 * len(expected)


def test_rule_7_and_once_in_the_night_in_which_clocks_go_back(
    tmp_path: Path, canonical_profile: Path
) -> None:
    text = canonical_profile.read_text().replace('cron: "0 9 * * *"', 'cron: "30 2 * * *"')
    profile = tmp_path / "night.yaml"
    profile.write_text(text)
    out = tmp_path / "out"
    done = simulate(profile, out, "--for", "3d", "--start", "2025-10-24T12:00")
    assert done.returncode == 0, done.stderr
    with (out / "actions.csv").open() as file:
        found = [row["wall"] for row in csv.DictReader(file) if row["action"] == "sample"]
    assert sorted(set(found)) == [
        "2025-10-25T00:30:00Z",
        "2025-10-26T00:30:00Z",
        "2025-10-27T01:30:00Z",
    ]
    assert Counter(found) == Counter(dict.fromkeys(found, 2))


def test_every_action_has_one_outcome(rehearsed: Path) -> None:
    with (rehearsed / "actions.csv").open() as file:
        rows = list(csv.DictReader(file))
    ids = [row["action_id"] for row in rows]
    assert len(ids) == len(set(ids))
    assert {row["outcome"] for row in rows} == {"done"}


def test_rule_3_every_dose_of_an_automation_is_listed_with_outcome_and_cause(
    rehearsed: Path, summary: dict[str, Any]
) -> None:
    with (rehearsed / "actions.csv").open() as file:
        doses = [row for row in csv.DictReader(file) if row["action"] == "dose"]
    assert len(doses) == summary["own_doses"]["done"] > 100
    into = [row for row in doses if row["detail"].endswith("mL of feed in")]
    assert all("od600" in row["reason"] for row in into)
    fed_ml = sum(float(row["detail"].split()[0]) for row in into)
    moved_ml = sum(each["moved_ml"] for each in summary["bottles"] if each["medium"] == "feed")
    assert fed_ml == pytest.approx(moved_ml, rel=0.01)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(
    tmp_path: Path, canonical_profile: Path
) -> None:
    outs = [tmp_path / name for name in ("first", "second", "other")]
    for out, seed in zip(outs, ("7", "7", "8"), strict=True):
        done = simulate(canonical_profile, out, "--for", "12h", "--seed", seed)
        assert done.returncode == 0, done.stderr
    for name in FILES:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes(), name
    assert (outs[0] / "readings.csv").read_bytes() != (outs[2] / "readings.csv").read_bytes()


def test_a_rehearsal_runs_the_modules_that_a_worker_runs(canonical_profile: Path) -> None:
    """SEMANTICS rule 20: `sim` replaces ports, never a module of worker or execution."""
    ask = (
        "import sys, json; sys.argv = ['axenic', *sys.argv[1:]]\n"
        "{enter}\n"
        "print(json.dumps(sorted(name for name in sys.modules if name.startswith("
        "('orchestrator.worker', 'orchestrator.execution', 'orchestrator.jobs')))))"
    )
    rehearsal = ask.format(enter="import orchestrator.sim.rehearse")
    worker = ask.format(enter="import orchestrator.worker.service, orchestrator.worker.report")
    loaded = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
            ).stdout
        )
        for code in (rehearsal, worker)
    ]
    assert loaded[0] == loaded[1]
    assert "orchestrator.worker.unit" in loaded[0]
    assert "orchestrator.execution.decide" in loaded[0]
