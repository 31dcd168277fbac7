"""The laws that dosing follows by itself: when to exchange, and why."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from orchestrator.control.chemostat import NOTHING, Debt, accrue, due_in_s, pay, stand
from orchestrator.control.turbidostat import trigger_od600
from orchestrator.jobs.job import View

EXCHANGE_ML = 1.0
FRESH_READINGS = 2
"""After an exchange so many values of od600, a median of three, are waited for."""
MISSED_S = 30.0
"""A turbidostat looks again after this long without a new od600."""
OD_AGE_MAX_S = 120.0
"""An older density is none to act on."""


class Feeding(NamedTuple):
    """What the laws remember."""

    debt: Debt = NOTHING
    rate_per_h: float = 0.0
    """Dilution rate in force since the debt was last added up."""
    od_s: float = -inf
    """Moment of the newest od600 that was looked at."""
    fresh: int = FRESH_READINGS
    """Values of od600 since the last exchange."""


class Wish(NamedTuple):
    """What the law wants now."""

    feeding: Feeding
    cause: str = ""
    """Why an exchange is due, in plain words; empty if none is."""
    look_again_s: float = inf


def wish(feeding: Feeding, view: View, now_s: float) -> Wish:
    """Return whether an exchange is due, by the automation that the profile wants."""
    if view.automation == "chemostat":
        return _chemostat(feeding, view, now_s)
    if view.automation == "turbidostat":
        return _turbidostat(feeding, view, now_s)
    idle = feeding.debt is NOTHING and feeding.rate_per_h == 0.0
    return Wish(feeding if idle else feeding._replace(debt=NOTHING, rate_per_h=0.0))


def rest(feeding: Feeding) -> Feeding:
    """Stand still while the vessel is paused."""
    return feeding._replace(debt=stand(feeding.debt))


def fed(feeding: Feeding, added_ml: float, own: bool) -> Feeding:
    """Take an exchange into account; what somebody else asked for pays no debt."""
    debt = pay(feeding.debt, added_ml) if own else feeding.debt
    return feeding._replace(debt=debt, fresh=0)


def exchange_ml(view: View) -> float:
    """Return the volume of one exchange."""
    return float(view.settings.get("exchange") or EXCHANGE_ML)


def _chemostat(feeding: Feeding, view: View, now_s: float) -> Wish:
    volume_ml, portion_ml = view.account.nominal_ml, exchange_ml(view)
    rate_per_h = float(view.settings.get("dilution_rate") or 0.0)
    debt = accrue(feeding.debt, feeding.rate_per_h, volume_ml, portion_ml, now_s)
    feeding = Feeding(debt, rate_per_h, feeding.od_s, feeding.fresh)
    missing_s = due_in_s(debt, rate_per_h, volume_ml, portion_ml)
    if missing_s > 0.0:
        return Wish(feeding, look_again_s=now_s + missing_s)
    return Wish(feeding, f"{portion_ml:g} mL are due at {rate_per_h:g} /h")


def _turbidostat(feeding: Feeding, view: View, now_s: float) -> Wish:
    newest, target_od600 = view.signals.get("od600"), view.settings.get("target_od600")
    if newest is None or target_od600 is None:
        return Wish(feeding, look_again_s=now_s + MISSED_S)
    if newest.at_s > feeding.od_s:
        fresh = min(feeding.fresh + 1, FRESH_READINGS)
        feeding = Feeding(feeding.debt, feeding.rate_per_h, newest.at_s, fresh)
    od600 = float(newest.value)
    trigger = trigger_od600(float(target_od600), exchange_ml(view), view.account.nominal_ml)
    old = now_s - newest.at_s > min(newest.max_age_s, OD_AGE_MAX_S)
    if old or feeding.fresh < FRESH_READINGS or od600 < trigger:
        return Wish(feeding, look_again_s=now_s + MISSED_S)
    return Wish(feeding, f"od600 {od600:.3f} reached {trigger:.3f}", now_s + MISSED_S)
