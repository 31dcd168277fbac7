"""Every culture that ships is valid, says what the code says, and mistakes are told all at once."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from orchestrator.sim.kinetics import specific_growth_rate_per_h
from orchestrator.sim.organism import (
    E_COLI,
    CardinalTemperatures,
    Disturbances,
    Organism,
    SensorNoise,
)
from orchestrator.sim.organism_from import OrganismError, organism_from

ROOT = Path(__file__).parents[2]
CULTURES = sorted((ROOT / "contrib" / "cultures").glob("*.yaml"))
SCHEMA = json.loads((ROOT / "schemas" / "culture.schema.json").read_text())


def load(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text())
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("path", CULTURES, ids=lambda path: path.stem)
def test_a_culture_that_ships_fits_its_schema_and_grows(path: Path) -> None:
    document = load(path)
    Draft202012Validator(SCHEMA).validate(document)
    organism = organism_from(document)
    best_c = organism.temperature.optimum_c
    rate_per_h = specific_growth_rate_per_h(organism, organism.feed_g_l, best_c)
    assert 0.7 * organism.mu_max_per_h < rate_per_h <= organism.mu_max_per_h


def test_four_cultures_ship() -> None:
    names = ["chlamydomonas", "e-coli-trimethoprim", "e-coli", "s-cerevisiae"]
    assert [path.stem for path in CULTURES] == names


def test_the_shipped_e_coli_is_the_default_organism() -> None:
    assert organism_from(load(ROOT / "contrib" / "cultures" / "e-coli.yaml")) == E_COLI


def test_an_empty_mapping_is_the_default_organism() -> None:
    assert organism_from({}) == E_COLI


def test_the_schema_knows_the_fields_and_defaults_of_the_code() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    about = {"axenic", "name", "description"}
    for kind, properties in (
        (Organism, SCHEMA["properties"]),
        (CardinalTemperatures, SCHEMA["$defs"]["temperature"]["properties"]),
        (SensorNoise, SCHEMA["$defs"]["noise"]["properties"]),
        (Disturbances, SCHEMA["$defs"]["disturbances"]["properties"]),
    ):
        defaults = asdict(kind())
        assert set(properties) - about == {each.name for each in fields(kind)}
        for name, schema in properties.items():
            assert "$ref" in schema or schema["description"]
            if "default" in schema:
                assert schema["default"] == defaults[name]


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    with pytest.raises(OrganismError) as raised:
        organism_from(
            {
                "axenic": "chart/1",
                "mu_max_per_hour": 1.0,
                "ks_g_l": 0,
                "feed_g_l": -1,
                "yield_g_g": "half",
                "temperature": {"optimum": 37, "maximum_c": True},
                "noise": 0.1,
                "disturbances": {"bubbles": 3, "dropouts_per_h": -1, "waste_pump_error": -1},
            }
        )
    assert raised.value.problems == (
        "axenic: 'chart/1' is not a culture/1 document",
        "temperature.optimum: not known here, did you mean optimum_c?",
        "temperature.maximum_c: expected a number, not True",
        "noise: expected names with numbers, not 0.1",
        "disturbances.bubbles: not known here, did you mean bubble_s?",
        "disturbances.dropouts_per_h: must not be below 0, not -1",
        "disturbances.waste_pump_error: must be above -1, for a pump does not run back, not -1",
        "mu_max_per_hour: not known here, did you mean mu_max_per_h?",
        "ks_g_l: must be above 0, not 0",
        "feed_g_l: must not be below 0, not -1",
        "yield_g_g: expected a number, not 'half'",
    )


@pytest.mark.parametrize(
    ("temperature", "said"),
    [
        ({"minimum_c": 45}, "must rise in this order"),
        ({"minimum_c": 0, "optimum_c": 20, "maximum_c": 45}, "nearer to the maximum"),
    ],
)
def test_cardinal_temperatures_that_no_organism_has_are_refused(
    temperature: dict[str, float], said: str
) -> None:
    with pytest.raises(OrganismError, match=said):
        organism_from({"temperature": temperature})


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_numbers_without_end_are_refused(value: float) -> None:
    with pytest.raises(OrganismError, match="expected a number"):
        organism_from({"mu_max_per_h": value})


@pytest.mark.parametrize(
    "wrong",
    [
        {"mu_max_per_h": 0},
        {"colour": "green"},
        {"temperature": {"optimum": 37}},
        {"ks_g_l": "1"},
        {"disturbances": {"feed_pumps_error": -1.5}},
        {"disturbances": {"bubble_s": -1}},
    ],
)
def test_the_schema_refuses_what_the_code_refuses(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(wrong)
    with pytest.raises(OrganismError):
        organism_from(wrong)


def test_no_inhibition_may_be_said_as_null() -> None:
    assert organism_from({"ki_g_l": None}).ki_g_l is None
    assert organism_from({"ki_g_l": 4}).ki_g_l == 4.0
