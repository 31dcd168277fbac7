"""Feeding at a constant dilution rate D = F/V: what is owed adds up and is paid in whole exchanges.

J. Monod, Ann. Inst. Pasteur 79 (1950) 390-410; A. Novick, L. Szilard, Science 112 (1950) 715-716.
Owing what the rate demands, rather than waiting a computed interval, keeps the mean rate exact over
any number of exchanges, through changes of the rate, and where a pump moved less than was asked.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

EXCHANGES_OWED_MAX = 1.5
"""More is not made up for: after an outage the culture gets its rate back, not a flood."""


class Debt(NamedTuple):
    """What the culture is owed."""

    owed_ml: float = 0.0
    at_s: float | None = None
    """Up to when it was added up; None while nothing is to accrue."""


NOTHING = Debt()


def accrue(
    debt: Debt, dilution_rate_per_h: float, volume_ml: float, exchange_ml: float, now_s: float
) -> Debt:
    """Return the debt at `now_s`, where the rate has applied since it was last added up."""
    passed_s = 0.0 if debt.at_s is None else max(0.0, now_s - debt.at_s)
    owed_ml = debt.owed_ml + dilution_rate_per_h * volume_ml * passed_s / 3600.0
    return Debt(min(owed_ml, EXCHANGES_OWED_MAX * exchange_ml), now_s)


def stand(debt: Debt) -> Debt:
    """Return a debt that does not grow (the vessel is paused) until it accrues again."""
    return Debt(debt.owed_ml, None)


def pay(debt: Debt, added_ml: float) -> Debt:
    """Return what is left to owe once so much has been fed."""
    return Debt(debt.owed_ml - added_ml, debt.at_s)


def due_in_s(debt: Debt, dilution_rate_per_h: float, volume_ml: float, exchange_ml: float) -> float:
    """Return the seconds until a whole exchange is owed, 0 if it is, infinity without a rate."""
    missing_ml = exchange_ml - debt.owed_ml
    if missing_ml <= 1e-9 * exchange_ml:
        return 0.0
    flow_ml_h = dilution_rate_per_h * volume_ml
    return missing_ml / flow_ml_h * 3600.0 if flow_ml_h > 0.0 else inf
