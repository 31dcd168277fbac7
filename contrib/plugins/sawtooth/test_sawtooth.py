"""Run these with pytest, in this folder."""

from sawtooth import Sawtooth, State

from orchestrator.plugin import Account, Exchange, Place, Sample, View


def view(od600: float, at_s: float) -> View:
    return View(
        settings={"low_od600": 0.2, "high_od600": 0.8, "exchange": 1.0},
        automation="sawtooth",
        paused=False,
        signals={"od600": Sample(od600, at_s)},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
    )


def exchanges(state: State, od600: float) -> bool:
    step = Sawtooth(Place(vessel="a", simulated=True)).step(state, view(od600, 60.0), 60.0)
    return any(isinstance(each, Exchange) for each in step.commands)


def test_it_thins_from_the_high_density_to_the_low_one():
    growing, thinning = State(), State(thinning=True)
    assert [exchanges(growing, od600) for od600 in (0.5, 0.8)] == [False, True]
    assert [exchanges(thinning, od600) for od600 in (0.5, 0.2)] == [True, False]


def test_it_waits_for_the_exchange_before():
    assert not exchanges(State(thinning=True, asked=True), 0.5)
    assert not exchanges(State(thinning=True, exchanged_s=50.0), 0.5)
