"""Automations in YAML, rehearsed: a morbidostat finds its drug, a fed batch follows its formula."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.simulate import simulate

pytestmark = pytest.mark.timeout(240)

HOUR_S = 3600.0
HEAD = """\
axenic: profile/1
name: Rehearsed automation
vessels: {a: {volume: 15 mL}}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  growth_rate: {}
  temperature: {automation: thermostat, target: 37 °C}
phases:
  - name: start
    do:
      - blank: {}
      - ask: Inoculate
  - name: run
"""
MORBIDOSTAT = """\
    duration: 18 h
    jobs: {dosing: {automation: morbidostat, exchange: 1.5 mL, interval: 15 min}}
media: {feed: {bottle: 5 L}, drug: {bottle: 1 L}, waste: {bottle: 6 L}}
"""
FED_BATCH = """\
    duration: 6 h
    jobs:
      dosing: {automation: fed_batch, growth_rate: 0.2 /h, biomass: 1 g/L, start_volume: 15 mL,
               feed_concentration: 60 g/L, interval: 20 min}
media: {feed: {bottle: 5 L}, waste: {bottle: 6 L}}
"""
Points = list[tuple[float, float]]
Series = dict[str, Points]


def rehearsed(folder: Path, profile: str, culture: str, length: str) -> tuple[Series, list[str]]:
    """Signals by name, and what was diluted or dosed, in order."""
    (folder / "p.yaml").write_text(HEAD + profile)
    (folder / "c.yaml").write_text("axenic: culture/1\n" + culture)
    words = [str(folder / "p.yaml"), "--culture", str(folder / "c.yaml"), "--for", length]
    done = CliRunner().invoke(simulate, [*words, "--seed", "1", "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    found: Series = defaultdict(list)
    with (folder / "out" / "readings.csv").open() as file:
        for row in csv.DictReader(file):
            found[row["signal"]].append((float(row["time_s"]), float(row["value"])))
    with (folder / "out" / "actions.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["action"] in ("dilute", "dose")]
    assert {row["outcome"] for row in rows} == {"done"}
    return found, [row["detail"] for row in rows]


def mean(points: Points, from_h: float, to_h: float) -> float:
    """Of what was measured within some hours."""
    found = [value for at_s, value in points if from_h * HOUR_S <= at_s < to_h * HOUR_S]
    return sum(found) / len(found)


def test_a_morbidostat_raises_the_drug_as_growth_recovers(tmp_path: Path) -> None:
    culture = "drug_mg_l: 20\nic50_mg_l: 1\nhill: 2\nadaptation_per_h: 0.3\n"
    signals, exchanges = rehearsed(tmp_path, MORBIDOSTAT, culture, "18h")
    assert set(exchanges) == {"1.5 mL with drug", "1.5 mL with feed"}
    early, late = (mean(signals["sim.drug_mg_l"], *hours) for hours in ((3, 7), (13, 17)))
    assert early > 0.3
    assert late > 2 * early
    dilution_per_h = 1.5 / 15 * 4
    assert mean(signals["growth_rate"], 9, 17) == pytest.approx(dilution_per_h, abs=0.06)
    drugged = [number for number, each in enumerate(exchanges) if each.endswith("drug")]
    assert 0.05 < len(drugged) / len(exchanges) < 0.8
    assert_is_the_share_of_the_drug(signals["dosing.fraction_drug"], signals["sim.drug_mg_l"])


def assert_is_the_share_of_the_drug(shares: Points, true_mg_l: Points) -> None:
    """Of a bottle with 20 mg/L, between exchanges; a minute's readings are kept as one."""
    assert shares[0][1] == 0.0
    drugged = [place for place, (_, share) in enumerate(shares) if share > 0.0]
    for (at_s, share), (next_s, _) in pairwise(shares[drugged[0] :]):
        true = mean(true_mg_l, at_s / HOUR_S + 1 / 60, next_s / HOUR_S) / 20
        assert share == pytest.approx(true, rel=0.01)


def test_a_culture_that_drug_does_not_hold_gets_it_at_every_exchange(tmp_path: Path) -> None:
    signals, exchanges = rehearsed(
        tmp_path, MORBIDOSTAT.replace("18 h", "8 h"), "drug_mg_l: 20\n", "8h"
    )
    assert exchanges[-4:] == ["1.5 mL with drug"] * 4
    assert mean(signals["growth_rate"], 5, 7) > 0.7


def test_a_fed_batch_grows_at_the_rate_that_was_set(tmp_path: Path) -> None:
    culture = "initial_biomass_g_l: 1\ninitial_substrate_g_l: 0\nfeed_g_l: 60\nyield_g_g: 0.5\n"
    signals, doses = rehearsed(tmp_path, FED_BATCH, culture, "7h")
    assert len(doses) == 18
    begun_s = next(at_s for at_s, fed in signals["sim.fed_ml"] if fed > 0)
    scale_ml = 1 * 15 / (0.5 * 60)
    after = [(at_s, fed) for at_s, fed in signals["sim.fed_ml"] if at_s <= begun_s + 6 * HOUR_S]
    assert after[-1][1] == pytest.approx(scale_ml * (math.exp(0.2 * 6) - 1), rel=0.02)
    volumes, biomass = dict(signals["sim.volume_ml"]), dict(signals["sim.biomass_g_l"])
    for hours in (2, 4, 6):
        at_s = max(each for each in volumes if each <= begun_s + hours * HOUR_S - 60)
        grown = volumes[at_s] * biomass[at_s] / 15
        assert grown == pytest.approx(math.exp(0.2 * hours), rel=0.04)
