"""Every law, disturbed and mended again: nothing overflows, somebody is told, and it goes on.

All in one rehearsed night under one worker, a vessel for each law and disturbance. The room is at
37 °C, so that only the vessels of the thermostat heat. As in `test_single_faults` each has a level
sensor and second switches for heater and pumps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any, Final

import pytest

from orchestrator.model.canonical import plain
from orchestrator.model.ledger import Kind
from orchestrator.sim.apparatus import Apparatus, Heater, LevelProbe, MediumPump
from orchestrator.sim.organism import E_COLI, Disturbances
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.plan_files import plan_of
from tests.support.worker_rig import ATTEMPT, World, order

pytestmark = pytest.mark.timeout(180)

INOCULATED_S, WAIT_S = 300.0, 600.0
SOUND_S, BROKEN_S, DROPOUT_S, MENDED_S = 2400.0, 3600.0, 7200.0, 3600.0
LATELY_S = 1800.0
LOOK_S = 300.0
VOLUME_ML = 15.0
Case = tuple[str, str]
Disturb = Callable[[Physics, float, bool], None]
"""Takes the reactor, the moment, and whether it is disturbed or mended."""


def stuck(pump: str, duty: float) -> Disturb:
    return lambda physics, now_s, on: physics.stick(pump, duty if on else None, now_s)


def empty(physics: Physics, now_s: float, on: bool) -> None:
    """The books know of a litre; there is next to nothing, until somebody brings it."""
    physics.advance(now_s)
    for pump in physics.media_pumps.values():
        pump.bottle_ml = 0.1 if on else 1000.0


def silent(sensor: str) -> Disturb:
    return lambda physics, _, on: setattr(physics.sensors[sensor], "dead", on)


def feeds(share: float) -> Disturb:
    def act(physics: Physics, now_s: float, on: bool) -> None:
        for pump in physics.media_pumps:
            physics.miscalibrate(pump, share if on else 1.0, now_s)

    return act


def nothing_more(_physics: Physics, _now_s: float, _on: bool) -> None:
    """Bubbles come from the culture, all night long."""


DISTURB: Final[Mapping[str, Disturb]] = {
    "bubbles": nothing_more,
    "feed stuck on": stuck("feed_pump", 1.0),
    "feed stuck off": stuck("feed_pump", 0.0),
    "waste stuck on": stuck("waste_pump", 1.0),
    "waste stuck off": stuck("waste_pump", 0.0),
    "empty bottle": empty,
    "dropout": silent("photodiode"),
    "feed + 20 %": feeds(1.2),
    "feed - 20 %": feeds(0.8),
}
OTHERWISE: Final[Mapping[Case, Disturb]] = {
    ("thermostat", "dropout"): silent("thermometer"),
    ("morbidostat", "feed stuck off"): stuck("drug_pump", 0.0),
}
"""It gives drug as long as the culture grows, which it does here."""
SURPLUS: Final = ("feed stuck on", "waste stuck off", "feed + 20 %")
"""Who mends these takes out what is too much: until then nothing more is let in."""
LAWS: Final[Mapping[str, str]] = {
    "thermostat": "temperature: {automation: thermostat, target: 37 °C}",
    "chemostat": "dosing: {automation: chemostat, dilution_rate: 0.6 /h, exchange: 0.5 mL}",
    "turbidostat": "dosing: {automation: turbidostat, target_od600: 0.6, exchange: 1 mL}",
    "pid": "dosing: {automation: pid, signal: od600, target: 0.6, medium: feed, gain: 60,"
    " maximum_flow: 50 mL/h, integral_time: 1 h, exchange: 0.5 mL}",
    "morbidostat": "dosing: {automation: morbidostat, interval: 6 min, exchange: 1 mL}",
    "fed_batch": "dosing: {automation: fed_batch, growth_rate: 0.25 /h, biomass: 0.23 g/L,"
    " start_volume: 15 mL, feed_concentration: 2.5 g/L}",
}
PROFILE = """\
axenic: profile/1
name: Disturbed
vessels: {{{vessels}}}
media: {{feed: {{bottle: 1 L}}, drug: {{bottle: 1 L}}, waste: {{bottle: 6 L}}}}
limits: {{dosing: {{per_hour: 60 mL}}}}
jobs: {{od_reading: {{interval: 10 s}}, level: {{interval: 30 s}}, {more}{law}}}
phases:
  - {{name: blank, do: [{{blank: {{}}}}]}}
  - {{name: wait, duration: 10 min}}
  - {{name: hold, duration: 2 d}}
