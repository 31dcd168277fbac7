"""Describes simulated reactors the way a worker's hardware is described."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.sim.reactor import Reactor
from orchestrator.sim.reactor_port import spec_of


def describe(reactors: Mapping[str, Reactor], bench: Path) -> dict[str, Any]:
    """Return a `hardware/1` document whose devices are those of a bench."""
    return {
        "axenic": "hardware/1",
        "driver": "bench",
        "bench": str(bench),
        "reactors": {name: _describe(name, reactor) for name, reactor in reactors.items()},
    }


def _describe(name: str, reactor: Reactor) -> dict[str, Any]:
    spec = spec_of(reactor, name)
    sensors: dict[str, dict[str, Any]] = {sensor: {"driver": "bench"} for sensor in spec.sensors}
    for full_name, value in spec.constants.items():
        sensor, _, constant = full_name.partition(".")
        sensors[sensor].setdefault("constants", {})[constant] = value
    for sensor, part in sensors.items():
        part["calibration"] = spec.calibrations.get(sensor, "")
    return {
        "capacity_ml": spec.capacity_ml,
        "waste_tube_ml": spec.waste_tube_ml,
        "sensors": sensors,
        "outputs": {output: {} for output in spec.outputs},
        "pumps": {
            name: {
                "medium": pump.medium,
                "direction": pump.direction,
                "flow_ml_min": pump.flow_ml_min,
                "calibration": spec.calibrations.get(name, ""),
            }
            for name, pump in spec.pumps.items()
        },
    }
