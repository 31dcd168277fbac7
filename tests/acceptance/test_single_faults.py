"""With any single device stuck, silent or lying nothing overflows and no heater runs away.

A reactor for each case, all in one rehearsed night under one worker: a turbidostat at 37 °C, or a
warm vessel where no liquid is concerned, which goes well for a while before one device breaks. Each
has a level sensor and second switches for heater and pumps: what software cannot switch off, and
what nobody measures, it cannot mend.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.sim.apparatus import Apparatus, LevelProbe
from orchestrator.sim.organism import E_COLI
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.worker_rig import ATTEMPT, World, order, phase, slice_of, step, turbidostat

pytestmark = pytest.mark.timeout(180)

SOUND_H, BROKEN_H, SLOWLY_H = 0.75, 1.25, 4.0
USED_TO_HEAT_H = 2.25
"""So long all is well where the heat is concerned: by then it is known how much a vessel takes."""
SLOW = ("drifting", "wearing")
LOOK_S = 120.0
APPARATUS = Apparatus(level=LevelProbe(), relays=("heater_relay", "pump_relay"))
JOBS = {
    "stirring": {"settings": {"target": 500.0}},
    "od_reading": {"settings": {"interval": 10.0, "uncalibrated": False}},
    "temperature": {"automation": "thermostat", "settings": {"target": 37.0}},
    "level": {"settings": {"interval": 30.0}},
    "dosing": turbidostat(),
}
WARM = {name: JOBS[name] for name in ("stirring", "temperature")}
HEAT = ("heater", "heater_relay", "thermometer")
DRY = (*HEAT, "stirrer", "tachometer")
"""Devices that no liquid depends on: their vessels are stirred and kept warm, and that is all."""
LIMITS = {"dosing.per_hour": 30.0, "temperature.maximum": 45.0}
HOTTEST_C = 45.0
"""More than a thermostat at 37 °C may come to by any one fault."""

Fault = Callable[[Physics, float, float], None]
"""Takes the reactor, the moment and the hours since the device broke."""


def stuck(duty: float) -> Callable[[str], Fault]:
    return lambda device: lambda physics, now_s, _: physics.stick(device, duty, now_s)


def silent(device: str) -> Fault:
    return lambda physics, _now_s, _h: setattr(physics.sensors[device], "dead", True)


def shown(change: Callable[[float], tuple[float, float]]) -> Callable[[str], Fault]:
    """A sensor that shows gain · truth + offset, as its fault has it after some hours."""

    def fault(device: str) -> Fault:
        def act(physics: Physics, _now_s: float, hours: float) -> None:
            sensor = physics.sensors[device]
            sensor.gain_factor, sensor.offset = change(hours)

        return act

    return fault


def frozen(value: float) -> Callable[[str], Fault]:
    return lambda device: (
        lambda physics, _s, _h: setattr(physics.sensors[device], "stuck_at", value)
    )


def moves(share: Callable[[float], float]) -> Callable[[str], Fault]:
    """A pump that moves this share of what its calibration says."""
    return lambda device: (
        lambda physics, now_s, hours: physics.miscalibrate(device, share(hours), now_s)
    )


def by_a_factor(*, drift_per_h: float, stuck_at: float) -> Mapping[str, Callable[[str], Fault]]:
    """What becomes of a sensor that shows too much or too little by a factor."""
    return {
        "silent": silent,
        "lying high": shown(lambda _: (2.0, 0.0)),
        "lying low": shown(lambda _: (0.5, 0.0)),
        "drifting": shown(lambda hours: (1.0 + drift_per_h * hours, 0.0)),
        "stuck": frozen(stuck_at),
    }


PUMP: Final[Mapping[str, Callable[[str], Fault]]] = {
    "stuck on": stuck(1.0),
    "stuck off": stuck(0.0),
    "moving more": moves(lambda _: 1.6),
    "moving less": moves(lambda _: 0.5),
    "wearing": moves(lambda hours: 1.0 - 0.18 * hours),
}
OUTPUT = {"stuck on": stuck(1.0), "stuck off": stuck(0.0)}
FAULTS: Final[Mapping[str, Mapping[str, Callable[[str], Fault]]]] = {
    "feed_pump": PUMP,
    "waste_pump": PUMP,
    "heater": OUTPUT,
    "heater_relay": OUTPUT,
    "pump_relay": OUTPUT,
    "stirrer": OUTPUT,
    "led_a": OUTPUT,
    "air_valve": OUTPUT,
    "thermometer": {
        "silent": silent,
        "lying high": shown(lambda _: (1.0, 10.0)),
        "lying low": shown(lambda _: (1.0, -10.0)),
        "drifting up": shown(lambda hours: (1.0, 2.0 * hours)),
        "drifting down": shown(lambda hours: (1.0, -2.0 * hours)),
        "stuck": frozen(35.0),
    },
    "photodiode": by_a_factor(drift_per_h=0.1, stuck_at=0.2),
    "tachometer": by_a_factor(drift_per_h=0.15, stuck_at=100.0),
    "level_probe": {
        "silent": silent,
        "lying high": shown(lambda _: (1.0, 0.4)),
        "lying low": shown(lambda _: (1.0, -0.4)),
        "drifting": shown(lambda hours: (1.0 + 0.05 * hours, 0.0)),
        "stuck": frozen(1.2),
    },
}
UNSEEN: Final = {
    ("led_a", "stuck on"): "nothing measures a lamp while an experiment runs",
    ("led_a", "stuck off"): "nothing measures a lamp while an experiment runs",
    ("air_valve", "stuck on"): "nothing measures gas",
    ("air_valve", "stuck off"): "nothing measures gas",
    ("heater_relay", "stuck on"): "the heater itself still goes off",
    ("pump_relay", "stuck on"): "the pumps themselves still go off",
    ("waste_pump", "moving more"): "the end of the waste tube bounds what it takes",
    ("photodiode", "drifting"): "there is no other witness of density",
}
"""Faults that nobody is told of, and why; they do no harm but to the result."""
ALSO_NAMED: Final = {"heater_relay": "heater", "pump_relay": "feed_pump"}
"""What is behind a relay is what fails to those who look."""
CASES: Final = [(device, fault) for device, faults in FAULTS.items() for fault in faults]


@dataclass
class Night:
    """What became of one reactor."""

    hottest_c: float = 0.0
    overflow_ml: float = 0.0
    alerts_before: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)


def name_of(device: str, fault: str) -> str:
    return f"{device} {fault}".replace(" ", "_")


async def rehearse_all() -> dict[tuple[str, str], Night]:
    world, nights = World(()), {case: Night() for case in CASES}
    names = {case: name_of(*case) for case in CASES}
    world.physics = {
        name: Physics(E_COLI, APPARATUS, seed=number) for number, name in enumerate(names.values())
    }
    worker = world.worker()
    async with world.working(worker):
        blank, hold = phase("blank", do=[step("blank")]), phase("hold", duration_s=90_000.0)
        orders = [
            order(
                slice_of(hold, jobs=WARM, limits=LIMITS, vessel=name)
                if device in DRY
                else slice_of(blank, hold, jobs=JOBS, limits=LIMITS, vessel=name),
                reactor=name,
            )
            for (device, _), name in names.items()
        ]
        assert (await world.take(worker, *orders)).accepted
        await world.advance(min=10)
        for physics in world.physics.values():
            physics.inoculate(world.clock.now().monotonic_s, 0.27)
        began_s, sound, broken = world.clock.now().monotonic_s, set(CASES), set[tuple[str, str]]()
        while sound or broken:
            now_s = world.clock.now().monotonic_s
            hours = (now_s - began_s) / 3600.0
            for case in sorted(sound):
                if hours >= sound_h(case):
                    nights[case].alerts_before = await alerts(world, names[case])
                    sound.remove(case)
                    broken.add(case)
            for device, fault in sorted(broken):
                case, name = (device, fault), names[device, fault]
                since_h = hours - sound_h(case)
                look(
                    nights[case], world.physics[name], FAULTS[device][fault](device), now_s, since_h
                )
                if since_h >= (SLOWLY_H if fault.startswith(SLOW) else BROKEN_H):
                    nights[case].alerts = await alerts(world, name)
                    unit = worker.vessels.of(ATTEMPT, name)
                    assert unit is not None
                    unit.cancel("anna")
                    broken.remove(case)
            await world.advance(s=LOOK_S)
    return nights


def sound_h(case: tuple[str, str]) -> float:
    """For how long all is well."""
    return USED_TO_HEAT_H if case[0] in HEAT else SOUND_H


def look(night: Night, physics: Physics, fault: Fault, now_s: float, hours: float) -> None:
    """Let the device be as broken as it is by now, and see how the vessel is."""
    fault(physics, now_s, hours)
    truth = physics.truth(now_s)
    night.hottest_c = max(night.hottest_c, truth["sim.temperature_c"])
    night.overflow_ml = truth["sim.overflow_ml"]


async def alerts(world: World, vessel: str) -> list[str]:
    entries = await world.entries(Kind.ALERT, run=f"{ATTEMPT}:{vessel}")
    return [str(entry.data["text"]) for entry in entries]


@pytest.fixture(scope="module")
def nights() -> Iterator[dict[tuple[str, str], Night]]:
    yield asyncio.run(rehearse_all())


@pytest.mark.parametrize(("device", "fault"), CASES, ids=[name_of(*case) for case in CASES])
def test_one_broken_device_does_no_harm_and_the_alert_names_it(
    nights: dict[tuple[str, str], Night], device: str, fault: str
) -> None:
    night = nights[device, fault]
    assert night.alerts_before == [], "while all is well nobody is told anything"
    assert night.overflow_ml == 0.0
    assert night.hottest_c < HOTTEST_C
    if (device, fault) in UNSEEN:
        return
    named = (device, ALSO_NAMED.get(device, device))
    assert any(name in text for text in night.alerts for name in named), night.alerts
