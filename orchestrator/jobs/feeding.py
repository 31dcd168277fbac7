"""The laws that dosing follows by itself: when to exchange, and why."""

from __future__ import annotations

from math import inf

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.control import pi, pid
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
IN_A_ROW = 5
"""After so many exchanges the culture has to be thinner,"""
THINNER = 0.97
"""by this factor at least, or they do not reach it."""
PID_LOOK_S = 10.0
PID_AGE_MAX_S = 600.0
"""An older value is none to act on, whatever the signal's own age may be."""
PID_STEP_S_MAX = 60.0
"""After a gap in the signal no more time than this is integrated."""
PID_INTEGRAL_S = 1800.0


class Feeding(Struct, frozen=True):
    """What the laws remember."""

    debt: Debt = NOTHING
    rate_per_h: float = 0.0
    """Dilution rate in force since the debt was last added up."""
    od_s: float = -inf
    """Moment of the newest od600 that was looked at."""
    fresh: int = FRESH_READINGS
    """Values of od600 since the last exchange."""
    pid: pid.Pid = pid.START
    row: int = 0
    """A turbidostat's exchanges since the culture was last thin enough,"""
    row_od600: float = 0.0
    """and how dense it was before the first of them; 0 once somebody was told."""


class Wish(Struct, frozen=True):
    """What the law wants now."""

    feeding: Feeding
    cause: str = ""
    """Why an exchange is due, in plain words; empty if none is."""
    look_again_s: float = inf
    trouble: str = ""
    """What a person should know, in plain words."""


def wish(feeding: Feeding, view: View, now_s: float) -> Wish:
    """Return whether an exchange is due, by the automation that the profile wants."""
    if view.automation == "chemostat":
        return _chemostat(feeding, view, now_s)
    if view.automation == "turbidostat":
        return _turbidostat(feeding, view, now_s)
    if view.automation == "pid":
        return _pid(feeding, view, now_s)
    idle = feeding.debt is NOTHING and feeding.rate_per_h == 0.0
    return Wish(feeding if idle else replace(feeding, debt=NOTHING, rate_per_h=0.0))


def rest(feeding: Feeding) -> Feeding:
    """Stand still while the vessel is paused."""
    return replace(feeding, debt=stand(feeding.debt))


def fed(feeding: Feeding, added_ml: float, own: bool) -> Feeding:
    """Take an exchange into account; what somebody else asked for pays no debt."""
    debt = pay(feeding.debt, added_ml) if own else feeding.debt
    return replace(feeding, debt=debt, fresh=0, row=feeding.row + (own and added_ml > 0.0))


def exchange_ml(view: View) -> float:
    """Return the volume of one exchange."""
    return float(view.settings.get("exchange") or EXCHANGE_ML)


def _chemostat(feeding: Feeding, view: View, now_s: float) -> Wish:
    account, portion_ml = view.account, exchange_ml(view)
    volume_ml = min(account.volume_ml, account.nominal_ml)  # less, once the waste tube levelled it
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
        feeding = replace(feeding, od_s=newest.at_s, fresh=fresh)
    old = now_s - newest.at_s > min(newest.max_age_s, OD_AGE_MAX_S)
    if old or feeding.fresh < FRESH_READINGS:
        return Wish(feeding, "", now_s + MISSED_S)
    od600 = float(newest.value)
    trigger = trigger_od600(float(target_od600), exchange_ml(view), view.account.nominal_ml)
    if od600 < trigger:
        thin = feeding if feeding.row == 0 else replace(feeding, row=0)
        return Wish(thin, "", now_s + MISSED_S)
    feeding, trouble = _mind_the_row(feeding, od600)
    cause = f"od600 {od600:.3f} reached {trigger:.3f}"
    return Wish(feeding, cause, now_s + MISSED_S, trouble)


def _mind_the_row(feeding: Feeding, od600: float) -> tuple[Feeding, str]:
    """Exchanges that are done by the books, and do not thin the culture, do not reach it."""
    before, row = feeding.row_od600, feeding.row
    if row == 0:
        return replace(feeding, row_od600=od600), ""
    if row < IN_A_ROW or before == 0.0 or od600 < THINNER * before:
        return feeding, ""
    trouble = (
        f"{row} exchanges in a row have not thinned the culture: od600 was {before:.2f} before "
        f"them and is {od600:.2f}. Look at the feed_pump, its bottle and its current, and at the "
        "waste_pump; or the exchange is too small for so fast a culture"
    )
    return replace(feeding, row_od600=0.0), trouble


def _pid(feeding: Feeding, view: View, now_s: float) -> Wish:
    """A flow adds up to a debt that is paid in whole exchanges; a silent signal stops it."""
    settings = view.settings
    name, target = str(settings.get("signal") or ""), settings.get("target")
    newest = view.signals.get(name)
    age_max_s = PID_AGE_MAX_S if newest is None else min(newest.max_age_s, PID_AGE_MAX_S)
    if newest is None or target is None or now_s - newest.at_s > age_max_s:
        still = Feeding(stand(feeding.debt), od_s=feeding.od_s, fresh=feeding.fresh)
        return Wish(still, look_again_s=now_s + PID_LOOK_S)
    volume_ml, portion_ml = view.account.nominal_ml, exchange_ml(view)
    debt = accrue(feeding.debt, feeding.rate_per_h, volume_ml, portion_ml, now_s)
    loop, rate_per_h, value = feeding.pid, feeding.rate_per_h, float(newest.value)
    if loop.loop.at_s is None or newest.at_s > loop.loop.at_s:
        falling = not settings.get("raises")
        tuning = _tuning(view)
        loop, flow_ml_h = pid.regulate(
            loop, tuning, value, float(target), newest.at_s, falling=falling
        )
        rate_per_h = flow_ml_h / volume_ml if volume_ml > 0.0 else 0.0
    after = Feeding(debt, rate_per_h, feeding.od_s, feeding.fresh, loop)
    missing_s = due_in_s(debt, rate_per_h, volume_ml, portion_ml)
    if missing_s > 0.0:
        return Wish(after, look_again_s=now_s + min(missing_s, PID_LOOK_S))
    flow = f"{rate_per_h * volume_ml:.2f} mL/h are due"
    return Wish(after, f"{name} {value:.3f}, {float(target):g} wanted: {flow}", now_s + PID_LOOK_S)


def _tuning(view: View) -> pid.Tuning:
    settings = view.settings
    loop = pi.Tuning(
        gain=float(settings.get("gain") or 0.0),
        integral_time_s=float(settings.get("integral_time") or PID_INTEGRAL_S),
        longest_step_s=PID_STEP_S_MAX,
        high=float(settings.get("maximum_flow") or 0.0),
    )
    return pid.Tuning(loop, float(settings.get("derivative_time") or 0.0))
