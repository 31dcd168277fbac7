"""The glass, pumps, heater, stirrer and optics around a simulated culture: fixed numbers.

The defaults describe a 20 mL vial with 15 mL of culture, such as small open bioreactors use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Self

VOLUME_ML = 15.0
WASTE_TUBE_SHARE = 0.9
"""The tube ends a tenth below the surface, so that there is something to take out before anything
is put in."""
CAPACITY_SHARE = 4.0 / 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vial:
    """The glass, and how high the end of the waste tube stands in it."""

    volume_ml: float = VOLUME_ML
    """Medium at the start."""
    waste_tube_ml: float = WASTE_TUBE_SHARE * VOLUME_ML
    """The waste pump draws air below this level."""
    capacity_ml: float = CAPACITY_SHARE * VOLUME_ML
    """More than this runs over the rim."""
    evaporation_ml_h: float = 0.0
    """Water that leaves as vapour, and all else stays."""

    def __post_init__(self) -> None:
        if not 0.0 < self.waste_tube_ml < self.capacity_ml:
            raise ValueError(
                f"waste tube at {self.waste_tube_ml} mL must end above the floor "
                f"and below the rim at {self.capacity_ml} mL"
            )
        if not 0.0 <= self.volume_ml <= self.capacity_ml:
            raise ValueError(f"{self.volume_ml} mL do not fit into {self.capacity_ml} mL")

    @classmethod
    def holding(cls, volume_ml: float) -> Self:
        """Make a vial of the usual proportions for so much culture."""
        return cls(
            volume_ml=volume_ml,
            waste_tube_ml=WASTE_TUBE_SHARE * volume_ml,
            capacity_ml=CAPACITY_SHARE * volume_ml,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heater:
    """Heats toward ambient + gain * duty, as a first-order lag."""

    ambient_c: float = 22.0
    gain_c: float = 35.0
    """How far above ambient full duty ends."""
    time_constant_s: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stirrer:
    """Turns at a speed in proportion to its duty, after a short lag."""

    full_speed_rpm: float = 1500.0
    time_constant_s: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpMake:
    """A peristaltic pump as it was built and calibrated."""

    flow_ml_min: float = 6.0
    """At full duty, by its calibration."""
    error_factor: float = 1.0
    """True flow over calibrated flow: worn tubing makes it less than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumPump(PumpMake):
    """A pump that brings a medium into the vessel."""

    substrate_g_l: float | None = None
    """What its medium holds; none: the organism's feed."""
    bottle_ml: float = inf
    """What is in its bottle at the start; an empty one delivers air."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photodiode:
    """Raw signal in volts: a blank for medium and glass, then gentle saturation at high density.

    volts = blank + gain * sat * tanh(OD600 / sat): linear within 0.3 % at OD600 1, 8 % low at 5.
    """

    blank_v: float = 0.08
    volts_per_od600: float = 0.5
    saturation_od600: float = 10.0
    light: str = ""
    """Lamp that it sees its culture by, on while it is read; none: it brings its own."""


AT_ANGLES: Mapping[int, Photodiode] = {
    45: Photodiode(blank_v=0.12, volts_per_od600=0.35, saturation_od600=7.0),
    90: Photodiode(),
    135: Photodiode(blank_v=0.06, volts_per_od600=0.6, saturation_od600=8.0),
    180: Photodiode(blank_v=2.0, volts_per_od600=-0.25, saturation_od600=6.0),
}
"""What photodiodes at other angles show: scattered light grows with the culture, and the light that
passes straight through fades."""


def at_angles(angles: Iterable[int]) -> Mapping[int, Photodiode]:
    """Photodiodes at some of these angles."""
    return {angle: AT_ANGLES[angle] for angle in angles}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """One channel of light; there is none but that of the lamps."""

    full_umol_m2_s: float = 200.0
    """Photons on the culture's surface at full duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedProbe:
    """A probe of something that the culture has no model of: it shows one voltage, with noise."""

    volts: float
    noise_v: float = 0.001
    constants: Mapping[str, float] = field(default_factory=dict)
    """Of its calibration: `low`, `low_v`, `high`, `high_v`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelProbe:
    """A probe in the vessel that shows how much is in it."""

    volts_per_ml: float = 0.1
    noise_v: float = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Apparatus:
    """Everything around one culture; pumps by the name of their output."""

    vial: Vial = field(default_factory=Vial)
    heater: Heater = field(default_factory=Heater)
    stirrer: Stirrer = field(default_factory=Stirrer)
    photodiode: Photodiode = field(default_factory=Photodiode)
    angles: Mapping[int, Photodiode] = field(default_factory=dict)
    """More photodiodes, by their angle; as on most small bioreactors there are none."""
    probes: Mapping[str, FixedProbe] = field(default_factory=dict)
    """None, unless somebody wants them."""
    level: LevelProbe | None = None
    """None, as on most small bioreactors."""
    relays: tuple[str, ...] = ()
    """Second switches: `heater_relay`, `pump_relay`; without current nothing acts, stuck or not."""
    valves: tuple[str, ...] = ("air_valve", "co2_valve", "nitrogen_valve")
    """They open and close; the culture has no model of gas."""
    lamps: Mapping[str, Lamp] = field(
        default_factory=lambda: {name: Lamp() for name in ("led_a", "led_b", "led_c", "led_d")}
    )
    cameras: tuple[str, ...] = ("camera",)
    """They see the vial, by the light of the room and of the lamps."""
    media_pumps: Mapping[str, MediumPump] = field(
        default_factory=lambda: {"feed_pump": MediumPump()}
    )
    waste_pump: PumpMake = field(default_factory=PumpMake)
