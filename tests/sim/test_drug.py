"""A drug in the medium called drug slows growth by Hill's sigmoid, and mixes like all else."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from orchestrator.sim.culture import Culture
from orchestrator.sim.kinetics import uninhibited_share
from orchestrator.sim.organism import E_COLI, Organism
from orchestrator.sim.state import Actuators

HOUR_S = 3600.0
SENSITIVE = replace(E_COLI, drug_mg_l=10.0, ic50_mg_l=2.0, hill=2.0)


def grown(organism: Organism, drug_mg_l: float) -> float:
    """Growth rate over an hour in plenty, at the optimum."""
    culture = Culture.sterile(organism)
    culture.inoculate(0.001)
    culture.state.temperature_c = culture.apparatus.heater.ambient_c
    culture.state.drug_mg_l = drug_mg_l
    before = culture.state.biomass_g_l
    culture.advance(HOUR_S)
    return math.log(culture.state.biomass_g_l / before)


@pytest.mark.parametrize(("drug_mg_l", "share"), [(0.0, 1.0), (2.0, 0.5), (6.0, 0.1)])
def test_growth_falls_by_the_sigmoid(drug_mg_l: float, share: float) -> None:
    assert uninhibited_share(drug_mg_l, 2.0, 2.0) == share
    free = grown(SENSITIVE, 0.0)
    assert grown(SENSITIVE, drug_mg_l) == pytest.approx(share * free, rel=1e-6)


def test_an_organism_without_an_ic50_does_not_mind() -> None:
    assert grown(E_COLI, 1000.0) == grown(E_COLI, 0.0)


def test_drug_is_washed_in_and_out_in_closed_form() -> None:
    culture = Culture.sterile(SENSITIVE)
    culture.state.volume_ml = culture.apparatus.vial.waste_tube_ml
    volume_ml, flow_ml_s = culture.state.volume_ml, 0.01
    running = Actuators(inflow_ml_s=flow_ml_s, waste_ml_s=flow_ml_s, inflow_drug_mg_l=10.0)
    culture.advance(1000.0, running)
    kept = math.exp(-flow_ml_s * 1000.0 / volume_ml)
    assert culture.state.drug_mg_l == pytest.approx(10.0 * (1 - kept))
    culture.advance(2000.0, running._replace(inflow_drug_mg_l=0.0))
    assert culture.state.drug_mg_l == pytest.approx(10.0 * (1 - kept) * kept)


def test_a_culture_that_loses_growth_adapts() -> None:
    adapting = replace(SENSITIVE, adaptation_per_h=0.5)
    culture = Culture.sterile(adapting)
    culture.inoculate(0.001)
    culture.state.drug_mg_l = 1000.0
    culture.advance(HOUR_S)
    assert culture.state.ic50_mg_l == pytest.approx(2.0 * math.exp(0.5), rel=1e-3)
    culture.state.drug_mg_l = 0.0
    known = culture.state.ic50_mg_l
    culture.advance(2 * HOUR_S)
    assert culture.state.ic50_mg_l == known
