"""Units of any dictionary: what the tables do not hold, pint knows."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.quantities import convert, read_quantity, unit_called
from orchestrator.model.units import DIMENSIONS, UnitError, parse_quantity

NOT_PINTS = {"OD", "AU", "%"}
"""Plain numbers, which pint is never asked about."""
OUR_WAY = {
    "℃": "degC",
    "℉": "degF",
    "C": "degC",
    "F": "degF",
    "RPM": "rpm",
    "w": "week",
}
"""Spellings of the bench that pint reads otherwise or not at all, in its own."""
TABLE = [
    (dimension.name, spelling)
    for dimension in DIMENSIONS.values()
    for spelling in dimension.units
    if spelling not in NOT_PINTS
]


def in_pints_spelling(spelling: str) -> str:
    for ours, pints in OUR_WAY.items():
        spelling = re.sub(rf"(?<![\w°]){ours}(?![\w°])", pints, spelling)
    return spelling.replace("per ", "1/").replace("°F", "degF").replace("°C", "degC")


@pytest.mark.parametrize(("dimension", "spelling"), TABLE)
@pytest.mark.parametrize("number", [0.0, 1.0, -7.5, 1234.5])
def test_pint_agrees_with_every_unit_of_the_tables(
    dimension: str, spelling: str, number: float
) -> None:
    unit = unit_called(in_pints_spelling(spelling))
    assert unit is not None
    ours = parse_quantity(f"{number} {spelling}", dimension)
    assert convert(number, unit, dimension) == pytest.approx(ours, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("2 gal", "volume", 7570.823568),
        ("1 cm³", "volume", 1.0),
        ("1 cm^3", "volume", 1.0),
        ("0.5 dm³", "volume", 500.0),
        ("3 nL", "volume", 3e-6),
        ("1 cm³/min", "flow", 1.0),
        ("1 floz/h", "volume_per_hour", 29.5735295625),
        ("1 /day", "rate", 1 / 24),
        ("2/week", "rate", 1 / 84),
        ("540 degR", "temperature", 26.85),
        ("9 degR", "temperature_difference", 5.0),
        ("2 rps", "stirring", 120.0),
        ("2 turn/s", "stirring", 120.0),
        ("0.1 kHz", "frequency", 100.0),
        ("3 kg/m^3", "concentration", 3.0),
        ("2 fortnights", "time", 2_419_200.0),
        ("1 MV", "voltage", None),
    ],
)
def test_any_unit_of_the_right_dimension_is_understood(
    text: str, dimension: str, expected: float | None
) -> None:
    if expected is None:
        with pytest.raises(UnitError):  # mV and MV are a slip apart, and a factor of 10⁹
            read_quantity(text, dimension)
    else:
        assert read_quantity(text, dimension) == pytest.approx(expected, rel=1e-9)


def test_a_temperature_has_a_zero_and_a_difference_has_none() -> None:
    assert read_quantity("50 °F", "temperature") == pytest.approx(10.0)
    assert read_quantity("18 °F", "temperature_difference") == pytest.approx(10.0)
    assert read_quantity("0 degR", "temperature") == -273.15
    assert read_quantity("0 degR", "temperature_difference") == 0.0


@pytest.mark.parametrize(
    ("text", "dimension", "message"),
    [
        ("14 psi", "temperature", "'psi' is the unit of a pressure, but a temperature is needed"),
        ("3 kg", "volume", "'kg' is the unit of a mass, but a volume is needed"),
        ("2 lb/inch^2", "voltage", "another kind of quantity, but a voltage"),
        ("1 gal", "flow", "'gal' is the unit of a volume, but a flow rate is needed"),
        ("1 florps", "flow", "unknown unit 'florps' for a flow rate"),
        ("1 m^999", "volume", "unknown unit 'm^999' for a volume"),
        ("1 __class__", "volume", "unknown unit"),
        ("1 parsec^5", "volume", "unknown unit"),
        ("9e15 m^3", "volume", "the number is too large"),
    ],
)
def test_what_does_not_fit_is_told_in_words(text: str, dimension: str, message: str) -> None:
    with pytest.raises(UnitError, match=re.escape(message)):
        read_quantity(text, dimension)


@settings(deadline=None)
@given(
    st.text("abcdegklmnorsuµL°FCK/^*⁻¹²3. ", min_size=1, max_size=12),
    st.sampled_from(sorted(DIMENSIONS)),
)
def test_no_unit_breaks_the_reader(spelling: str, dimension: str) -> None:
    try:
        assert isinstance(read_quantity(f"1 {spelling}", dimension), float)
    except UnitError as error:
        assert error.message


def test_checking_usual_units_does_not_load_the_dictionary() -> None:
    program = (
        "import sys; from orchestrator.documents.quantities import read_quantity as read;"
        "read('5 mL', 'volume'); read('1 h 30 min', 'time'); assert 'pint' not in sys.modules;"
        "read('1 gal', 'volume'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
