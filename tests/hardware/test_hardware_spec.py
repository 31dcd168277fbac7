from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.hardware.keeper.config import Gpio
from orchestrator.hardware.reactor import keeper_config
from orchestrator.hardware.spec import HardwareError, hardware_of, spec_of


def document() -> dict[str, Any]:
    """As `documents` hands it over: plain values in canonical units."""
    return {
        "reactors": {
            "v1": {
                "capacity_ml": 20.0,
                "waste_tube_ml": 13.5,
                "sensors": {
                    "photodiode": {
                        "driver": "iio",
                        "path": "/sys/bus/iio/devices/iio:device0/in_voltage0_raw",
                        "scale": 0.0001875,
                        "calibration": "vial 3, May",
                        "constants": {"od600_per_v": 2.1},
                    },
                    "thermometer": {"driver": "w1", "path": "/sys/bus/w1/devices/28-1/temperature"},
                    "tachometer": {"driver": "pulses", "pin": 22},
                },
                "outputs": {
                    "stirrer": {"driver": "pwm", "pin": 12, "frequency_hz": 1000},
                    "heater": {"driver": "pwm", "pin": 13, "maximum_duty": 0.6},
                },
                "pumps": {
                    "feed_pump": {
                        "driver": "pwm",
                        "pin": 17,
                        "medium": "feed",
                        "direction": "in",
                        "flow_ml_min": 5.5,
                        "calibration": "new tubing",
                    }
                },
            }
        },
    }


def test_a_description_becomes_what_workers_and_keeper_need_to_know() -> None:
    hardware = hardware_of(document())
    spec = spec_of("v1", hardware.reactors["v1"])
    assert spec.pumps["feed_pump"].flow_ml_min == 5.5
    assert spec.calibrations == {"photodiode": "vial 3, May", "feed_pump": "new tubing"}
    assert spec.constants == {"photodiode.od600_per_v": 2.1}
    assert spec.waste_tube_ml == 13.5
    assert hardware.driver == "gpio"
    config = keeper_config(hardware, Path("/run/keeper"))
    assert isinstance(config.pins, Gpio)
    assert config.pins.pins["v1/stirrer"].frequency_hz == 1000
    assert config.pins.pins["v1/heater"].maximum_duty == 0.6
    assert config.outputs == ["v1/stirrer", "v1/heater"]
    assert config.pumps == ["v1/feed_pump"]


def _unknown_field(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["colour"] = "red"


def _no_pin(found: dict[str, Any]) -> None:
    del found["reactors"]["v1"]["outputs"]["heater"]["pin"]


def _no_flow(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["pumps"]["feed_pump"]["flow_ml_min"] = 0.0


def _no_file(found: dict[str, Any]) -> None:
    del found["reactors"]["v1"]["sensors"]["thermometer"]["path"]


def _no_bench(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["sensors"]["thermometer"] = {"driver": "bench"}


def _half_a_bench(found: dict[str, Any]) -> None:
    found["bench"] = "/run/bench"
    found["reactors"]["v1"]["outputs"]["heater"] = {"driver": "bench"}


def _nothing_left(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["outputs"]["heater"]["maximum_duty"] = 0.0


def _unknown_driver(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["outputs"]["heater"]["driver"] = "steam"


def _sideways(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["pumps"]["feed_pump"]["direction"] = "sideways"


def _pump_on_a_chip(found: dict[str, Any]) -> None:
    pump = found["reactors"]["v1"]["pumps"]["feed_pump"]
    pump |= {"driver": "pico", "address": 0x2C, "channel": 0}


def _heater_on_a_relay(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["outputs"]["heater"]["driver"] = "switch"


def _no_address(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["sensors"]["photodiode"] = {"driver": "ads1115", "channel": 0}


def _no_such_light(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["sensors"]["photodiode"]["light"] = "ir_led"


def _no_such_reference(found: dict[str, Any]) -> None:
    found["reactors"]["v1"]["sensors"]["photodiode"]["reference"] = "nose"


def _slash(found: dict[str, Any]) -> None:
    found["reactors"]["a/b"] = found["reactors"].pop("v1")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_unknown_field, "colour"),
        (_no_pin, "heater"),
        (_no_flow, "feed_pump"),
        (_no_file, "thermometer"),
        (_no_bench, "socket"),
        (_half_a_bench, "on a bench"),
        (_nothing_left, "maximum duty"),
        (_unknown_driver, "steam"),
        (_pump_on_a_chip, "pico"),
        (_heater_on_a_relay, "switch"),
        (_no_address, "address"),
        (_no_such_light, "ir_led"),
        (_no_such_reference, "nose"),
        (_sideways, "sideways"),
        (_slash, "slash"),
    ],
)
def test_a_wrong_description_says_what_is_wrong(spoil: Any, says: str) -> None:
    found = document()
    spoil(found)
    with pytest.raises(HardwareError, match=says):
        hardware_of(found)


def test_a_photodiode_stands_where_its_name_or_its_angle_says() -> None:
    found = document()
    sensors = found["reactors"]["v1"]["sensors"]
    sensors["photodiode"]["angle"] = 90
    sensors["photodiode_45"] = sensors["photodiode"] | {"angle": 45}
    spec = spec_of("v1", hardware_of(found).reactors["v1"])
    assert spec.angles == {"photodiode": 90, "photodiode_45": 45}
