"""What a simulated vessel holds at one moment, and what acts on it until the next."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple


class TimeRanBackwards(ValueError):
    """The caller asked about a moment before the last one; a vessel has no past to go back to."""


class Actuators(NamedTuple):
    """What acts on a vessel, true flows and duties; constant until the next change."""

    heater_duty: float = 0.0
    stirrer_duty: float = 0.0
    inflow_ml_s: float = 0.0
    inflow_g_l: float = 0.0
    """Substrate in what flows in, mixed over all pumps that run."""
    waste_ml_s: float = 0.0
    inflow_drug_mg_l: float = 0.0
    """Drug in what flows in, mixed alike."""
    light_umol_m2_s: float = 0.0
    """On the culture's surface, of all channels together."""


IDLE = Actuators()


@dataclass(slots=True, kw_only=True)
class CultureState:
    """What a vessel holds at one moment, and what has passed through it until then."""

    now_s: float
    biomass_g_l: float
    substrate_g_l: float
    volume_ml: float
    temperature_c: float
    stirring_rpm: float = 0.0
    drug_mg_l: float = 0.0
    ic50_mg_l: float = 0.0
    """Of the culture as it has become; 0: as its organism began."""
    grows_from_s: float = 0.0
    """End of the lag after the last inoculation."""
    fed_ml: float = 0.0
    removed_ml: float = 0.0
    """By the waste pump and as samples."""
    overflow_ml: float = 0.0
    """Over the rim, which no pump knows of."""

    def to_dict(self) -> dict[str, float]:
        """Return the state as numbers by name, from which `CultureState(**numbers)` comes back."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
