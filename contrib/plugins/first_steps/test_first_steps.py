"""Run these with pytest, in this folder."""

import pytest
from first_steps import Doublings, FirstSteps

from orchestrator.plugin import Account, Place, Question, Refused, Sample, View


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


def asked(**query: str) -> dict[str, float]:
    question = Question(query=query, body=None, actor="anna", role="user")
    return Doublings(Place(vessel="")).answer(question)


def test_the_api_tells_doublings_between_two_densities():
    assert asked(**{"from": "0.1", "to": "0.8"})["doublings"] == pytest.approx(3.0)


def test_what_is_no_density_is_refused():
    with pytest.raises(Refused, match="to is a density above 0"):
        asked(**{"from": "0.1", "to": "plenty"})
