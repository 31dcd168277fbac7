"""SEMANTICS rule 3: whatever is exchanged, sampled or unknown, nothing runs over.

A `dose` only adds; what does not fit is refused by the worker's guard, which has tests of its own.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from orchestrator.jobs.exchanges import exchange
from orchestrator.jobs.job import Account
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

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
)
def test_nothing_ever_runs_over(
    plan: list[tuple[str, float]],
    automation: str,
    exchange_ml: float,
    seed: int,
    tube_is_known: bool,
) -> None:
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
