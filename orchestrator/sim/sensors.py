"""What sensors show of a culture: pure functions of the truth and a source of chance."""

from __future__ import annotations

from math import hypot, tanh
from random import Random

from orchestrator.sim.apparatus import FixedProbe, LevelProbe, Photodiode
from orchestrator.sim.organism import SensorNoise


def photodiode_v(od600: float, photodiode: Photodiode, noise: SensorNoise, chance: Random) -> float:
    """Return the raw signal of scattered light; blank and calibration are for others to undo."""
    seen = od600 + chance.gauss(0.0, hypot(noise.od_relative * od600, noise.od_absolute))
    saturation = photodiode.saturation_od600
    return photodiode.blank_v + photodiode.volts_per_od600 * saturation * tanh(seen / saturation)


def probe_v(probe: FixedProbe, chance: Random) -> float:
    """Return the voltage of a probe that the culture does not act on."""
    return probe.volts + chance.gauss(0.0, probe.noise_v)


def level_v(volume_ml: float, probe: LevelProbe, chance: Random) -> float:
    """Return the voltage of a level probe."""
    return volume_ml * probe.volts_per_ml + chance.gauss(0.0, probe.noise_v)


def thermometer_c(temperature_c: float, noise: SensorNoise, chance: Random) -> float:
    """Return the temperature that the thermometer shows."""
    return temperature_c + chance.gauss(0.0, noise.temperature_c)


def tachometer_rpm(stirring_rpm: float, noise: SensorNoise, chance: Random) -> float:
    """Return the speed that the tachometer shows: never negative, and zero at rest."""
    if stirring_rpm < 1.0:
        return 0.0
    return max(0.0, stirring_rpm + chance.gauss(0.0, noise.rpm))
