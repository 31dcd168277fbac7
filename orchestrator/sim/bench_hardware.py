"""Describes simulated reactors the way a worker's hardware is described: by a hardware document,
with units, whose devices are those of a bench."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.model.units import format_quantity
from orchestrator.ports.reactor import ReactorSpec
from orchestrator.sim.reactor import Reactor
from orchestrator.sim.reactor_port import spec_of

BENCH = {"driver": "bench"}


def describe(reactors: Mapping[str, Reactor], bench: Path) -> dict[str, Any]:
    """Return the document as plain data; written as JSON it is YAML."""
    return {
        "axenic": "hardware/1",
        "bench": str(bench),
        "reactors": {name: _describe(name, reactor) for name, reactor in reactors.items()},
    }


def _describe(name: str, reactor: Reactor) -> dict[str, Any]:
    spec = spec_of(reactor, name)
    described: dict[str, Any] = {"capacity": format_quantity(spec.capacity_ml, "volume")}
    if spec.waste_tube_ml is not None:
        described["waste_tube"] = format_quantity(spec.waste_tube_ml, "volume")
    if spec.evaporation_ml_h:
        described["evaporation"] = format_quantity(spec.evaporation_ml_h, "volume_per_hour")
    return described | {
        "sensors": {sensor: BENCH | _calibration(spec, sensor) for sensor in spec.sensors},
        "outputs": dict.fromkeys(spec.outputs, BENCH),
        "cameras": dict.fromkeys(spec.cameras, BENCH),
        "pumps": {
            name: BENCH
            | {
                "medium": pump.medium,
                "direction": pump.direction,
                "flow": format_quantity(pump.flow_ml_min, "flow"),
            }
            | _calibration(spec, name)
            for name, pump in spec.pumps.items()
        },
    }


def _calibration(spec: ReactorSpec, device: str) -> dict[str, Any]:
    if device not in spec.calibrations:
        return {}
    constants = {
        constant: value
        for name, value in spec.constants.items()
        for sensor, _, constant in [name.partition(".")]
        if sensor == device
    }
    return {"calibration": {"name": spec.calibrations[device]} | constants}
