"""Jobs on a simulated vessel, as a worker would run them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import mean

import pytest

from orchestrator.sim.apparatus import Apparatus, Vial
from orchestrator.sim.kinetics import specific_growth_rate_per_h
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

HOUR_S = 3600.0


def rig(physics: Physics, automation: str = "silent", **dosing: float) -> Rig:
    return Rig(
        physics,
        {
            "stirring": Wanted(None, {"target": 500.0}),
            "temperature": Wanted("thermostat", {"target": 30.0}),
            "od_reading": Wanted(None, {"interval": 5.0}),
            "growth_rate": Wanted(),
            "dosing": Wanted(automation, dict(dosing)),
        },
    )


def grown_to(world: Rig, od600: float) -> Rig:
    """Blank, inoculate and wait."""
    world.request("od_reading", "blank")
    world.run(600.0)
    world.physics.inoculate(world.clock.now_s)
    while world.physics.truth()["sim.od600"] < od600:
        world.run(300.0)
    return world


class Hourly:
    """The true density, averaged over time."""

    def __init__(self, world: Rig) -> None:
        self._world, self._seen = world, list[tuple[float, float]]()

    def look(self) -> None:
        truth = self._world.physics.truth()
        self._seen.append((self._world.clock.now_s, truth["sim.od600"]))

    def of_next_hour(self) -> float:
        self._seen.clear()
        self._world.run(HOUR_S, self.look)
        area = sum(
            0.5 * (od + next_od) * (next_s - at_s)
            for (at_s, od), (next_s, next_od) in pairwise(self._seen)
        )
        return area / (self._seen[-1][0] - self._seen[0][0])


def true_rate_per_h(physics: Physics) -> float:
    truth = physics.truth()
    return specific_growth_rate_per_h(
        physics.culture.organism, truth["sim.substrate_g_l"], truth["sim.temperature_c"]
    )


@pytest.mark.parametrize("target_c", [30.0, 37.0, 42.0])
def test_the_thermostat_reaches_its_target_and_holds_it(target_c: float) -> None:
    world = rig(Physics(seed=1))
    world.wanted["temperature"].settings["target"] = target_c
    temperatures_c: list[float] = []
    world.run(HOUR_S, lambda: temperatures_c.append(world.physics.truth()["sim.temperature_c"]))
    assert max(temperatures_c) < target_c + 0.5, "it does not overshoot"
    temperatures_c.clear()
    world.run(HOUR_S, lambda: temperatures_c.append(world.physics.truth()["sim.temperature_c"]))
    assert max(abs(each - target_c) for each in temperatures_c) < 0.2


def test_the_thermostat_follows_a_step_down_as_fast_as_the_room_cools() -> None:
    world = rig(Physics(seed=1))
    world.wanted["temperature"].settings["target"] = 37.0
    world.run(HOUR_S)
    world.wanted["temperature"].settings["target"] = 32.0
    world.run(HOUR_S)
    assert world.physics.truth()["sim.temperature_c"] == pytest.approx(32.0, abs=0.2)


def test_the_stirrer_reaches_a_new_speed_within_seconds_and_holds_it() -> None:
    world = rig(Physics(seed=1))
    world.run(60.0)
    for target_rpm in (500.0, 800.0, 300.0):
        world.wanted["stirring"].settings["target"] = target_rpm
        world.run(40.0)
        speed_rpm = world.physics.truth()["sim.stirring_rpm"]
        assert speed_rpm == pytest.approx(target_rpm, rel=0.03)


@pytest.mark.parametrize("error_factor", [0.9, 1.0, 1.1])
def test_the_turbidostat_keeps_the_hourly_mean_on_its_target(error_factor: float) -> None:
    physics = Physics(seed=2)
    physics.miscalibrate("feed_pump", error_factor, 0.0)
    physics.miscalibrate("waste_pump", 2.0 - error_factor, 0.0)
    world = grown_to(rig(physics, "turbidostat", target_od600=0.8, exchange=1.0), 0.7)
    world.run(2.0 * HOUR_S)
    means = Hourly(world)
    for _ in range(4):
        assert means.of_next_hour() == pytest.approx(0.8, rel=0.03)
    assert physics.truth()["sim.overflow_ml"] == 0.0


def worn(automation: str, **dosing: float) -> Rig:
    """A feed that gives a tenth more than its calibration says, and a waste that takes a tenth
    less, five days long."""
    physics = Physics(seed=8)
    physics.miscalibrate("feed_pump", 1.1, 0.0)
    physics.miscalibrate("waste_pump", 0.9, 0.0)
    wanted = {
        "temperature": Wanted("thermostat", {"target": 37.0}),
        "od_reading": Wanted(None, {"interval": 30.0}),
        "dosing": Wanted(automation, dict(dosing)),
    }
    return grown_to(Rig(physics, wanted), 0.5)


@pytest.mark.parametrize(
    ("automation", "dosing"),
    [
        ("turbidostat", {"target_od600": 0.8, "exchange": 1.0}),
        ("chemostat", {"dilution_rate": 0.4, "exchange": 0.5}),
    ],
)
def test_rule_3_worn_pumps_do_not_let_the_vessel_run_over_in_five_days(
    automation: str, dosing: dict[str, float]
) -> None:
    world = worn(automation, **dosing)
    truth, levels_ml = world.physics.truth, list[float]()
    world.run(5.0 * 24.0 * HOUR_S, lambda: levels_ml.append(truth()["sim.volume_ml"]))
    assert truth()["sim.overflow_ml"] == 0.0
    assert truth()["sim.fed_ml"] > 500.0
    tube_ml = world.physics.apparatus.vial.waste_tube_ml
    assert tube_ml <= min(levels_ml)
    assert max(levels_ml) < 17.0
    assert world.volume_ml == pytest.approx(truth()["sim.volume_ml"], abs=2.0), "so say the books"


def test_without_the_tubes_height_worn_pumps_flood_the_vessel() -> None:
    """What the levelling is for: books alone cannot see it."""
    world = worn("chemostat", dilution_rate=0.4, exchange=0.5)
    world.level = world.level._replace(tube_ml=0.0)
    world.run(24.0 * HOUR_S)
    assert world.physics.truth()["sim.overflow_ml"] > 0.0


def test_an_overgrown_culture_is_brought_down_to_the_target() -> None:
    world = grown_to(rig(Physics(seed=3), "silent"), 2.0)
    world.wanted["dosing"] = Wanted("turbidostat", {"target_od600": 0.8, "exchange": 1.0})
    world.run(2.0 * HOUR_S)
    assert Hourly(world).of_next_hour() == pytest.approx(0.8, rel=0.03)


def test_the_growth_rate_is_right_while_the_turbidostat_dilutes() -> None:
    physics = Physics(seed=4)
    world = grown_to(rig(physics, "turbidostat", target_od600=0.8, exchange=1.0), 0.7)
    world.run(2.0 * HOUR_S)
    errors = []

    def look() -> None:
        told = world.signals["growth_rate"].value
        errors.append(float(told) / true_rate_per_h(physics) - 1.0)

    world.run(4.0 * HOUR_S, look)
    assert abs(mean(errors)) < 0.03
    assert max(map(abs, errors)) < 0.12


def test_the_chemostat_feeds_at_its_rate_without_drift() -> None:
    world = grown_to(rig(Physics(seed=5), "chemostat", dilution_rate=0.4, exchange=0.5), 0.5)
    world.run(HOUR_S)
    before_ml, books = world.physics.truth()["sim.fed_ml"], list[tuple[float, float]]()
    world.run(24.0 * HOUR_S, lambda: books.append((world.clock.now_s, world.volume_ml)))
    fed_ml = world.physics.truth()["sim.fed_ml"] - before_ml
    area = sum(volume_ml * (next_s - at_s) for (at_s, volume_ml), (next_s, _) in pairwise(books))
    mean_ml = area / (books[-1][0] - books[0][0])
    assert mean_ml < 15.0, "it was levelled now and then"
    assert fed_ml / mean_ml / 24.0 == pytest.approx(0.4, rel=0.005)
    assert world.signals["dosing.dilution_rate"].value == pytest.approx(0.4, rel=0.02)


def drying(books_ml_h: float) -> tuple[Rig, list[float], list[float]]:
    """Three days of chemostat in a vessel that loses 0.3 mL/h: true volumes between exchanges, and
    those in the books."""
    vial = replace(Vial(), evaporation_ml_h=0.3)
    physics = Physics(apparatus=Apparatus(vial=vial), seed=5)
    wanted = {"dosing": Wanted("chemostat", {"dilution_rate": 0.1, "exchange": 0.5})}
    world = Rig(physics, wanted, evaporation_ml_h=books_ml_h)
    true_ml, told_ml = list[float](), list[float]()

    def look() -> None:
        if not world.pumping:
            true_ml.append(physics.truth(world.clock.now_s)["sim.volume_ml"])
            told_ml.append(world.volume_ml)

    world.run(72.0 * HOUR_S, look)
    return world, true_ml, told_ml


def test_a_chemostat_makes_up_for_the_water_that_leaves() -> None:
    world, true_ml, told_ml = drying(0.3)
    assert told_ml == pytest.approx(true_ml, rel=0.02)
    assert mean(true_ml) == pytest.approx(14.8, rel=0.02)
    removed_ml = world.physics.truth()["sim.removed_ml"]
    assert world.fed_ml - removed_ml == pytest.approx(0.3 * 72.0, abs=1.5)


def test_without_evaporation_in_the_books_the_vessel_holds_less_than_they_say() -> None:
    _, true_ml, told_ml = drying(0.0)
    errors = [told / true - 1.0 for told, true in zip(told_ml, true_ml, strict=True)]
    assert max(errors) > 0.05
    assert mean(errors) > 0.03


def test_water_that_does_not_leave_after_all_floods_nothing() -> None:
    """The books let 0.3 mL/h evaporate for a day, and none does; then a chemostat begins."""
    physics = Physics(seed=5)
    wanted = {"dosing": Wanted("silent", {"dilution_rate": 0.2, "exchange": 0.5})}
    world = Rig(physics, wanted, evaporation_ml_h=0.3)
    world.run(24.0 * HOUR_S)
    levels_ml = list[float]()
    world.wanted["dosing"].automation = "chemostat"
    world.pause(False)
    assert world.account().volume_ml == pytest.approx(15.0 - 0.3 * 24.0, abs=0.01)
    world.run(48.0 * HOUR_S, lambda: levels_ml.append(physics.truth()["sim.volume_ml"]))
    assert physics.truth()["sim.fed_ml"] > 50.0
    assert max(levels_ml) < 18.0
    assert physics.truth()["sim.overflow_ml"] == 0.0


def test_a_chemostat_makes_the_culture_grow_at_its_dilution_rate() -> None:
    physics = Physics(seed=6)
    world = grown_to(rig(physics, "chemostat", dilution_rate=0.3, exchange=0.25), 0.5)
    world.run(40.0 * HOUR_S)
    rates, told = list[float](), list[float]()

    def look() -> None:
        rates.append(true_rate_per_h(physics))
        told.append(float(world.signals["growth_rate"].value))

    world.run(4.0 * HOUR_S, look)
    volume_ml = physics.truth()["sim.volume_ml"]
    assert mean(rates) == pytest.approx(0.3 * 15.0 / volume_ml, rel=0.05)
    assert mean(told) == pytest.approx(mean(rates), rel=0.05), "the estimate sees it too"


def test_a_sample_is_made_up_for_by_the_next_exchange() -> None:
    world = grown_to(rig(Physics(seed=7), "chemostat", dilution_rate=0.4, exchange=1.0), 0.3)
    world.run(HOUR_S)
    world.sample(1.0)
    assert world.volume_ml == pytest.approx(14.0)
    world.run(0.25 * HOUR_S)
    assert world.volume_ml == pytest.approx(15.0)


PID = {
    **{"signal": "od600", "target": 0.5, "medium": "feed", "gain": 40.0},
    **{"integral_time": 2400.0, "maximum_flow": 30.0, "exchange": 0.5},
}


def test_a_pid_holds_a_density_and_finds_it_again_after_a_disturbance() -> None:
    """At the fixed point the flow is what growth demands, F = µ·V, whatever the temperature."""
    world = grown_to(rig(Physics(seed=2), "pid", **PID), 0.45)  # type: ignore[arg-type]
    hourly = Hourly(world)
    world.run(4 * HOUR_S)
    assert hourly.of_next_hour() == pytest.approx(0.5, rel=0.03)
    before_ml = world.fed_ml
    world.run(2 * HOUR_S)
    demanded_ml_h = true_rate_per_h(world.physics) * world.nominal_ml
    assert (world.fed_ml - before_ml) / 2.0 == pytest.approx(demanded_ml_h, rel=0.1)
    world.wanted["temperature"].settings["target"] = 37.0
    world.run(6 * HOUR_S)
    assert hourly.of_next_hour() == pytest.approx(0.5, rel=0.03), "growth is faster now"
    assert world.physics.truth()["sim.overflow_ml"] == 0.0


def test_a_pid_never_doses_more_than_its_maximum_and_does_not_wind_up() -> None:
    """Far too dense for hours, then thin: what it missed is not made up for."""
    setup = PID | {"target": 0.05, "maximum_flow": 3.0}
    world = grown_to(rig(Physics(seed=2), "pid", **setup), 0.5)  # type: ignore[arg-type]
    before_ml = world.fed_ml
    world.run(4 * HOUR_S)
    assert world.fed_ml - before_ml <= 3.0 * 4.0 + 0.5
    assert world.fed_ml - before_ml >= 3.0 * 4.0 - 1.0
    world.wanted["dosing"].settings["target"] = 50.0
    world.run(60.0)
    before_ml = world.fed_ml
    world.run(HOUR_S)
    assert world.fed_ml == before_ml


def test_a_pid_without_its_signal_doses_nothing() -> None:
    world = grown_to(rig(Physics(seed=2), "pid", **PID), 0.6)  # type: ignore[arg-type]
    world.physics.sensors["photodiode"].dead = True
    world.run(900.0)
    before_ml = world.fed_ml
    world.run(2 * HOUR_S)
    assert world.fed_ml == before_ml
    world.physics.sensors["photodiode"].dead = False
    world.run(HOUR_S)
    assert world.fed_ml > before_ml
