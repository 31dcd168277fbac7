"""A fortnight passes in a blink: the culture's share of the rehearsal budget in DESIGN.md."""

from __future__ import annotations

from time import process_time

from orchestrator.sim.reactor import Reactor

FORTNIGHT_S = 14.0 * 86_400.0
TICK_S = 5.0
LIMIT_S = 2.0


def test_fourteen_days_of_a_turbidostat_cost_less_than_two_seconds() -> None:
    reactor = Reactor(seed=1, inoculated=True)
    reactor.drive("stirrer", 1 / 3, 0.0)
    reactor.drive("heater", 8 / 35, 0.0)
    begun_s = process_time()
    diluted = 0
    for tick in range(1, int(FORTNIGHT_S / TICK_S) + 1):
        now_s = TICK_S * tick
        reactor.advance(now_s)
        if reactor.culture.od600 > 0.8:
            reactor.drive("feed_pump", 1.0, now_s, off_at_s=now_s + 2.0)
            reactor.drive("waste_pump", 1.0, now_s, off_at_s=now_s + 4.0)
            diluted += 1
    assert process_time() - begun_s < LIMIT_S
    assert diluted > 10_000
