"""Quantities as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.units import (
    DIMENSIONS,
    UnitError,
    dimension_of_unit,
    format_quantity,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("15 mL", "volume", 15.0),
        ("15mL", "volume", 15.0),
        ("15 ml", "volume", 15.0),
        ("5 L", "volume", 5000.0),
        ("250 µL", "volume", 0.25),
        ("250 μL", "volume", 0.25),
        ("250 uL", "volume", 0.25),
        ("30 °C", "temperature", 30.0),
        ("86 °F", "temperature", 30.0),
        ("303.15 K", "temperature", 30.0),
        ("2 K", "temperature_difference", 2.0),
        ("9 °F", "temperature_difference", 5.0),
        ("500 rpm", "stirring", 500.0),
        ("10 d", "time", 864000.0),
        ("2 min", "time", 120.0),
        ("1.5 h", "time", 5400.0),
        ("1 week", "time", 604800.0),
        ("500 ms", "time", 0.5),
        ("1 h 30 min", "time", 5400.0),
        ("1h30min", "time", 5400.0),
        ("1 d 12 h 5 s", "time", 129_605.0),
        ("1.5 h 30 min", "time", 7200.0),
        ("0.4 /h", "rate", 0.4),
        ("0.4 1/h", "rate", 0.4),
        ("0.4 h^-1", "rate", 0.4),
        ("0.4 h⁻¹", "rate", 0.4),
        ("0.01 /min", "rate", 0.6),
        ("30 mL/h", "volume_per_hour", 30.0),
        ("30 mL / h", "volume_per_hour", 30.0),
        ("30 mL/h", "flow", 0.5),
        ("1 mL/min", "volume_per_hour", 60.0),
        ("5 %", "fraction", 0.05),
        (0.05, "fraction", 0.05),
        (0.8, "od", 0.8),
        ("0.8", "number", 0.8),
        ("1e3 s", "time", 1000.0),
        ("-5 °C", "temperature", -5.0),
        ("5 g/L", "concentration", 5.0),
        ("500 mg/L", "concentration", 0.5),
        ("3300 mV", "voltage", 3.3),
    ],
)
def test_text_becomes_a_canonical_number(
    text: str | float, dimension: str, expected: float
) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "dimension", "code", "message", "suggestion"),
    [
        ("30 mL", "volume_per_hour", "wrong-unit", "'mL' is the unit of a volume", "30 mL/h"),
        ("30 mL", "flow", "wrong-unit", "a flow rate is needed", "30 mL/min"),
        (15, "volume", "missing-unit", "a volume needs a unit", "15 mL"),
        ("30", "temperature", "missing-unit", "a temperature needs a unit", "30 °C"),
        ("5 minuts", "time", "wrong-unit", "unknown unit 'minuts'", "5 minutes"),
        ("4 Std", "time", "wrong-unit", "unknown unit 'Std' for a duration", "4 h"),
        ("4 xyd", "time", "wrong-unit", "unknown unit 'xyd'", "10 min"),
        ("5 Min", "time", "wrong-unit", "unknown unit 'Min'", "5 min"),
        ("1,5 h", "time", "wrong-value", "decimals stand behind a point", "1.5 h"),
        ("0,5 mL", "volume", "wrong-value", "decimals stand behind a point", "0.5 mL"),
        ("1h30", "time", "wrong-value", "'1h30' is not a duration", "1 h 30 min"),
        ("01:30", "time", "wrong-value", "'01:30' is not a duration", "1 h 30 min"),
        ("01:30:00", "time", "wrong-value", "'01:30:00' is not a duration", "1 h 30 min"),
        ("90", "time", "missing-unit", "a unit: 90 s, 90 min, 90 h or 90 d", None),
        ("30 min 1 h", "time", "wrong-value", "from the largest unit to the", "1 h 30 min"),
        ("-1 h 30 min", "time", "wrong-value", "from the largest unit to the", "1 h 30 min"),
        ("37 Celcius", "temperature", "wrong-unit", "unknown unit 'Celcius'", "37 celsius"),
        ("30 mL", "temperature", "wrong-unit", "a temperature is needed here", "30 °C"),
        ("10 rpm", "number", "wrong-unit", "without a unit", "10"),
        ("warm", "temperature", "wrong-value", "'warm' is not a temperature", "37 °C"),
        (True, "volume", "wrong-value", "a volume is needed, not true", "15 mL"),
        ("1e400 s", "time", "wrong-value", "too large", None),
    ],
)
def test_a_wrong_quantity_says_what_would_be_right(
    text: str | float, dimension: str, code: str, message: str, suggestion: str | None
) -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity(text, dimension)
    assert caught.value.code == code
    assert message in caught.value.message
    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("value", "dimension", "expected"),
    [
        (15.0, "volume", "15 mL"),
        (5000.0, "volume", "5 L"),
        (864000.0, "time", "10 d"),
        (5400.0, "time", "90 min"),
        (45.5, "time", "45.5 s"),
        (0.8, "od", "0.8"),
        (0.4, "rate", "0.4 1/h"),
    ],
)
def test_quantities_are_written_for_people(value: float, dimension: str, expected: str) -> None:
    assert format_quantity(value, dimension) == expected


@given(st.floats(-1e6, 1e6), st.sampled_from(sorted(DIMENSIONS)))
def test_what_is_written_is_read_back(value: float, dimension: str) -> None:
    read = parse_quantity(format_quantity(value, dimension), dimension)
    assert read == pytest.approx(value, rel=1e-9, abs=1e-9)


@given(st.text(max_size=80), st.sampled_from(sorted(DIMENSIONS)))
def test_no_text_breaks_the_reader(text: str, dimension: str) -> None:
    try:
        assert isinstance(parse_quantity(text, dimension), float)
    except UnitError as error:
        assert error.message


def test_a_unit_tells_its_dimension() -> None:
    found = [dimension_of_unit(each) for each in ("mL", "°C", "min", "rpm", "parsec")]
    assert found == ["volume", "temperature", "time", "stirring", None]
