"""Second switches: relays in the supply of a heater or of the pumps, against a first that sticks.

A transistor that fails mostly fails closed, and no command opens it again. A relay before it is
closed only while what it feeds has a reason to be on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

PUMP_RELAY = "pump_relay"
"""Feeds all pumps of its reactor."""
SUFFIX = "_relay"
"""`heater_relay` feeds `heater`, and so on."""


class Relays:
    """Which relays there are, and which of them are closed."""

    def __init__(self, outputs: Iterable[str], pumps: Iterable[str]) -> None:
        known, pumps = set(outputs), list(pumps)
        self.feeds: Mapping[str, tuple[str, ...]] = {
            relay: fed for relay in sorted(known) if (fed := _fed_by(relay, known, pumps))
        }
        """Relay → what has no current without it."""
        self._closed = dict.fromkeys(self.feeds, False)

    def moved(self, is_on: Callable[[str], bool]) -> dict[str, bool]:
        """The relays that have to move now, and whether they close."""
        moved = {}
        for relay, fed in self.feeds.items():
            closed = any(map(is_on, fed))
            if closed is not self._closed[relay]:
                moved[relay] = self._closed[relay] = closed
        return moved


def _fed_by(relay: str, outputs: set[str], pumps: list[str]) -> tuple[str, ...]:
    reactor, slash, name = relay.rpartition("/")
    if name == PUMP_RELAY:
        return tuple(pump for pump in pumps if pump.rpartition("/")[0] == reactor)
    fed = f"{reactor}{slash}{name.removesuffix(SUFFIX)}"
    return (fed,) if name.endswith(SUFFIX) and fed in outputs else ()
