"""A profile with day and night, rehearsed: the alga grows faster by day."""

from __future__ import annotations

import csv
from math import log
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.simulate import simulate

HOUR_S = 3600.0
ALGA = Path(__file__).parents[2] / "contrib" / "cultures" / "chlamydomonas.yaml"
PROFILE = """\
axenic: profile/1
name: Days and nights
vessels: {alga: {volume: 15 mL}}
jobs:
  temperature: {automation: thermostat, target: 28 °C}
  leds: {}
phases:
  - name: grow
    duration: 24 h
    schedule:
      - name: day and night
        move: leds.a
        steps:
          - {value: 100 %, for: 12 h}
          - {value: 0 %, for: 12 h}
"""


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, float], float]:
    folder = tmp_path_factory.mktemp("light")
    (folder / "p.yaml").write_text(PROFILE)
    words = [str(folder / "p.yaml"), "--culture", str(ALGA), "--out", str(folder / "out")]
    done = CliRunner().invoke(simulate, words)
    assert done.exit_code == 0, done.output
    with (folder / "out" / "readings.csv").open() as file:
        return {
            (row["signal"], float(row["time_s"])): float(row["value"])
            for row in csv.DictReader(file)
        }


def test_the_light_follows_its_shape(readings: dict[tuple[str, float], float]) -> None:
    light = [readings["sim.light", hour * HOUR_S] for hour in (1, 11, 13, 23)]
    assert light == [200.0, 200.0, 0.0, 0.0]


def test_the_alga_grows_in_the_dark_at_its_share(
    readings: dict[tuple[str, float], float],
) -> None:
    def growth(from_h: float) -> float:
        early, late = (readings["sim.biomass_g_l", (from_h + h) * HOUR_S] for h in (0, 1))
        return log(late / early)

    lit = 0.53 + 0.47 * 200.0 / 310.0
    assert growth(12.5) / growth(10.5) == pytest.approx(0.53 / lit, rel=0.05)
