"""What is in the laboratory's vessels, as formulas."""

from __future__ import annotations

import math
import random
from typing import Final

BATCH_S: Final = 1500.0
"""When the vessels were inoculated."""
HOLD_S: Final = 22_000.0
"""When the first of them was dense enough."""


def measured(vessel: str, at_s: float, noise: random.Random) -> dict[str, float]:
    """A culture that grows, and is then held at its density."""
    target_c = 30.0 + (max(0.0, at_s - HOLD_S) / 72_000.0 * 6.0 if vessel == "warmed" else 0.0)
    rate = 0.62 + 0.05 * (target_c - 30.0) - (0.1 if at_s < HOLD_S else 0.0)
    grown = 0.05 * math.exp(min(rate * max(0.0, at_s - BATCH_S) / 3600.0, 5.0))
    saw = (at_s * rate / 390.0) % 1.0
    od600 = grown if grown < 0.8 else 0.755 + 0.07 * saw
    rattle = noise.gauss
    known = at_s > BATCH_S + 900.0
    return {
        "od600": max(0.0, od600 + rattle(0, 0.004)),
        "temperature.measured": target_c - 5.0 * math.exp(-at_s / 700.0) + rattle(0, 0.05),
        "temperature.target": target_c,
        "temperature.duty": min(1.0, 0.2 + (target_c - 30.0) * 0.05 + abs(rattle(0, 0.02))),
        "stirring.measured": 500.0 + rattle(0, 4.0),
        "stirring.target": 500.0,
        "volume": 15.0 + (0.5 * saw if od600 > 0.75 else 0.0),
        **({"growth_rate": rate + rattle(0, 0.004)} if known else {}),
        **({"dosing.dilution_rate": rate} if at_s > HOLD_S else {}),
    }
