"""One simulated vessel: growth, volume and heat, moved forward to any moment it is asked about.

Dilution, level, heat and stirring follow closed forms, so steps of any length are exact in them;
only growth is integrated (RK4), in the longest step that its substrate allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import NamedTuple

from orchestrator.sim.apparatus import Apparatus
from orchestrator.sim.kinetics import Kinetics, lit_share, uninhibited_share
from orchestrator.sim.mix import Flows, flows, kept_share
from orchestrator.sim.organism import Organism
from orchestrator.sim.state import IDLE, Actuators, CultureState, TimeRanBackwards
from orchestrator.sim.thermal import relax

LONGEST_STEP_S = 60.0
LONGEST_STEP_DILUTING_S = 15.0
STIFF_STEP_S = 0.5
"""Where substrate would ask for shorter steps than this, growth takes implicit ones."""
NOTHING_LEFT = 1e-9
"""Substrate for less than this share of the biomass is eaten at once instead of asymptotically."""


class Pace(NamedTuple):
    """How far one step may go, and by which method growth is carried through it."""

    step_s: float
    grows: bool = True
    stiff: bool = False


@dataclass(slots=True, kw_only=True)
class Culture:
    """A vessel with its organism; `state` is the truth that no sensor shows exactly."""

    organism: Organism
    apparatus: Apparatus = field(default_factory=Apparatus)
    state: CultureState
    _kinetics: Kinetics = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._kinetics = Kinetics.of(self.organism)

    @classmethod
    def sterile(
        cls, organism: Organism, apparatus: Apparatus | None = None, *, now_s: float = 0.0
    ) -> Culture:
        """Return a vessel of fresh medium at ambient temperature, not yet inoculated."""
        apparatus = apparatus or Apparatus()
        state = CultureState(
            now_s=now_s,
            biomass_g_l=0.0,
            substrate_g_l=organism.initial_substrate_g_l,
            volume_ml=apparatus.vial.volume_ml,
            temperature_c=apparatus.heater.ambient_c,
        )
        return cls(organism=organism, apparatus=apparatus, state=state)

    @property
    def od600(self) -> float:
        """The true optical density."""
        return self.organism.od_per_g_l * self.state.biomass_g_l

    def inoculate(self, biomass_g_l: float | None = None) -> None:
        """Add cells, so many more grams a litre, in a drop too small to count; a lag begins."""
        added_g_l = self.organism.initial_biomass_g_l if biomass_g_l is None else biomass_g_l
        if added_g_l < 0.0:
            raise ValueError(f"an inoculum cannot hold {added_g_l} g/L")
        self.state.biomass_g_l += added_g_l
        self.state.grows_from_s = self.state.now_s + 3600.0 * self.organism.lag_h

    def remove(self, volume_ml: float) -> float:
        """Take a sample and return what was had: no more than is present."""
        if volume_ml < 0.0:
            raise ValueError(f"cannot take {volume_ml} mL out of a vessel")
        taken_ml = min(volume_ml, self.state.volume_ml)
        self.state.volume_ml -= taken_ml
        self.state.removed_ml += taken_ml
        return taken_ml

    def advance(self, to_s: float, actuators: Actuators = IDLE) -> None:
        """Let time pass until `to_s` while `actuators` stay as they are."""
        state, heater, kinetics = self.state, self.apparatus.heater, self._kinetics
        rest_s = to_s - state.now_s
        if rest_s < 0.0:
            raise TimeRanBackwards(f"the vessel is at {state.now_s} s, past {to_s} s")
        self._stir(actuators.stirrer_duty, rest_s)
        toward_c = heater.ambient_c + heater.gain_c * actuators.heater_duty
        lit = lit_share(self.organism, actuators.light_umol_m2_s)
        pumping = actuators.inflow_ml_s > 0.0 or actuators.waste_ml_s > 0.0
        evaporation_ml_s = self.apparatus.vial.evaporation_ml_h / 3600.0
        while rest_s > 0.0:
            pace = self._pace(rest_s, pumping)
            step_s = pace.step_s
            level = self._level(actuators) if pumping else None
            if level is not None and level.until_s < step_s:
                step_s = level.until_s
            fading = exp(-0.5 * step_s / heater.time_constant_s)
            middle_c = toward_c + (state.temperature_c - toward_c) * fading
            rate_per_s = lit * kinetics.rate_per_s(middle_c) if pace.grows else 0.0
            if state.drug_mg_l > 0.0:
                rate_per_s *= self._withstand(step_s)
            if level is None:
                self._grow(rate_per_s, step_s, stiff=pace.stiff)
            else:
                self._grow_and_mix(rate_per_s, step_s, level, actuators, stiff=pace.stiff)
            state.temperature_c = toward_c + (middle_c - toward_c) * fading
            if evaporation_ml_s > 0.0:
                self._evaporate(evaporation_ml_s * step_s)
            state.now_s += step_s
            rest_s -= step_s
        state.now_s = to_s

    def _evaporate(self, lost_ml: float) -> None:
        """Water leaves; what was in it is in the rest. Nothing dries up altogether."""
        state = self.state
        rest_ml = state.volume_ml - lost_ml
        if rest_ml <= lost_ml:
            return
        thickened = state.volume_ml / rest_ml
        state.volume_ml = rest_ml
        state.biomass_g_l *= thickened
        state.substrate_g_l *= thickened
        state.drug_mg_l *= thickened

    def _withstand(self, step_s: float) -> float:
        """Return what drug leaves of growth in a step, and let the culture adapt to it.

        How a culture becomes resistant is not modelled: its IC50 rises in proportion to the growth
        that it loses, so that what selects for resistance also brings it.
        """
        organism, state = self.organism, self.state
        if organism.ic50_mg_l is None:
            return 1.0
        ic50_mg_l = state.ic50_mg_l or organism.ic50_mg_l
        share = uninhibited_share(state.drug_mg_l, ic50_mg_l, organism.hill)
        gained = organism.adaptation_per_h * (1.0 - share) * step_s / 3600.0
        state.ic50_mg_l = ic50_mg_l * exp(gained)
        return share

    def _stir(self, duty: float, step_s: float) -> None:
        stirrer, state = self.apparatus.stirrer, self.state
        toward_rpm = stirrer.full_speed_rpm * duty
        if state.stirring_rpm != toward_rpm:
            state.stirring_rpm = relax(
                state.stirring_rpm, toward_rpm, stirrer.time_constant_s, step_s
            )

    def _pace(self, rest_s: float, pumping: bool) -> Pace:
        state, kinetics = self.state, self._kinetics
        step_s = min(rest_s, LONGEST_STEP_DILUTING_S if pumping else LONGEST_STEP_S)
        if state.now_s < state.grows_from_s:
            return Pace(min(step_s, state.grows_from_s - state.now_s), grows=False)
        unused = kinetics.yield_g_g * state.substrate_g_l
        if not pumping and unused <= NOTHING_LEFT * state.biomass_g_l:
            return Pace(step_s)
        limit_s = kinetics.longest_step_s(state.biomass_g_l, unused)
        if limit_s < STIFF_STEP_S:
            return Pace(min(step_s, STIFF_STEP_S), stiff=True)
        return Pace(min(step_s, limit_s))

    def _level(self, actuators: Actuators) -> Flows:
        vial = self.apparatus.vial
        return flows(
            self.state.volume_ml,
            actuators.inflow_ml_s,
            actuators.waste_ml_s,
            vial.waste_tube_ml,
            vial.capacity_ml,
        )

    def _grow(self, rate_per_s: float, step_s: float, *, stiff: bool) -> None:
        """Grow for one step in which nothing enters the vessel."""
        state, kinetics = self.state, self._kinetics
        biomass = state.biomass_g_l
        if rate_per_s <= 0.0 or biomass <= 0.0:
            return
        unused = kinetics.yield_g_g * state.substrate_g_l
        if unused <= NOTHING_LEFT * biomass:
            state.biomass_g_l = biomass + unused
            state.substrate_g_l = 0.0
            return
        potential = biomass + unused
        grow = kinetics.grow_stiffly if stiff else kinetics.grow
        grown = grow(biomass, potential, rate_per_s, step_s)
        state.biomass_g_l = grown
        state.substrate_g_l = (potential - grown) / kinetics.yield_g_g

    def _grow_and_mix(
        self,
        rate_per_s: float,
        step_s: float,
        level: Flows,
        actuators: Actuators,
        *,
        stiff: bool,
    ) -> None:
        """Grow for one step while medium flows in or culture flows out."""
        state, kinetics = self.state, self._kinetics
        inflow_ml_s, net_ml_s, volume_ml = actuators.inflow_ml_s, level.net_ml_s, state.volume_ml
        kept_middle = kept_share(volume_ml, inflow_ml_s, net_ml_s, 0.5 * step_s)
        kept_end = kept_share(volume_ml, inflow_ml_s, net_ml_s, step_s)
        fresh = kinetics.yield_g_g * actuators.inflow_g_l
        excess = state.biomass_g_l + kinetics.yield_g_g * state.substrate_g_l - fresh
        potentials = (fresh + excess, fresh + excess * kept_middle, fresh + excess * kept_end)
        biomass = state.biomass_g_l
        if stiff:
            grown = kinetics.grow_stiffly(kept_end * biomass, potentials[2], rate_per_s, step_s)
        else:
            kept = (kept_middle, kept_end)
            grown = kinetics.grow_diluted(biomass, potentials, kept, rate_per_s, step_s)
        state.biomass_g_l = grown
        state.substrate_g_l = max(0.0, potentials[2] - grown) / kinetics.yield_g_g
        drug_mg_l = actuators.inflow_drug_mg_l
        state.drug_mg_l = drug_mg_l + (state.drug_mg_l - drug_mg_l) * kept_end
        state.fed_ml += inflow_ml_s * step_s
        state.removed_ml += level.waste_ml_s * step_s
        state.overflow_ml += level.overflow_ml_s * step_s
        reached = step_s == level.until_s
        state.volume_ml = level.mark_ml if reached else volume_ml + net_ml_s * step_s
