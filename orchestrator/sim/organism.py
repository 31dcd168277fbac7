"""What grows in a simulated vessel, and how well it is seen.

The defaults are *Escherichia coli* K-12 in a defined medium with 5 g/L of glucose and casamino
acids. Each value's source stands in `contrib/cultures/e-coli.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CardinalTemperatures:
    """The three temperatures between which an organism grows, slowly, best, and just no more."""

    minimum_c: float = 5.0
    optimum_c: float = 41.0
    maximum_c: float = 47.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorNoise:
    """Standard deviations of one reading around the truth; each reading is drawn anew."""

    od_relative: float = 0.005
    """Share of the optical density: shot noise and cells that drift through the beam."""
    od_absolute: float = 0.001
    """In units of OD600, present in a blank too: the electronics."""
    temperature_c: float = 0.02
    rpm: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbances:
    """What goes wrong with sensors and pumps of a real vessel; in this one nothing, unless said."""

    bubbles_per_h: float = 0.0
    """Bubbles that come to rest before a photodiode, in an hour without one."""
    bubble_od600: float = 0.5
    """By how much denser the culture looks through one."""
    bubble_s: float = 10.0
    """How long one stays."""
    dropouts_per_h: float = 0.0
    """Times at which a sensor falls silent, in an hour in which it is not."""
    dropout_s: float = 60.0
    """How long it says nothing."""
    od600_drift_per_day: float = 0.0
    """What photodiodes show too much after a day: biofilm, ageing light."""
    temperature_drift_c_per_day: float = 0.0
    feed_pumps_error: float = 0.0
    """Share by which pumps of media move more than their calibration says."""
    waste_pump_error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Organism:
    """Growth of one strain on one limiting substrate, in concentrations of dry mass."""

    mu_max_per_h: float = 0.85
    """Specific growth rate at the optimum temperature with substrate in plenty."""
    ks_g_l: float = 0.004
    """Substrate at which growth is half as fast (Monod)."""
    ki_g_l: float | None = None
    """Substrate above which growth is inhibited (Haldane, Andrews); none: never."""
    yield_g_g: float = 0.5
    """Dry biomass made from one gram of substrate."""
    feed_g_l: float = 5.0
    """Substrate in the fresh medium that the feed pump brings."""
    initial_biomass_g_l: float = 0.02
    """Biomass in the vessel right after inoculation."""
    initial_substrate_g_l: float = 5.0
    od_per_g_l: float = 2.56
    """OD600 of a culture with one gram of dry biomass in a litre."""
    drug_mg_l: float = 0.0
    """Drug in the medium that is called `drug`."""
    ic50_mg_l: float | None = None
    """Drug at which growth is half as fast; none: it does nothing."""
    hill: float = 2.0
    """Steepness of that."""
    adaptation_per_h: float = 0.0
    """Rate at which the IC50 rises in a culture that drug has stopped; half of it at half speed."""
    light_half_umol_m2_s: float | None = None
    """Light at which what light adds to growth is half of the most (Monod); none: it adds
    nothing, and the dark does no harm."""
    dark_share: float = 0.0
    """What is left of growth in the dark."""
    lag_h: float = 0.0
    """Hours after inoculation before growth begins."""
    temperature: CardinalTemperatures = field(default_factory=CardinalTemperatures)
    noise: SensorNoise = field(default_factory=SensorNoise)
    disturbances: Disturbances = field(default_factory=Disturbances)


E_COLI = Organism()
