"""How fast a culture is being diluted, read off its recent exchanges.

Exchanges come in lumps. Dividing by the time between the first and the last, rather than by a fixed
window, gives the rate without the jitter of how many lumps happen to lie inside.
"""

from __future__ import annotations

WINDOW_S = 3600.0
EXCHANGES_MAX = 500
"""More than one every seven seconds for the whole window: a bound, not a limit anybody meets."""

Feeds = tuple[tuple[float, float], ...]
"""(moment, millilitres fed), oldest first."""


def remember_feed(feeds: Feeds, at_s: float, added_ml: float) -> Feeds:
    """Return the feeds of the last window, with one more."""
    kept = tuple(each for each in feeds if each[0] > at_s - WINDOW_S)
    return (*kept, (at_s, added_ml))[-EXCHANGES_MAX:]


def dilution_rate_per_h(feeds: Feeds, volume_ml: float, now_s: float) -> float:
    """Return D = F/V over the last hour; it fades once the next exchange is overdue."""
    recent = [each for each in feeds if each[0] > now_s - WINDOW_S]
    if not recent or volume_ml <= 0.0:
        return 0.0
    first_s, last_s = recent[0][0], recent[-1][0]
    if last_s <= first_s:
        return sum(added_ml for _, added_ml in recent) / volume_ml * 3600.0 / WINDOW_S
    usual_s = (last_s - first_s) / (len(recent) - 1)
    overdue_s = max(0.0, now_s - last_s - 1.5 * usual_s)
    fed_ml = sum(added_ml for _, added_ml in recent[1:])
    return fed_ml / volume_ml * 3600.0 / (last_s - first_s + overdue_s)
