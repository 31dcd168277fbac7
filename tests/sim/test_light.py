"""Light makes an alga grow by Monod's form, and nobody else minds it."""

from __future__ import annotations

from dataclasses import replace
from math import log
from pathlib import Path

import pytest
import yaml

from orchestrator.sim.kinetics import lit_share
from orchestrator.sim.organism import E_COLI, Organism
from orchestrator.sim.organism_from import OrganismError, organism_from
from orchestrator.sim.reactor import Reactor

HOUR_S = 3600.0
LIT = replace(E_COLI, light_half_umol_m2_s=100.0, dark_share=0.2)
CULTURES = Path(__file__).parents[2] / "contrib" / "cultures"


def grown(organism: Organism, **duties: float) -> float:
    """Growth of an hour at the temperature of the room, with substrate in plenty."""
    reactor = Reactor(organism, seed=1)
    reactor.inoculate(0.0, 0.001)
    for lamp, duty in duties.items():
        reactor.drive(lamp, duty, 0.0)
    reactor.advance(HOUR_S)
    return log(reactor.truth()["sim.biomass_g_l"] / 0.001)


@pytest.mark.parametrize(("light", "share"), [(0.0, 0.2), (100.0, 0.6), (300.0, 0.8)])
def test_growth_rises_with_light_from_what_grows_in_the_dark(light: float, share: float) -> None:
    assert lit_share(LIT, light) == pytest.approx(share)


def test_the_light_of_all_lamps_acts_on_growth() -> None:
    full = grown(E_COLI)
    assert grown(LIT) == pytest.approx(0.2 * full, rel=1e-6)
    assert grown(LIT, led_a=0.25, led_c=0.25) == pytest.approx(0.6 * full, rel=1e-6)


def test_who_has_no_half_saturation_grows_in_the_dark_as_in_the_light() -> None:
    assert grown(E_COLI, led_a=1.0) == grown(E_COLI)


def test_the_truth_tells_the_light() -> None:
    reactor = Reactor(E_COLI)
    assert reactor.truth()["sim.light"] == 0.0
    reactor.drive("led_b", 0.5, 0.0)
    assert reactor.truth()["sim.light"] == pytest.approx(100.0)


def test_the_shipped_alga_grows_in_the_dark_as_its_source_says() -> None:
    alga = organism_from(yaml.safe_load((CULTURES / "chlamydomonas.yaml").read_text()))
    assert lit_share(alga, 0.0) == pytest.approx(0.035 / 0.066, abs=0.005)
    assert 0.7 < lit_share(alga, 200.0) < 1.0


def test_no_more_than_all_can_grow_in_the_dark() -> None:
    with pytest.raises(OrganismError, match="dark_share: must not be above 1"):
        organism_from({"dark_share": 1.5})


def test_a_snapshot_from_before_there_were_lamps_is_understood() -> None:
    kept = Reactor(E_COLI, inoculated=True).snapshot()
    for output in ("led_a", "led_b", "led_c", "led_d", "air_valve", "co2_valve"):
        del kept["outputs"][output]
    reactor = Reactor(E_COLI)
    reactor.restore(kept)
    assert reactor.truth()["sim.biomass_g_l"] == E_COLI.initial_biomass_g_l
    assert reactor.truth()["sim.light"] == 0.0
