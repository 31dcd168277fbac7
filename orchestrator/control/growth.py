"""Estimating the specific growth rate online, from optical density and known dilutions.

A Kalman filter (R. E. Kalman, J. Basic Eng. 82 (1960) 35-45) on two numbers, y = ln OD and µ:

    dy/dt = µ,  µ wanders as a random walk;  a dilution moves y by ln(kept share).

Growth is a straight line in y, so the filter is linear. Four habits make it robust: a reading far
from what was expected weighs less (P. J. Huber, Ann. Math. Statist. 35 (1964) 73-101); several of
them in a row, all at once, mean that the culture was changed by hand, and the level is taken up
anew; readings that lie to one side for minutes mean that the rate is another, which is then found
anew; and a dilution widens what is held possible, since no pump's calibration is perfect.

What is asked of a rate is asked as a share of it, so a slow culture is looked at for longer. The
filter's variance settles at √2 q^(3/4) r^(1/4), with q the wander's variance in an hour and r the
noise's, so a standard deviation that goes with µ takes a wander that goes with µ^(4/3).
"""

from __future__ import annotations

from math import exp, log, pow, sqrt
from typing import NamedTuple

WINDOW_S = 1800.0
"""At 1/h and 1 % noise each 5 s the estimate rests on so much of the past: four of the filter's
time constants."""
WANDER_PER_H = 0.022
"""Standard deviation by which µ (1/h) wanders in an hour, per √h, with that window, at 1/h."""
SLOWEST_PER_H = 0.1
"""Slower cultures are taken for as steady as this one."""
LEAN_MAX = 0.7
"""Mean of the surprises, in their standard deviations, that is no accident any more."""
TURN_PER_H = 0.3
"""Standard deviation of µ that is held possible then."""
LEANS_MAX = 3.0
"""One surprise counts for no more than so many standard deviations in that mean."""
NOISE_RELATIVE = 0.005
"""Noise of one reading as a share of it, at least."""
NOISE_OD600 = 0.0015
"""Noise of one reading in OD units, which rules in thin cultures."""
LEARNING = 0.02
"""Weight of one surprise in what is held of the noise: some fifty readings."""
PUMP_ERROR = 0.05
"""Share of a dilution that may be wrong."""
FAR = 4.0
"""Standard deviations beyond which a reading is not believed in full."""
ODD_MAX = 5
"""So many odd readings in a row are no accident."""
FIRST_GUESS_PER_H = 1.0
"""Standard deviation of µ before anything was seen."""
OD600_MIN = 0.01
"""Thinner than this there is only noise to see."""
SURE_PER_H = 0.1
"""A rate known worse than this is not worth telling."""
GAP_MAX_S = 3600.0
"""After a longer silence the estimate starts anew."""


class Estimate(NamedTuple):
    """What is held of a culture: two numbers, how sure they are, and how noisy its readings."""

    log_od: float
    rate_per_h: float
    at_s: float
    var_log: float
    cov: float
    var_rate: float
    var_noise: float
    """Of ln OD in one reading. Learnt from how surprises jump, since a turn of the rate surprises
    too."""
    surprise: float = 0.0
    """ln OD last seen, less what was expected."""
    odd: int = 0
    """Odd readings in a row."""
    lean: float = 0.0
    """Mean of the last surprises, each in its standard deviation."""
    moved: float = 0.0
    """ln OD that came by dilutions (less) and by hand, so that the rest of it has grown."""

    @property
    def deviation_per_h(self) -> float:
        """Standard deviation of the rate, if it wanders as it is held to and pumps err by
        `PUMP_ERROR`; too large, therefore, where neither happens."""
        return sqrt(self.var_rate)

    @property
    def sure(self) -> bool:
        """Whether the rate is known well enough to be told."""
        return self.var_rate < SURE_PER_H * SURE_PER_H


def begin(od600: float, at_s: float) -> Estimate:
    """Start from a first reading."""
    noise = _least_noise(od600)
    return Estimate(log(od600), 0.0, at_s, noise, 0.0, FIRST_GUESS_PER_H**2, noise)


def dilute(estimate: Estimate, kept_share: float) -> Estimate:
    """Take a dilution into account that left this share of the cells' density."""
    if not 0.0 < kept_share < 1.0:
        return estimate
    drop = log(kept_share)
    return estimate._replace(
        log_od=estimate.log_od + drop,
        var_log=estimate.var_log + (PUMP_ERROR * drop) ** 2,
        moved=estimate.moved + drop,
    )


def observe(estimate: Estimate, od600: float, at_s: float, window_s: float = WINDOW_S) -> Estimate:
    """Take a reading in; one below `OD600_MIN` says nothing.

    A time constant goes with the inverse root of the wander, which therefore goes with the inverse
    square of the window.
    """
    if od600 < OD600_MIN or at_s <= estimate.at_s:
        return estimate
    if at_s - estimate.at_s > GAP_MAX_S:
        return begin(od600, at_s)
    step_h = (at_s - estimate.at_s) / 3600.0
    wander_per_h = _wander_per_h(estimate) * (WINDOW_S / window_s) ** 2
    wander = wander_per_h * wander_per_h * step_h
    var_rate = estimate.var_rate + wander
    cov = estimate.cov + (estimate.var_rate + 0.5 * wander) * step_h
    widening = 2.0 * estimate.cov + (estimate.var_rate + wander / 3.0) * step_h
    var_log = estimate.var_log + widening * step_h
    expected = estimate.log_od + estimate.rate_per_h * step_h
    noise = max(estimate.var_noise, _least_noise(od600))
    surprise = log(od600) - expected
    farness = surprise * surprise / ((var_log + noise) * FAR * FAR)
    sudden = (surprise - estimate.surprise) ** 2 > FAR * FAR * noise
    odd = estimate.odd + 1 if farness > 1.0 and (sudden or estimate.odd) else 0
    if odd >= ODD_MAX:
        moved = estimate.moved + surprise
        return Estimate(
            log(od600), estimate.rate_per_h, at_s, noise, 0.0, var_rate, noise, moved=moved
        )
    total = var_log + (noise * farness if odd else noise)
    gain_log, gain_rate = var_log / total, cov / total
    one_side = max(-LEANS_MAX, min(LEANS_MAX, surprise / sqrt(total)))
    lean = estimate.lean + LEARNING * (one_side - estimate.lean)
    if abs(lean) > LEAN_MAX:
        turned = max(var_rate, TURN_PER_H * TURN_PER_H)
        moved = estimate.moved
        return Estimate(
            log(od600), estimate.rate_per_h, at_s, noise, 0.0, turned, noise, moved=moved
        )
    jump = min((surprise - estimate.surprise) ** 2, FAR * FAR * noise)
    return Estimate(
        expected + gain_log * surprise,
        estimate.rate_per_h + gain_rate * surprise,
        at_s,
        (1.0 - gain_log) * var_log,
        (1.0 - gain_log) * cov,
        var_rate - gain_rate * cov,
        estimate.var_noise + LEARNING * (jump - estimate.var_noise),
        surprise,
        odd,
        lean,
        estimate.moved,
    )


def od600_of(estimate: Estimate) -> float:
    """Return the density that the estimate believes in."""
    return exp(estimate.log_od)


def _wander_per_h(estimate: Estimate) -> float:
    pace_per_h = max(abs(estimate.rate_per_h), SLOWEST_PER_H)
    return WANDER_PER_H * pow(pace_per_h, 4.0 / 3.0)


def _least_noise(od600: float) -> float:
    """Variance of ln OD that one reading has on a good day."""
    deviation = NOISE_RELATIVE + NOISE_OD600 / od600
    return deviation * deviation
