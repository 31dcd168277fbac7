"""Holding a culture's density: when it has grown past the trigger, a part is exchanged for medium.

V. Bryson, W. Szybalski: Microbial selection, Science 116 (1952) 45-51. Between two exchanges the
density climbs exponentially from trigger·(1−r) to trigger, with r = exchange/volume. The mean over
time of such a tooth is trigger·r/−ln(1−r), so this trigger puts the mean on the target.
"""

from __future__ import annotations

from math import log1p

SHARE_MAX = 0.9
"""An exchange takes at most this share of the vessel."""


def trigger_od600(target_od600: float, exchange_ml: float, volume_ml: float) -> float:
    """Return the density at which to exchange, about target·(1 + ½·exchange/volume)."""
    if volume_ml <= 0.0 or exchange_ml <= 0.0:
        return target_od600
    share = min(exchange_ml / volume_ml, SHARE_MAX)
    return -target_od600 * log1p(-share) / share
