"""The least that could be called the bench's fortnight: cultures, laws, ten lambdas and a list.

The same physics, the same sensors with their noise, the laws of `control` and ten rules as plain
Python over a dict, in one hand-written loop. There is no plan, no ledger, no trace, no limit and no
way to change anything while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestrator.control.growth import begin, observe
from orchestrator.control.median import median_of_three
from orchestrator.control.pi import Loop
from orchestrator.control.stirrer import START, spin
from orchestrator.control.thermostat import heat
from orchestrator.control.turbidostat import trigger_od600
from orchestrator.sim.reactor import Reactor

TICK_S = 5.0
VOLUME_ML = 15.0
TARGET_OD600, EXCHANGE_ML = 0.8, 1.0
FROM_C, TO_C, WARM_UP_S = 30.0, 37.0, 864_000.0
STIRRING_RPM = 500.0
LEAST_DUTY = 0.005
Rule = Callable[[Mapping[str, float]], bool]
RULES: tuple[Rule, ...] = (
    lambda seen: seen["od600"] > 1.6,
    lambda seen: seen["phase"] == 1.0 and seen["od600"] < 0.3,
    lambda seen: seen["growth_rate"] < 0.05,
    lambda seen: seen["growth_rate"] > 1.5,
    lambda seen: seen["temperature"] < 28,
    lambda seen: seen["temperature"] > seen["target"] + 1,
    lambda seen: seen["volume"] > 17,
    lambda seen: seen["volume"] < 13,
    lambda seen: seen["stirring"] < 100,
    lambda seen: seen["elapsed"] > 500 * 3600,
)


def live(seed: int, for_s: float) -> int:
    """Keep one culture for so long; answer what was written down."""
    reactor = Reactor(seed=seed, inoculated=True)
    blank_v = reactor.apparatus.photodiode.blank_v
    gain = 1.0 / reactor.apparatus.photodiode.volts_per_od600
    trigger = trigger_od600(TARGET_OD600, EXCHANGE_ML, VOLUME_ML)
    pump_s = 60.0 * EXCHANGE_ML / reactor.apparatus.waste_pump.flow_ml_min
    loop, heated, spinning, estimate = Loop(), 0.0, START, begin(0.02, 0.0)
    raw = (blank_v, blank_v, blank_v)
    seen = {"phase": 1.0, "volume": VOLUME_ML, "stirring": 0.0}
    written: list[tuple[float, str, float]] = []
    for tick in range(1, int(for_s / TICK_S) + 1):
        now_s = TICK_S * tick
        raw = (*raw[1:], reactor.read("photodiode", now_s))
        od600 = (median_of_three(*raw) - blank_v) * gain
        estimate = observe(estimate, od600, now_s)
        if od600 >= trigger:
            reactor.drive("waste_pump", 1.0, now_s, off_at_s=now_s + pump_s)
            reactor.drive("feed_pump", 1.0, now_s, off_at_s=now_s + pump_s)
        target_c = FROM_C + (TO_C - FROM_C) * min(1.0, now_s / WARM_UP_S)
        measured_c = reactor.read("thermometer", now_s)
        loop, duty = heat(loop, target_c, measured_c, now_s)
        if abs(duty - heated) >= LEAST_DUTY:
            reactor.drive("heater", duty, now_s)
            heated = duty
        if tick % 2 == 0:
            rpm = reactor.read("tachometer", now_s)
            stirred, spinning = spinning.duty, spin(spinning, STIRRING_RPM, rpm, now_s)
            if spinning.duty != stirred:
                reactor.drive("stirrer", spinning.duty, now_s)
            seen["stirring"] = rpm
        seen["od600"], seen["growth_rate"] = od600, estimate.rate_per_h
        seen["temperature"], seen["target"], seen["elapsed"] = measured_c, target_c, now_s
        for rule in RULES:
            rule(seen)
        for name in ("od600", "growth_rate", "temperature", "target", "stirring"):
            written.append((now_s, name, seen[name]))
    return len(written)
