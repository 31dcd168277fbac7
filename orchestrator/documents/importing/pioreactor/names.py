"""What Pioreactor calls things, and what they are called here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of ours that one of theirs becomes."""

    name: str
    unit: str = ""
    """What their bare numbers are in."""
    per: bool = False
    """Theirs is how often (1/s), ours is how long (s)."""


JOBS: Final = {
    "stirring": "stirring",
    "od_reading": "od_reading",
    "growth_rate_calculating": "growth_rate",
    "temperature_automation": "temperature",
    "temperature_control": "temperature",
    "dosing_automation": "dosing",
    "dosing_control": "dosing",
    "led_automation": "leds",
    "led_control": "leds",
}
"""Their jobs, by all names that they have had."""
ADDING: Final = {"add_media": "feed", "add_alt_media": "alt_media"}
"""Their actions that pump liquid in, and the bottle it comes from."""
CIRCULATING: Final = {"circulate_media": "feed", "circulate_alt_media": "alt_media"}
"""Their actions that pump liquid in and out for a while."""
BLANKING: Final = frozenset({"od_blank"})
"""Their actions that measure the cell-free medium."""
LIGHTING: Final = frozenset({"led_intensity"})
"""Their actions that set channels of light."""
ACTS: Final = frozenset({*ADDING, *CIRCULATING, *BLANKING, *LIGHTING})
"""All that happen once, and are no jobs here."""

AUTOMATIONS: Final = {
    ("temperature", "thermostat"): "thermostat",
    ("temperature", "only_record_temperature"): "off",
    ("temperature", "only_record_ambient_temperature"): "off",
    ("temperature", "silent"): "off",
    ("dosing", "silent"): "silent",
    ("dosing", "chemostat"): "chemostat",
    ("dosing", "turbidostat"): "turbidostat",
}
SETTINGS: Final[dict[tuple[str, str], Setting]] = {
    ("stirring", "target_rpm"): Setting("target", "rpm"),
    ("stirring", "initial_target_rpm"): Setting("target", "rpm"),
    ("od_reading", "interval"): Setting("interval", "s"),
    ("od_reading", "samples_per_second"): Setting("interval", "s", per=True),
    ("temperature", "target_temperature"): Setting("target", "°C"),
    ("dosing", "exchange_volume_ml"): Setting("exchange", "mL"),
    ("dosing", "volume"): Setting("exchange", "mL"),
}
DENSITIES: Final = ("target_biomass", "target_od", "target_normalized_od")
"""What a turbidostat of theirs holds, by all names that it has had."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal or setting of ours that one of theirs is read from."""

    name: str
    scale: Literal["plain", "percent", "relative"] = "plain"
    """Theirs may be in percent, or a multiple of the density at the start."""


def signal_of(job: str, keys: tuple[str, ...]) -> Signal | None:
    """Find what a lookup reads here, if it is anything."""
    first, last = keys[0], keys[-1]
    if job == "od_reading":
        if first.startswith("raw_od"):
            return Signal("od_reading.raw")
        return Signal("od600") if first in _DENSITY and last in ("od", "od_fused") else None
    return _SIGNALS.get((JOBS.get(job, job), first))


_DENSITY: Final = frozenset({"od1", "od2", "od3", "od4", "od_fused"})
_SIGNALS: Final[dict[tuple[str, str], Signal]] = {
    ("stirring", "target_rpm"): Signal("stirring.target"),
    ("stirring", "measured_rpm"): Signal("stirring.measured"),
    ("stirring", "duty_cycle"): Signal("stirring.duty", "percent"),
    ("growth_rate", "growth_rate"): Signal("growth_rate"),
    ("growth_rate", "od_filtered"): Signal("od600", "relative"),
    ("temperature", "temperature"): Signal("temperature.measured"),
    ("temperature", "target_temperature"): Signal("temperature.target"),
    ("dosing", "exchange_volume_ml"): Signal("dosing.exchange"),
    ("dosing", "volume"): Signal("dosing.exchange"),
    ("dosing", "target_biomass"): Signal("dosing.target_od600"),
    ("dosing", "target_od"): Signal("dosing.target_od600"),
    ("dosing", "target_normalized_od"): Signal("dosing.target_od600", "relative"),
    ("bioreactor", "current_volume_ml"): Signal("volume"),
    ("bioreactor", "cumulative_media_added_ml"): Signal("dosing.fed"),
    ("bioreactor", "cumulative_waste_removed_ml"): Signal("dosing.removed"),
}
