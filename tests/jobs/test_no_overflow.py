"""SEMANTICS rule 3: whatever is exchanged, sampled or unknown, nothing runs over.

A `dose` only adds; what does not fit is refused by the worker's guard, which has tests of its own.
Laws in YAML are carried out by a worker, so they have one here.
"""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as some

from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.job import Account
from orchestrator.model.canonical import plain
from orchestrator.sim.apparatus import Apparatus, MediumPump
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted
from tests.support.plan_files import plan_of
from tests.support.worker_rig import REACTOR, World, order

TUBE_ML = 13.5

events = some.lists(
    some.one_of(
        some.tuples(some.just("dilute"), some.floats(0.05, 3.0)),
        some.tuples(some.just("circulate"), some.floats(10.0, 300.0)),
        some.tuples(some.just("sample"), some.floats(0.1, 5.0)),
        some.tuples(some.just("unknown"), some.floats(0.1, 1.5)),
        some.tuples(some.just("wait"), some.floats(10.0, 900.0)),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(
    events,
    some.sampled_from(["silent", "chemostat", "turbidostat", "pid"]),
    some.floats(0.2, 2.0),
    some.integers(0, 5),
    some.booleans(),
    some.sampled_from([0.0, 0.5, 3.0]),
)
def test_nothing_ever_runs_over(
    plan: list[tuple[str, float]],
    automation: str,
    exchange_ml: float,
    seed: int,
    tube_is_known: bool,
    evaporation_ml_h: float,
) -> None:
    """Water that the books let evaporate, and that is there still, does not make it so."""
    physics = Physics(seed=seed, inoculated=True)
    settings_: dict[str, float | bool | str] = {
        "target_od600": 0.02,
        "dilution_rate": 2.0,
        "exchange": exchange_ml,
        "signal": "od600",
        "target": 0.02,
        "medium": "feed",
        "gain": 1e6,
        "maximum_flow": 60.0,
    }
    world = Rig(
        physics,
        {"od_reading": Wanted(None, {"interval": 5.0}), "dosing": Wanted(automation, settings_)},
        tube_is_known=tube_is_known,
        evaporation_ml_h=evaporation_ml_h if tube_is_known else 0.0,
    )
    for what, amount in plan:
        if what == "sample":
            world.sample(amount)
        elif what == "wait":
            world.run(amount)
        elif what == "unknown":
            world.lose_next = True
            world.request("dosing", "dilute", volume_ml=amount)
        else:
            amounts = {"circulate": "duration_s"}
            world.request("dosing", what, **{amounts.get(what, "volume_ml"): amount})
        world.run(30.0)
    world.run(300.0)
    assert physics.truth()["sim.overflow_ml"] == 0.0
    most_added_ml = max([exchange_ml, *(ml for what, ml in plan if what in ("dilute", "unknown"))])
    above_the_tube_ml = TUBE_ML + most_added_ml if tube_is_known else 0.0
    assert world.peak_ml <= max(15.0, above_the_tube_ml) + 1e-9


BY_YAML = {
    "morbidostat": "automation: morbidostat, minimum_od600: 0, interval: 5 min, exchange: {ml} mL",
    "fed_batch": "automation: fed_batch, growth_rate: 1 /h, biomass: 5 g/L, start_volume: 15 mL,"
    " feed_concentration: 20 g/L, largest_dose: {ml} mL",
}
PROFILE = """\
axenic: profile/1
name: Law in YAML
vessels: {{a: {{volume: 15 mL}}}}
media: {{feed: {{bottle: 1 L}}, drug: {{bottle: 1 L}}, waste: {{bottle: 1 L}}}}
jobs: {{od_reading: {{}}, growth_rate: {{}}, dosing: {{{law}}}}}
phases:
  - {{name: blank, do: [{{blank: {{}}}}]}}
  - {{name: hold, duration: 1 d}}
"""


@settings(max_examples=8, deadline=None)
@given(
    some.sampled_from([*BY_YAML]),
    some.floats(0.1, 5.0),
    some.lists(some.tuples(some.floats(0.1, 5.0), some.integers(1, 30)), max_size=4),
    some.integers(0, 5),
)
def test_no_law_in_yaml_ever_lets_a_vessel_run_over(
    law: str, dose_ml: float, samples: list[tuple[float, int]], seed: int
) -> None:
    """Whatever it asks for, and whatever is taken out meanwhile that nobody entered."""
    [slice_] = plan_of(PROFILE.format(law=BY_YAML[law].format(ml=round(dose_ml, 2)))).vessels
    pumps = {"feed_pump": MediumPump(), "drug_pump": MediumPump()}
    physics = Physics(apparatus=Apparatus(media_pumps=pumps), seed=seed, inoculated=True)

    async def rehearse() -> float:
        world = World(())
        world.physics = {REACTOR: physics}
        async with world.working() as worker:
            assert (await world.take(worker, order(plain(slice_)))).accepted
            for sample_ml, minutes in samples:
                await world.advance(min=minutes)
                physics.remove_sample(sample_ml, world.clock.now().monotonic_s)
            await world.advance(h=1.5)
            return physics.truth(world.clock.now().monotonic_s)["sim.fed_ml"]

    assert asyncio.run(rehearse()) > 0.0
    assert physics.truth()["sim.overflow_ml"] == 0.0


@given(some.floats(0.0, 20.0), some.floats(0.0, 10.0), some.floats(1.0, 20.0), some.integers(0, 2))
def test_an_exchange_ends_at_the_nominal_volume_or_below(
    volume_ml: float, add_ml: float, nominal_ml: float, unknown: int
) -> None:
    account = Account(volume_ml=volume_ml, nominal_ml=nominal_ml, unknown_doses=unknown)
    wanted = exchange(account, add_ml, medium="feed")
    assert 0.0 <= wanted.remove_ml <= volume_ml
    if add_ml <= nominal_ml:
        assert volume_ml - wanted.remove_ml + wanted.add_ml <= max(nominal_ml, add_ml) + 1e-9
    if unknown:
        assert wanted.remove_ml >= min(add_ml, volume_ml)