"""
CASES: Final[list[Case]] = [
    (law, what)
    for law in LAWS
    for what in (("bubbles", "dropout") if law == "thermostat" else DISTURB)
]
TOLD: Final[Mapping[str, str]] = {
    "feed stuck on": "does not go off",
    "feed stuck off": "brings too little",
    "waste stuck on": "takes out too much",
    "waste stuck off": "takes out too little",
    "empty bottle": "is a bottle empty?",
    "dropout": "is silent",
    "feed + 20 %": "brings too much",
    "feed - 20 %": "brings too little",
}
PASSED_OVER = "the median of three readings passes over what is gone at the next"
CURRENT = "a dose ends with the current of all pumps, whatever sticks"
DRAINS_NOTHING = "it takes nothing out, and the pump has no current"
SMALL = "in an hour it makes less than a level sensor can tell"
UNSEEN: Final[Mapping[Case, str]] = {
    **{(law, "bubbles"): PASSED_OVER for law in LAWS},
    ("fed_batch", "feed stuck on"): CURRENT,
    ("fed_batch", "waste stuck off"): DRAINS_NOTHING,
    ("fed_batch", "feed + 20 %"): SMALL,
    ("fed_batch", "feed - 20 %"): SMALL,
}
"""What nobody is told of, and why; it does no harm but to the result."""


@dataclass
class Night:
    """What became of one vessel, look by look."""

    truths: list[Mapping[str, float]] = field(default_factory=list)
    alerts_before: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    """By the time it was mended."""

    def at_last(self, name: str) -> float:
        return self.truths[-1][name]

    def lately_fed_ml(self) -> float:
        """In the last half hour."""
        return self.at_last("sim.fed_ml") - self.truths[-1 - int(LATELY_S / LOOK_S)]["sim.fed_ml"]


def mended_s(case: Case) -> float:
    return SOUND_S + (DROPOUT_S if case[1] == "dropout" else BROKEN_S)


def name_of(case: Case) -> str:
    law, what = case
    what = what.replace("+", "more").replace("-", "less").replace(" %", "")
    return f"{law}_{what}".replace(" ", "_")


def slices() -> dict[str, dict[str, Any]]:
    """A profile for each law, with a vessel for each disturbance."""
    found: dict[str, dict[str, Any]] = {}
    for law, setup in LAWS.items():
        names = [name_of(case) for case in CASES if case[0] == law]
        text = PROFILE.format(
            vessels=", ".join(f"{name}: {{volume: 15 mL}}" for name in names),
            more="growth_rate: {}, " if law == "morbidostat" else "",
            law=setup,
        )
        found |= {slice_.vessel: plain(slice_) for slice_ in plan_of(text).vessels}
    return found


def vessel(case: Case, seed: int) -> Physics:
    law, what = case
    apparatus = Apparatus(
        heater=Heater() if law == "thermostat" else Heater(ambient_c=37.0),
        level=LevelProbe(),
        relays=("heater_relay", "pump_relay"),
        media_pumps={"feed_pump": MediumPump(), "drug_pump": MediumPump()},
    )
    rough = Disturbances(bubbles_per_h=20.0, bubble_od600=1.0, bubble_s=9.0)
    organism = replace(E_COLI, disturbances=rough if what == "bubbles" else Disturbances())
    return Physics(organism, apparatus, seed=seed)


async def rehearse_all() -> dict[Case, Night]:
    world, nights, planned = World(()), {case: Night() for case in CASES}, slices()
    world.physics = {name_of(case): vessel(case, seed) for seed, case in enumerate(CASES)}
    worker = world.worker()
    async with world.working(worker):
        orders = [order(slice_, reactor=name) for name, slice_ in planned.items()]
        assert (await world.take(worker, *orders)).accepted
        await world.advance(s=INOCULATED_S)
        for physics in world.physics.values():
            physics.inoculate(world.clock.now().monotonic_s, 0.23)
        began_s, going = world.clock.now().monotonic_s, set(CASES)
        while going:
            now_s = world.clock.now().monotonic_s
            for case in sorted(going):
                await look(world, case, nights[case], now_s, now_s - began_s)
                if now_s - began_s >= mended_s(case) + MENDED_S:
                    unit = worker.vessels.of(ATTEMPT, name_of(case))
                    assert unit is not None
                    unit.cancel("anna")
                    going.remove(case)
            await world.advance(s=LOOK_S)
    return nights


async def look(world: World, case: Case, night: Night, now_s: float, passed_s: float) -> None:
    """See how the vessel is, and disturb or mend it when it is time."""
    physics = world.physics[name_of(case)]
    disturb = OTHERWISE.get(case, DISTURB[case[1]])
    if passed_s == SOUND_S:
        night.alerts_before = await alerts(world, case)
        disturb(physics, now_s, True)
    if passed_s == mended_s(case):
        night.alerts = await alerts(world, case)
        disturb(physics, now_s, False)
        if case[1] in SURPLUS and case[0] != "fed_batch":
            surplus_ml = physics.truth(now_s)["sim.volume_ml"] - VOLUME_ML
            physics.remove_sample(max(0.0, surplus_ml), now_s)
    night.truths.append(physics.truth(now_s))


async def alerts(world: World, case: Case) -> list[str]:
    entries = await world.entries(Kind.ALERT, run=f"{ATTEMPT}:{name_of(case)}")
    return [str(entry.data["text"]) for entry in entries]


@pytest.fixture(scope="module")
def nights() -> Iterator[dict[Case, Night]]:
    yield asyncio.run(rehearse_all())


def fed_by_formula_ml(case: Case) -> float:
    """What a fed batch is to get in the last half hour: B·V / (Y·S) · exp(µ·t), end minus begin."""
    end_h = (mended_s(case) + MENDED_S - (WAIT_S - INOCULATED_S)) / 3600.0
    scale_ml = 0.23 * 15.0 / (0.5 * 2.5)
    return scale_ml * (exp(0.25 * end_h) - exp(0.25 * (end_h - LATELY_S / 3600.0)))


def goes_on(case: Case, night: Night) -> None:
    """Assert that by the end its law holds what it is to hold."""
    law = case[0]
    if law == "thermostat":
        assert night.at_last("sim.temperature_c") == pytest.approx(37.0, abs=0.3)
    elif law == "chemostat":
        assert night.lately_fed_ml() == pytest.approx(0.6 * VOLUME_ML / 2.0, abs=0.6)
    elif law == "turbidostat":
        assert night.at_last("sim.od600") == pytest.approx(0.6, rel=0.12)
    elif law == "pid":
        assert night.at_last("sim.od600") == pytest.approx(0.6, rel=0.25)
    elif law == "morbidostat":
        assert night.lately_fed_ml() == pytest.approx(5.0)
    else:
        assert night.lately_fed_ml() == pytest.approx(fed_by_formula_ml(case), abs=0.12)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_disturbed_law_floods_nothing_says_so_and_goes_on_when_it_is_mended(
    nights: dict[Case, Night], case: Case
) -> None:
    night = nights[case]
    assert night.alerts_before == [], "while all is well nobody is told anything"
    assert night.at_last("sim.overflow_ml") == 0.0
    assert max(each["sim.temperature_c"] for each in night.truths) < 38.0
    if case in UNSEEN:
        assert night.alerts == [], UNSEEN[case]
    else:
        assert any(TOLD[case[1]] in text for text in night.alerts), night.alerts
    goes_on(case, night)
