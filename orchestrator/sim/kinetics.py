"""Growth: how its rate follows substrate and temperature, and one step of it.

Substrate is counted in the biomass that it will become, `u = Y * S`. Then the *potential*
`C = X + u`, the biomass if everything were eaten, does not change by growth, and growth is one
equation in X alone, which keeps the yield balance dX = -Y dS to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, pow

from orchestrator.sim.organism import CardinalTemperatures, Organism

STEP_SHARE = 0.25
"""A step may use up at most this share of the substrate, so that RK4 stays exact and stable."""

BISECTIONS = 48


def specific_growth_rate_per_h(
    organism: Organism, substrate_g_l: float, temperature_c: float
) -> float:
    """Return µ by Monod (1949), or by Haldane as Andrews (1968) wrote it where Ki is given."""
    if substrate_g_l <= 0.0:
        return 0.0
    inhibition = 0.0 if organism.ki_g_l is None else substrate_g_l**2 / organism.ki_g_l
    share = substrate_g_l / (organism.ks_g_l + substrate_g_l + inhibition)
    return organism.mu_max_per_h * share * cardinal_factor(temperature_c, organism.temperature)


def cardinal_factor(temperature_c: float, points: CardinalTemperatures) -> float:
    """Return µ(T)/µ(optimum), the cardinal temperature model with inflection (CTMI).

    L. Rosso, J. R. Lobry, J. P. Flandrois: An unexpected correlation between cardinal temperatures
    of microbial growth highlighted by a new model. J. Theor. Biol. 162 (1993) 447-463.
    """
    low, best, high = points.minimum_c, points.optimum_c, points.maximum_c
    if not low < temperature_c < high:
        return 0.0
    above = temperature_c - low
    width = best - low
    inner = width * (temperature_c - best) - (best - high) * (best + low - 2.0 * temperature_c)
    return (temperature_c - high) * above * above / (width * inner)


def uninhibited_share(drug_mg_l: float, ic50_mg_l: float, hill: float) -> float:
    """Return what a drug leaves of the growth rate, by the sigmoid of Hill (1910).

    The same form as the pharmacodynamic functions of R. R. Regoes et al., Antimicrob. Agents
    Chemother. 48 (2004) 3670-3676, without killing: growth falls towards nothing and not below.
    """
    if drug_mg_l <= 0.0:
        return 1.0
    return 1.0 / (1.0 + pow(drug_mg_l / ic50_mg_l, hill))


def lit_share(organism: Organism, light_umol_m2_s: float) -> float:
    """Return what light leaves of the growth rate: Monod's form over what grows in the dark.

    The light is that at the surface; that cells shade each other is not modelled.
    """
    half = organism.light_half_umol_m2_s
    if half is None:
        return 1.0
    dark = organism.dark_share
    return dark + (1.0 - dark) * light_umol_m2_s / (half + light_umol_m2_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinetics:
    """An organism's constants in the units of a step: seconds, substrate as potential biomass."""

    rate_max_per_s: float
    half: float
    inhibition: float
    yield_g_g: float
    temperature: CardinalTemperatures

    @classmethod
    def of(cls, organism: Organism) -> Kinetics:
        """Convert an organism's constants once, so that no step has to."""
        yield_g_g, ki_g_l = organism.yield_g_g, organism.ki_g_l
        return cls(
            rate_max_per_s=organism.mu_max_per_h / 3600.0,
            half=yield_g_g * organism.ks_g_l,
            inhibition=0.0 if ki_g_l is None else 1.0 / (yield_g_g * ki_g_l),
            yield_g_g=yield_g_g,
            temperature=organism.temperature,
        )

    def rate_per_s(self, temperature_c: float) -> float:
        """Return the growth rate at this temperature with substrate in plenty."""
        return self.rate_max_per_s * cardinal_factor(temperature_c, self.temperature)

    def longest_step_s(self, biomass: float, unused: float) -> float:
        """Return the longest step in which substrate cannot run out unnoticed."""
        appetite = self.rate_max_per_s * biomass
        if appetite <= 0.0:
            return inf
        return STEP_SHARE * (self.half + unused + self.inhibition * unused * unused) / appetite

    def grow(self, biomass: float, potential: float, rate_per_s: float, step_s: float) -> float:
        """Return the biomass after one step (RK4) in a vessel that nothing enters."""
        half, inhibition, middle_s = self.half, self.inhibition, 0.5 * step_s
        u = potential - biomass
        k1 = rate_per_s * u / (half + u + inhibition * u * u) * biomass if u > 0.0 else 0.0
        x = biomass + middle_s * k1
        u = potential - x
        k2 = rate_per_s * u / (half + u + inhibition * u * u) * x if u > 0.0 else 0.0
        x = biomass + middle_s * k2
        u = potential - x
        k3 = rate_per_s * u / (half + u + inhibition * u * u) * x if u > 0.0 else 0.0
        x = biomass + step_s * k3
        u = potential - x
        k4 = rate_per_s * u / (half + u + inhibition * u * u) * x if u > 0.0 else 0.0
        return biomass + step_s / 6.0 * (k1 + 2.0 * (k2 + k3) + k4)

    def grow_diluted(
        self,
        biomass: float,
        potentials: tuple[float, float, float],
        kept: tuple[float, float],
        rate_per_s: float,
        step_s: float,
    ) -> float:
        """Return the biomass after one step (RK4) while fresh medium flows in.

        `potentials` holds C at the step's start, middle and end, `kept` what dilution leaves of
        the start's concentrations at middle and end. Both are closed forms (`mix`). The step runs
        on `y = X / kept`, whose only cause of change is growth, so dilution adds no error.
        """
        at_start, at_middle, at_end = potentials
        kept_middle, kept_end = kept
        middle_s = 0.5 * step_s
        k1 = self._speed(at_start, biomass, rate_per_s) * biomass
        y = biomass + middle_s * k1
        k2 = self._speed(at_middle, kept_middle * y, rate_per_s) * y
        y = biomass + middle_s * k2
        k3 = self._speed(at_middle, kept_middle * y, rate_per_s) * y
        y = biomass + step_s * k3
        k4 = self._speed(at_end, kept_end * y, rate_per_s) * y
        return kept_end * (biomass + step_s / 6.0 * (k1 + 2.0 * (k2 + k3) + k4))

    def grow_stiffly(
        self, kept_biomass: float, potential: float, rate_per_s: float, step_s: float
    ) -> float:
        """Return the biomass after a step in which hungry cells eat faster than RK4 could follow.

        Implicit Euler on `X`, solved for the substrate left over, which lies between none and all:
        stable however small Ks is, and wrong by no more than that sliver of substrate.
        """
        least, most = 0.0, max(0.0, potential - kept_biomass)
        for _ in range(BISECTIONS):
            unused = 0.5 * (least + most)
            grown = potential - unused
            eaten = step_s * self._speed(potential, grown, rate_per_s) * grown
            if grown - eaten > kept_biomass:
                least = unused
            else:
                most = unused
        return potential - 0.5 * (least + most)

    def _speed(self, potential: float, biomass: float, rate_per_s: float) -> float:
        u = potential - biomass
        if u <= 0.0:
            return 0.0
        return rate_per_s * u / (self.half + u + self.inhibition * u * u)
