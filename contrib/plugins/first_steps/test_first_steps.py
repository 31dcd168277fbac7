"""Run these with pytest, in this folder."""

from first_steps import FirstSteps

from orchestrator.plugin import Account, Place, Sample, View


def view(od600: float) -> View:
    return View(
        settings={"from_od600": 0.1},
        automation=None,
        paused=False,
        signals={"od600": Sample(od600, 0.0)},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
    )


def generations(od600: float) -> float:
    job = FirstSteps(Place(vessel="a", simulated=True))
    return job.step(job.begin({}, 0.0), view(od600), 0.0).publish["first_steps.generations"]


def test_a_culture_that_is_eight_times_as_dense_has_doubled_three_times():
    assert generations(0.8) == 3.0


def test_nothing_is_counted_before_it_begins():
    assert generations(0.05) == 0.0
